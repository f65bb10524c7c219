package dev.godwit.lab.matrix;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whatever can have a guest moved: a command line, or a program over an API. */
public sealed interface Mover {

    /** What it is called in tables. */
    String label();

    /**
     * Moves a guest, live.
     *
     * @param desk where the client runs
     * @param source the source's connect URI
     * @param guest its name
     * @param destination the destination's connect URI
     * @param flow who drives
     * @return how it went
     */
    CommandResult move(LabMachine desk, String source, String guest, String destination, Flow flow);

    /**
     * All there are here.
     *
     * @param lab the lab
     * @return virsh 9.0 where it is packaged, virsh, godwit, the Java API, the Python binding
     */
    static List<Mover> all(Lab lab) {
        return Stream.of(
                        lab.virshNine().<Mover>map(client -> new CommandLine("virsh 9.0", client)).stream(),
                        Stream.<Mover>of(
                                new CommandLine("virsh 11.3", lab.virsh()),
                                new CommandLine("godwit", lab.godwit()),
                                new Program("Java API", javaWords(lab)),
                                new Program("libvirt-python", pythonWords(lab))))
                .flatMap(stream -> stream)
                .toList();
    }

    /** The words that start {@link ApiClient}. */
    static List<String> javaWords(Lab lab) {
        // Only what an application would have: the client and what it needs, without daemon and command line.
        String jars = Stream.of("client", "core", "wire")
                .map(module -> lab.checkout().resolve("target/dist/lib/godwit-" + module + "-0.1.0-SNAPSHOT.jar").toString())
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
        return List.of(
                System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", jars + ":" + lab.checkout().resolve("lab/target/test-classes"), ApiClient.class.getName());
    }

    /** The words that start the program over libvirt's Python binding: with the distribution's own Python. */
    static List<String> pythonWords(Lab lab) {
        return List.of("/usr/bin/python3", lab.checkout().resolve("lab/clients/migrate.py").toString());
    }

    /**
     * A command line.
     *
     * @param label what it is called in tables
     * @param client the client
     */
    record CommandLine(String label, Client client) implements Mover {
        @Override
        public CommandResult move(LabMachine desk, String source, String guest, String destination, Flow flow) {
            List<String> words = new ArrayList<>(List.of("migrate", "--live"));
            words.addAll(flow.options());
            words.addAll(List.of(guest, destination));
            return client.runAt(desk, source, words.toArray(String[]::new));
        }
    }

    /**
     * A program over an API.
     *
     * @param label what it is called in tables
     * @param words what starts it
     */
    record Program(String label, List<String> words) implements Mover {
        @Override
        public CommandResult move(LabMachine desk, String source, String guest, String destination, Flow flow) {
            List<String> flags = new ArrayList<>(flow.flags());
            flags.add("LIVE");
            return call(desk, source, guest, flow == Flow.DIRECT ? "migrate3" : "migrateToURI3", destination, flags);
        }

        /**
         * Calls one function of the API.
         *
         * @param desk where the client runs
         * @param source the source's connect URI
         * @param guest its name
         * @param function the function's name without virDomain
         * @param destination the destination's connect URI
         * @param flags as {@link ApiClient} says
         * @return how it went
         */
        public CommandResult call(
                LabMachine desk, String source, String guest, String function, String destination, List<String> flags) {
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of(source, guest, function, destination));
            all.addAll(flags);
            CommandResult result = desk.run(Duration.ofSeconds(120), all);
            List<String> said = new ArrayList<>(List.of(label, source, guest, function, destination));
            said.addAll(flags);
            return new CommandResult(said, result.exit(), result.out(), result.err(), result.took());
        }
    }
}
