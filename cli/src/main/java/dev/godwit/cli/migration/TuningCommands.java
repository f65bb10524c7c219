package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.number;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.Amount;
import dev.godwit.client.DomainJobs;
import java.util.OptionalLong;

/** The commands that turn the knobs of a migration, before it or while it runs. */
public final class TuningCommands {

    private TuningCommands() {}

    /** {@code migrate-setspeed}. */
    public static Command setspeed() {
        return Command.of(Syntax.of("migrate-setspeed", "limit the speed of a guest's migration",
                "Sets how fast a guest's memory may be sent.",
                guest(), number("bandwidth", "at most so many MiB/s").positional().mandatory(),
                flag("postcopy", "in the post-copy part")), (session, arguments) -> {
                    DomainJobs jobs = session.domain(arguments).jobs();
                    jobs.maxSpeedMiB(arguments.number("bandwidth").orElseThrow(), arguments.has("postcopy"));
                });
    }

    /** {@code migrate-getspeed}. */
    public static Command getspeed() {
        return Command.of(Syntax.of("migrate-getspeed", "the limit of the speed of a guest's migration",
                "Says how fast a guest's memory may be sent, in MiB/s.",
                guest(), flag("postcopy", "in the post-copy part")), (session, arguments) -> session.print(
                        Long.toUnsignedString(session.domain(arguments).jobs()
                                .maxSpeedMiB(arguments.has("postcopy"))) + "\n"));
    }

    /** {@code migrate-setmaxdowntime}. */
    public static Command setmaxdowntime() {
        return Command.of(Syntax.of("migrate-setmaxdowntime", "limit how long a guest stands still",
                "Sets how long a guest may stand still at the end of its migration.",
                guest(), number("downtime", "at most so many milliseconds").positional().mandatory()),
                (session, arguments) -> {
                    DomainJobs jobs = session.domain(arguments).jobs();
                    long millis = arguments.number("downtime").orElseThrow();
                    if (millis == 0) {
                        throw new CommandFailed("migrate: Invalid downtime");
                    }
                    jobs.maxDowntimeMillis(millis);
                });
    }

    /** {@code migrate-getmaxdowntime}. */
    public static Command getmaxdowntime() {
        return Command.of(Syntax.of("migrate-getmaxdowntime", "how long a guest may stand still",
                "Says how long a guest may stand still at the end of its migration, in milliseconds.", guest()),
                (session, arguments) -> session.print(
                        Long.toUnsignedString(session.domain(arguments).jobs().maxDowntimeMillis()) + "\n"));
    }

    /** {@code migrate-compcache}. */
    public static Command compcache() {
        return Command.of(Syntax.of("migrate-compcache", "the cache for compressed pages",
                "Says or sets the size of the cache for pages that are sent compressed.",
                guest(), number("size", "so many bytes")), (session, arguments) -> {
                    DomainJobs jobs = session.domain(arguments).jobs();
                    OptionalLong size = arguments.number("size");
                    if (size.isPresent()) {
                        jobs.compressionCacheBytes(size.getAsLong());
                    }
                    session.printOpenLine("Compression cache: " + Amount.exact(jobs.compressionCacheBytes()));
                });
    }
}
