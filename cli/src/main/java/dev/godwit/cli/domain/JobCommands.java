package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.client.DomainJobs;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code domjobinfo} and {@code domjobabort}. */
public final class JobCommands {

    private JobCommands() {}

    /** {@code domjobinfo}. */
    public static Command domjobinfo() {
        return Command.of(Syntax.of("domjobinfo", "how far a guest's job has come",
                "Prints the figures of the job a guest is in, above all its migration, or of its last one.",
                guest(), flag("completed", "of the job that ended last"),
                flag("keep-completed", "do not forget that job now"),
                flag("anystats", "figures also of a job that failed"),
                flag("rawstats", "print names and numbers as the host gives them"), Option.output()),
                JobCommands::info);
    }

    private static void info(Session session, Arguments arguments) {
        arguments.needs("keep-completed", "completed");
        DomainJobs jobs = session.domain(arguments).jobs();
        boolean completed = arguments.has("completed");
        JobStats stats = completed ? jobs.completed(arguments.has("keep-completed")) : jobs.stats();
        if (session.json(arguments)) {
            session.printJson(json(stats));
        } else if (arguments.has("rawstats")) {
            session.print("Job type: " + stats.type().ordinal() + "\n\n");
            stats.values().forEach((field, value) ->
                    session.print(field.wireName() + ": " + Long.toUnsignedString(value) + "\n"));
        } else {
            session.print(JobReport.text(stats, completed, arguments.has("anystats")));
        }
    }

    /** A job as JSON: its type, its operation, and every figure by its name on the wire. */
    public static Map<String, Object> json(JobStats stats) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", JobReport.type(stats.type()));
        stats.values().forEach((field, value) -> fields.put(field.wireName(),
                field == JobField.OPERATION ? JobReport.operation(value) : value));
        return fields;
    }

    /** {@code domjobabort}. */
    public static Command domjobabort() {
        return Command.of(Syntax.of("domjobabort", "break off a guest's job",
                "Cancels the job a guest is in. A migration that is cancelled leaves the guest where it was.",
                guest(), flag("postcopy", "break off the post-copy part of a migration, to be resumed later")),
                (session, arguments) -> {
                    DomainJobs jobs = session.domain(arguments).jobs();
                    if (arguments.has("postcopy")) {
                        jobs.abortPostCopy();
                    } else {
                        jobs.abort();
                    }
                });
    }
}
