package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stock peers log in with: passwords as Cyrus SASL keeps them, and a Kerberos realm with a machine of its
 * own. All of it is MIT's and Cyrus's, so that none of Godwit's logins checks itself.
 */
public final class LabLogins {

    private static final String REALM = "LAB.TEST";
    private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path programs;
    private final Desk realm;
    private final Path folder;

    private LabLogins(Path programs, Desk realm) {
        this.programs = programs;
        this.realm = realm;
        this.folder = realm.folder("realm");
    }

    /**
     * Makes the realm.
     *
     * @param checkout the root of the checkout
     * @param realm where its server is to run
     * @return empty on a distribution that does not package what it needs
     */
    static Optional<LabLogins> on(Path checkout, Desk realm) {
        CommandResult fetched = Commands.run(
                Duration.ofMinutes(3), Map.of(), List.of(checkout.resolve("lab/stock/fetch-logins").toString()));
        if (fetched.exit() == 3) {
            return Optional.empty();
        }
        LabLogins logins = new LabLogins(Path.of(fetched.expectSuccess().out().strip()), realm);
        logins.start();
        return Optional.of(logins);
    }

    private void start() {
        try {
            Files.writeString(folder.resolve("krb5.conf"), """
                    [libdefaults]
                     default_realm = %1$s
                     dns_lookup_kdc = false
                     dns_lookup_realm = false
                     dns_canonicalize_hostname = false
                     rdns = false
                    [realms]
                     %1$s = {
                      kdc = %2$s
                     }
                    [dbmodules]
                     db_module_dir = %3$s
                    [logging]
                     kdc = FILE:%4$s
                    """.formatted(REALM, realm.address(), programs.resolve(LIBRARIES + "/krb5/plugins/kdb"), log()));
            Files.writeString(folder.resolve("kdc.conf"), """
                    [realms]
                     %1$s = {
                      database_name = %2$s/principal
                      key_stash_file = %2$s/stash
                      acl_file = %2$s/acl
                     }
                    """.formatted(REALM, folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(realm, "usr/sbin/kdb5_util", "create", "-s", "-P", "master", "-r", REALM);
        Process server = realm.spawn(folder.resolve("kdc.out"), own(), List.of(program("usr/sbin/krb5kdc"), "-n"));
        Await.until("the realm's server answers", LIMIT, () -> {
            if (!server.isAlive()) {
                throw new AssertionError("The realm's server ended; see " + log());
            }
            return text(log()).contains("commencing operation");
        });
    }

    private Path log() {
        return folder.resolve("kdc.log");
    }

    /**
     * Gives somebody a key in a file, and a place in the realm if it has none.
     *
     * @param principal such as "libvirt/kvm1" or "ann"
     * @return the keytab
     */
    public Path keytab(String principal) {
        Path keytab = folder.resolve(principal.replace('/', '-') + ".keytab");
        if (!Files.exists(keytab)) {
            run(realm, "usr/sbin/kadmin.local", "-q", "addprinc -randkey " + principal);
            run(realm, "usr/sbin/kadmin.local", "-q", "ktadd -k " + keytab + " " + principal);
        }
        return keytab;
    }

    /**
     * Tickets, as {@code kinit} leaves them.
     *
     * @param principal whose
     * @return the value of KRB5CCNAME
     */
    public String tickets(String principal) {
        String cache = "FILE:" + folder.resolve(principal.replace('/', '-') + ".tickets");
        run(realm, "usr/bin/kinit", "-c", cache, "-k", "-t", keytab(principal).toString(), principal);
        return cache;
    }

    /**
     * Sets a password in a file of Cyrus SASL's.
     *
     * @param host where it will be used: the password belongs to a name at that host
     * @param database the file, made when it does not exist
     * @param user the name
     * @param password the password
     */
    public void password(LabHost host, Path database, String user, String password) {
        host.run(LIMIT, own(), List.of("sh", "-c", "printf %s \"$1\" | \"$2\" -p -c -a libvirt -f \"$3\" \"$4\"", "sh",
                        password, program("usr/sbin/saslpasswd2"), database.toString(), user))
                .expectSuccess();
    }

    /**
     * What a stock program needs in its environment to find the realm, and the way to it.
     *
     * @return names and values
     */
    public Map<String, String> environment() {
        return Map.of("KRB5_CONFIG", folder.resolve("krb5.conf").toString(),
                "SASL_PATH", "/" + LIBRARIES + "/sasl2:" + programs.resolve(LIBRARIES + "/sasl2"));
    }

    /**
     * What a Java program needs in its environment to find the realm.
     *
     * @return names and values
     */
    public Map<String, String> javaEnvironment() {
        return Map.of("JAVA_TOOL_OPTIONS", "-Djava.security.krb5.conf=" + folder.resolve("krb5.conf"));
    }

    private Map<String, String> own() {
        return Map.of("LD_LIBRARY_PATH", programs.resolve(LIBRARIES).toString(),
                "KRB5_CONFIG", folder.resolve("krb5.conf").toString(),
                "KRB5_KDC_PROFILE", folder.resolve("kdc.conf").toString());
    }

    private void run(LabMachine where, String program, String... words) {
        List<String> all = new ArrayList<>(List.of(program(program)));
        all.addAll(List.of(words));
        where.run(LIMIT, own(), all).expectSuccess();
    }

    private String program(String path) {
        return programs.resolve(path).toString();
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
