package dev.godwit.daemon;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the daemon was told on its command line.
 *
 * @param task    what to do
 * @param file    the configuration file, when named
 * @param pidFile where to write the process id, when named
 * @param session whether to be a user's instance even as root
 * @param user    whose password it is about
 * @param reception what to receive, with the task that does
 */
record CommandLine(Task task, Optional<Path> file, Optional<Path> pidFile, boolean session, Optional<String> user,
        Optional<Reception> reception) {

    /**
     * A guest to be received without a daemon.
     *
     * @param definition the file with its definition, {@code -} for standard input
     * @param listen     where it is awaited: {@code tcp://0.0.0.0:49160}
     * @param tls        whether it must come encrypted
     * @param detach     whether to end as soon as it is awaited
     */
    record Reception(String definition, String listen, boolean tls, boolean detach) {}


    static final String HELP = """
            Usage: godwitd [OPTION]…
            Runs guests and serves them over libvirt's remote protocol.

              -f, --config FILE     read FILE instead of the usual configuration file
              -p, --pid-file FILE   write the process id to FILE
                  --session         be a user's own instance (always so unless root)
                  --check           check the configuration and end
                  --print-config    print every key with the value in force and end
                  --print-reference the same, with what each key is for and what is allowed
                  --set-password NAME
                                    let NAME log in with SCRAM; the password is read from standard
                                    input, without showing it at a terminal
                  --remove-user NAME
                                    let NAME log in no more
                  --list-users      print who can log in with SCRAM
                  --receive FILE    run no daemon, but start one QEMU that waits for the
                                    guest defined in FILE, lets it run when it has come,
                                    and needs nobody after that; with --listen URI
                                    (tcp://0.0.0.0:49160, unix:///run/web1.sock), --tls
                                    for an encrypted way, --detach not to wait for it
                  --version         print the version and end
                  --help            print this and end

            The configuration file is /etc/godwit/godwitd.conf, or godwit/godwitd.conf
            in a user's folder for configuration.
            """;

    /** What to do. */
    enum Task {
        RUN, CHECK, PRINT_CONFIG, PRINT_REFERENCE, VERSION, HELP, TRAIN, SET_PASSWORD, REMOVE_USER, LIST_USERS,
        RECEIVE
    }

    /** A command line that cannot be understood. */
    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message + "; godwitd --help lists what is");
        }
    }

    static CommandLine parse(String[] args) throws UsageException {
        Task task = Task.RUN;
        Optional<Path> file = Optional.empty();
        Optional<Path> pidFile = Optional.empty();
        boolean session = false;
        Optional<String> user = Optional.empty();
        Optional<String> definition = Optional.empty();
        Optional<String> listen = Optional.empty();
        boolean tls = false;
        boolean detach = false;
        for (int i = 0; i < args.length; i++) {
            String word = args[i];
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = equals < 0 ? word : word.substring(0, equals);
            Optional<String> inline = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
            switch (option) {
                case "-f", "--config", "-p", "--pid-file" -> {
                    if (inline.isEmpty() && ++i >= args.length) {
                        throw new UsageException("Option " + option + " without a file is not understood");
                    }
                    Optional<Path> path = Optional.of(Path.of(inline.orElse(args[i])).toAbsolutePath());
                    if (option.equals("-f") || option.equals("--config")) {
                        file = path;
                    } else {
                        pidFile = path;
                    }
                }
                case "--set-password", "--remove-user" -> {
                    if (inline.isEmpty() && ++i >= args.length) {
                        throw new UsageException("Option " + option + " without a name is not understood");
                    }
                    user = Optional.of(inline.orElse(args[i]));
                    task = option.equals("--set-password") ? Task.SET_PASSWORD : Task.REMOVE_USER;
                }
                case "--list-users" -> task = Task.LIST_USERS;
                case "--receive", "--listen" -> {
                    if (inline.isEmpty() && ++i >= args.length) {
                        throw new UsageException("Option " + option + " without a value is not understood");
                    }
                    Optional<String> value = Optional.of(inline.orElse(args[Math.min(i, args.length - 1)]));
                    if (option.equals("--receive")) {
                        task = Task.RECEIVE;
                        definition = value;
                    } else {
                        listen = value;
                    }
                }
                case "--tls" -> tls = true;
                case "--detach" -> detach = true;
                case "--session" -> session = true;
                case "--check" -> task = Task.CHECK;
                case "--print-config" -> task = Task.PRINT_CONFIG;
                case "--print-reference" -> task = Task.PRINT_REFERENCE;
                case "--version", "-V" -> task = Task.VERSION;
                case "--help", "-h" -> task = Task.HELP;
                case "--train" -> task = Task.TRAIN; // for the build alone, so not in the help
                default -> throw new UsageException("Option '" + word + "' is not understood");
            }
        }
        if (task != Task.RECEIVE && (listen.isPresent() || tls || detach)) {
            throw new UsageException("Options --listen, --tls and --detach without --receive are not understood");
        }
        if (task == Task.RECEIVE && listen.isEmpty()) {
            throw new UsageException("--receive needs --listen URI, such as tcp://0.0.0.0:49160, which is not given");
        }
        String where = listen.orElse("");
        boolean encrypted = tls;
        boolean alone = detach;
        return new CommandLine(task, file, pidFile, session, user,
                definition.map(name -> new Reception(name, where, encrypted, alone)));
    }
}
