package dev.godwit.lab.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.godwit.lab.simulation.world.Trace;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What hosts and clients write to their logs while they are simulated: nothing, or into the trace. Errors that nobody caught are
 * kept, because a thread that ends by one must not go unnoticed.
 */
final class Logs implements AutoCloseable {

    private static final List<String> OURS = List.of("dev.godwit", "godwit");

    private final List<Logger> loggers =
            OURS.stream().map(name -> (Logger) LoggerFactory.getLogger(name)).toList();
    private final List<Level> before = loggers.stream().map(Logger::getEffectiveLevel).toList();
    private final Thread.UncaughtExceptionHandler handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
    private Trace trace = new Trace(false);
    private Throwable uncaught;

    /** Takes the logs over, until it is closed. */
    Logs() {
        UnsynchronizedAppenderBase<ILoggingEvent> appender = new UnsynchronizedAppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                trace.say("log", () -> event.getLevel() + " " + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null ? "" : " " + event.getThrowableProxy().getMessage()));
            }
        };
        appender.setContext(loggers.getFirst().getLoggerContext());
        appender.start();
        loggers.forEach(logger -> {
            logger.setLevel(Level.OFF);
            logger.setAdditive(false);
            logger.addAppender(appender);
        });
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught = thrown);
    }

    /** A world begins. */
    void into(Trace next) {
        trace = next;
        uncaught = null;
        loggers.forEach(logger -> logger.setLevel(next.wanted() ? Level.INFO : Level.OFF));
    }

    /** What ended a thread of this world, or null. */
    Throwable uncaught() {
        return uncaught;
    }

    @Override
    public void close() {
        for (int i = 0; i < loggers.size(); i++) {
            loggers.get(i).detachAndStopAllAppenders();
            loggers.get(i).setAdditive(true);
            loggers.get(i).setLevel(before.get(i));
        }
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
    }
}
