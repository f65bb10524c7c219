package dev.godwit.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Sets up logback, in code: reading its XML would take longer than all else at the start.
 *
 * <p>Until the configuration is known, warnings and errors go to standard error; logback finds this class as its
 * {@link Configurator}.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    /** For logback, which finds this class as a service. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        write(context, Optional.empty(), Level.WARN, LogLine.Stamp.NONE);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sets the log up as configured.
     *
     * @param level   {@code log_level}, 1 to 4
     * @param file    {@code log_file}; standard error when absent
     * @param journal whether standard error goes to systemd's journal, which knows the time itself and reads the
     *                priority from the start of the line
     */
    public static void configured(int level, Optional<Path> file, boolean journal) {
        LogLine.Stamp stamp = journal && file.isEmpty() ? LogLine.Stamp.PRIORITY : LogLine.Stamp.TIME;
        write((LoggerContext) LoggerFactory.getILoggerFactory(), file, level(level), stamp);
    }

    private static Level level(int number) {
        return switch (number) {
            case 1 -> Level.DEBUG;
            case 2 -> Level.INFO;
            case 3 -> Level.WARN;
            default -> Level.ERROR;
        };
    }

    private static void write(LoggerContext context, Optional<Path> file, Level level, LogLine.Stamp stamp) {
        LogLine layout = new LogLine(stamp);
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = file.<OutputStreamAppender<ILoggingEvent>>map(path -> {
            FileAppender<ILoggingEvent> toFile = new FileAppender<>();
            toFile.setFile(path.toString());
            return toFile;
        }).orElseGet(() -> {
            ConsoleAppender<ILoggingEvent> toError = new ConsoleAppender<>();
            toError.setTarget("System.err");
            return toError;
        });
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(level);
        root.addAppender(appender);
    }
}
