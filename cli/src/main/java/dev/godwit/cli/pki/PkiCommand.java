package dev.godwit.cli.pki;

import static dev.godwit.cli.syntax.Option.number;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.pki.CertificateAuthority;
import dev.godwit.pki.CertificateSummary;
import dev.godwit.pki.Credentials;
import dev.godwit.pki.Expiry;
import dev.godwit.pki.Pem;
import dev.godwit.pki.PkiException;
import dev.godwit.pki.PkiFiles;
import dev.godwit.pki.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** {@code pki}: makes a working set of certificates for hosts and clients, and looks after it. */
public final class PkiCommand {

    private static final List<String> ACTIONS = List.of("init", "host", "client", "show", "check", "revoke");
    private static final int MOST_DAYS = 36_500;

    private PkiCommand() {}

    /** {@code pki}. */
    public static Command command() {
        return Command.offline(Syntax.of("pki", "make and check certificates for TLS",
                "init makes a certificate authority; host NAME what the host of that name needs, its daemon's certificates"
                        + " for calls in and out and QEMU's, in the layout of /etc/pki; client NAME what somebody needs"
                        + " who calls hosts; show [FILE or FOLDER] prints what is there; check says what daemons and"
                        + " clients would refuse, and what expires within 30 days; revoke FILE takes a certificate back."
                        + " Nothing is ever overwritten.",
                text("action", "init, host, client, show, check or revoke").positional().mandatory()
                        .completedBy(new Option.Completion.Words(ACTIONS)),
                text("name", "of the host, client or authority; or a file").positional()
                        .completedBy(new Option.Completion.Files()),
                text("names", "more names and addresses of the host, with commas between"),
                text("dir", "the authority's folder, /etc/pki unless given").completedBy(new Option.Completion.Files()),
                text("out", "where to write; DIR/hosts/NAME or DIR/clients/NAME unless given")
                        .completedBy(new Option.Completion.Files()),
                number("days", "how long the certificate is valid, 825 unless given")),
                PkiCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        Path dir = arguments.text("dir").map(Path::of).orElse(PkiFiles.SYSTEM);
        InstantSource clock = InstantSource.system();
        String action = arguments.required("action");
        if (!ACTIONS.contains(action)) {
            throw new UsageException("'" + action + "' is none of init, host, client, show, check, revoke");
        }
        try {
            switch (action) {
                case "init" -> init(session, arguments, dir, clock);
                case "host" -> host(session, arguments, dir, clock);
                case "client" -> client(session, arguments, dir, clock);
                case "show" -> show(session, arguments.text("name").map(Path::of).orElse(dir), clock);
                case "check" -> check(session, dir, clock);
                default -> revoke(session, arguments, dir, clock);
            }
        } catch (PkiException e) {
            throw new CommandFailed(e.getMessage());
        }
    }

    private static void init(Session session, Arguments arguments, Path dir, InstantSource clock) throws PkiException {
        CertificateAuthority.init(dir, arguments.text("name").orElse("Godwit certificate authority"), clock,
                new SecureRandom());
        session.print("The certificate authority is in " + dir.resolve("CA") + ". Keep " + dir.resolve("CA/private")
                + " secret, and a copy of it in a safe place.\nNext: godwit pki host HOST --dir " + dir + "\n");
    }

    private static CertificateAuthority authority(Path dir, InstantSource clock) throws PkiException {
        return CertificateAuthority.open(dir, clock, new SecureRandom());
    }

    private static String name(Arguments arguments, String whose) {
        return arguments.text("name").orElseThrow(() -> new UsageException(
                "pki " + arguments.required("action") + " needs the name of the " + whose));
    }

    private static Duration validity(Arguments arguments) {
        return Duration.ofDays(arguments.number("days", MOST_DAYS).orElse(CertificateAuthority.VALIDITY.toDays()));
    }

    private static void host(Session session, Arguments arguments, Path dir, InstantSource clock) throws PkiException {
        String name = name(arguments, "host");
        Path out = arguments.text("out").map(Path::of).orElse(dir.resolve("hosts").resolve(name));
        List<String> names = arguments.text("names").map(list -> Arrays.asList(list.split(","))).orElse(List.of());
        print(session, authority(dir, clock).host(name, names, validity(arguments), out));
        if (!out.equals(dir)) {
            session.print("At the host they belong into " + PkiFiles.SYSTEM + ":\n  tar -C " + out
                    + " -c . | ssh root@" + name + " tar --no-same-owner -C " + PkiFiles.SYSTEM + " -x\n");
        }
    }

    private static void client(Session session, Arguments arguments, Path dir, InstantSource clock)
            throws PkiException {
        String name = name(arguments, "client");
        if (name.indexOf('/') >= 0 && arguments.text("out").isEmpty()) {
            throw new UsageException("pki client '" + name + "' needs --out: its name is no name for a folder");
        }
        Path out = arguments.text("out").map(Path::of).orElse(dir.resolve("clients").resolve(name));
        print(session, authority(dir, clock).client(name, validity(arguments), out));
        session.print("They belong into ~/.pki/libvirt of their user; or name their folder in the URI:\n"
                + "  qemu+tls://HOST/system?pkipath=" + out + "\n");
    }

    private static void print(Session session, List<Path> files) {
        files.forEach(file -> session.print(file + "\n"));
    }

    private static void revoke(Session session, Arguments arguments, Path dir, InstantSource clock)
            throws PkiException {
        Path file = Path.of(name(arguments, "file with the certificate"));
        X509Certificate certificate = Pem.certificates(file).getFirst();
        Path list = authority(dir, clock).revoke(certificate);
        session.print("Revoked: " + CertificateSummary.of(certificate).subject() + "\nCopy " + list + " to "
                + PkiFiles.SYSTEM.resolve("CA") + " of every host, and have the daemons read it: godwit admin reload\n");
    }

    private static void show(Session session, Path what, InstantSource clock) throws PkiException {
        List<Path> files = certificatesIn(what);
        if (files.isEmpty()) {
            throw new CommandFailed("There are no certificates in " + what);
        }
        for (Path file : files) {
            for (X509Certificate certificate : Pem.certificates(file)) {
                CertificateSummary summary = CertificateSummary.of(certificate);
                session.print(file + "\n  Subject  " + summary.subject() + "\n  Issuer   " + summary.issuer()
                        + "\n  Names    " + (summary.names().isEmpty() ? "-" : String.join(", ", summary.names()))
                        + "\n  For      " + summary.use() + "\n  Valid    " + summary.from() + " to " + summary.to()
                        + "\n  Serial   " + summary.serial() + "\n");
                Expiry.certificate(certificate, file.toString(), clock.instant())
                        .ifPresent(warning -> session.print("  Warning  " + warning + "\n"));
            }
        }
    }

    private static List<Path> certificatesIn(Path what) throws PkiException {
        if (!Files.isDirectory(what)) {
            return List.of(what);
        }
        try (Stream<Path> all = Files.walk(what)) {
            return all.filter(Files::isRegularFile).filter(f -> f.getFileName().toString().endsWith("cert.pem"))
                    .sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new PkiException("Cannot look through " + what + ": " + e.getMessage(), e);
        }
    }

    /** Reads the files as a daemon and as a client would. */
    private static void check(Session session, Path dir, InstantSource clock) {
        List<String> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        int found = 0;
        for (Role role : Role.values()) {
            PkiFiles files = Files.exists(dir.resolve(role.word() + "cert.pem"))
                    ? PkiFiles.folder(role, dir) : PkiFiles.system(role, dir);
            if (Files.exists(files.certificate()) || Files.exists(files.key())) {
                found++;
                try {
                    Credentials credentials = Credentials.read(role, files, true, clock);
                    if (credentials.own().isEmpty()) {
                        faults.add("There is a " + role.word() + "'s certificate or key in " + dir
                                + ", but not both: " + files.certificate() + ", " + files.key());
                    }
                    Expiry.warnings(credentials, clock).stream().filter(w -> !warnings.contains(w))
                            .forEach(warnings::add);
                } catch (PkiException e) {
                    faults.add(e.getMessage());
                }
            }
        }
        warnings.forEach(warning -> session.print("Warning: " + warning + "\n"));
        if (found == 0) {
            faults.add("There are no certificates of a daemon or a client in " + dir);
        }
        if (!faults.isEmpty()) {
            throw new CommandFailed(faults.toArray(String[]::new));
        }
        session.print("The certificates in " + dir + " are good.\n");
    }
}
