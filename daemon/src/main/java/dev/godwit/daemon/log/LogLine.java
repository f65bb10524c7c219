package dev.godwit.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** One event of the log as text: a stamp, the level, the message, and the stack where there is one. */
final class LogLine extends LayoutBase<ILoggingEvent> {

    /** What a line begins with. */
    enum Stamp {
        /** Nothing. */
        NONE,
        /** The time in UTC. */
        TIME,
        /** The priority in angle brackets, as {@code sd-daemon(3)} describes. */
        PRIORITY
    }

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Stamp stamp;

    LogLine(Stamp stamp) {
        this.stamp = stamp;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder text = new StringBuilder();
        String message = event.getFormattedMessage();
        IThrowableProxy failure = event.getThrowableProxy();
        String all = failure == null ? message : message + "\n" + ThrowableProxyUtil.asString(failure).stripTrailing();
        for (String line : all.split("\n")) {
            // A message may quote what a client sent: nothing in it can make a line of its own look like ours.
            text.append(prefix(event)).append(line.replaceAll("[\\p{Cntrl}&&[^\\t]]", "?")).append('\n');
        }
        return text.toString();
    }

    private String prefix(ILoggingEvent event) {
        return switch (stamp) {
            case NONE -> "godwitd: ";
            case TIME -> TIME.format(Instant.ofEpochMilli(event.getTimeStamp())) + " " + event.getLevel() + " ";
            case PRIORITY -> "<" + priority(event.getLevel()) + ">";
        };
    }

    /** Priorities of {@code syslog(3)}. */
    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }
}
