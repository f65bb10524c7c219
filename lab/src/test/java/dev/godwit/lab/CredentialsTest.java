package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabPki;
import dev.godwit.lab.host.LabPki.Wish;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Wrong credentials of every kind: one clear error, the guest is not touched, no connection is left. The
 * client's own credentials, where it connects to the destination; the source daemon's, peer to peer.
 */
@LabTest
class CredentialsTest {

    private static final String PASSWORD = "correct horse";

    private static LabGuest guest;
    private static Godwitd source;
    private static Godwitd destination;
    private static Desk desk;

    @BeforeAll
    static void boot(Lab lab) {
        source = lab.godwitd("kvm1");
        destination = lab.godwitd("kvm2");
        desk = lab.desk("desk");
        guest = lab.guest("untouched", Shape.DIRECT_KERNEL).with(4, 0);
        lab.clearAll();
        lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
    }

    @AfterAll
    static void defaults(Lab lab) throws IOException {
        lab.clearAll();
        configure();
    }

    /** The client's certificate, or the host's name, is not in order. */
    @TestFactory
    Stream<DynamicTest> certificatesOfTheClient(Lab lab) throws IOException {
        LabPki.Identity revoked = lab.pki().issue(Wish.named("desk"));
        LabPki.put(lab.pki().revoke(revoked), destination.folder("pki").resolve("CA/cacrl.pem"));
        configure();
        LabPki strange = lab.strangePki();
        LabPki.Identity stranger = strange.issue(Wish.named("desk"));
        String expired = folder("expired", lab.pki().issue(Wish.named("desk").expired()));
        return both(lab, List.of(
                new Case("expired, seen by the client", tls("kvm2", "pkipath=" + expired), "expired"),
                new Case("expired, seen by the daemon", tls("kvm2", "no_sanity=1&pkipath=" + expired), "."),
                new Case("revoked", tls("kvm2", "pkipath=" + folder("revoked", revoked)), "."),
                new Case("signed by an unknown CA", tls("kvm2", "no_sanity=1&pkipath=" + folder("unknown",
                        new LabPki.Identity(stranger.certificate(), stranger.key(), revoked.authority()))), "."),
                new Case("of a host that the client has no reason to trust",
                        tls("kvm2", "pkipath=" + folder("strange", stranger)), "(?i)certificate"),
                new Case("without the host's name", tls("kvm2-alias", ""), "kvm2-alias"),
                new Case("a host key that ssh does not know", "qemu+ssh://kvm2-alias/system", "(?i)host key verification failed")));
    }

    @TestFactory
    Stream<DynamicTest> aNameThatIsNotOnTheList(Lab lab) throws IOException {
        destination.set("tls_allowed_dn_list", "[ \"CN=somebody*\" ]");
        configure();
        return both(lab, List.of(new Case("not on tls_allowed_dn_list", destination.uri("tls"), ".")));
    }

    @TestFactory
    Stream<DynamicTest> logins(Lab lab) throws IOException {
        destination.set("auth_tls", "\"sasl\"");
        destination.set("sasl_mechanisms", "[ \"SCRAM-SHA-256\" ]");
        configure();
        setPassword(lab);
        String good = authFile("good", PASSWORD);
        String bad = authFile("bad", "wrong");
        // The right password first, so that the wrong one is the reason for what comes then.
        List<DynamicTest> tests = new ArrayList<>(List.of(lab.virsh(), lab.godwit()).stream()
                .map(client -> DynamicTest.dynamicTest(client + ", the right password", () ->
                        client.runAt(desk, tls("kvm2", "authfile=" + good), "hostname").expectSuccess()))
                .toList());
        tests.addAll(both(lab, List.of(
                        new Case("a wrong password", tls("kvm2", "authfile=" + bad), "(?i)auth"),
                        new Case("no mechanism in common", tls("kvm2", "auth=sasl.GSSAPI&authfile=" + good), "GSSAPI")))
                .toList());
        return tests.stream();
    }

    /** The client's credentials are good, those of the source are not: the page's most common trap. */
    @TestFactory
    Stream<DynamicTest> credentialsOfTheSource(Lab lab) throws IOException {
        configure();
        return Stream.of(lab.virsh(), lab.godwit()).flatMap(client -> Stream.of(
                DynamicTest.dynamicTest(client + ", peer to peer, the source's certificate has expired", () -> {
                    LabPki.Identity expired = lab.pki().issue(Wish.named(source.name()).expired());
                    Path pki = source.folder("pki").resolve("libvirt");
                    Path kept = Files.createDirectories(source.folder("kept"));
                    try {
                        LabPki.put(pki.resolve("clientcert.pem"), kept.resolve("cert.pem"));
                        LabPki.put(pki.resolve("private/clientkey.pem"), kept.resolve("key.pem"));
                        LabPki.put(expired.certificate(), pki.resolve("clientcert.pem"));
                        LabPki.put(expired.key(), pki.resolve("private/clientkey.pem"));
                        client.runAt(desk, destination.uri("tls"), "hostname").expectSuccess();
                        refused(client, List.of("--p2p"), new Case("", destination.uri("tls"), "expired"));
                    } finally {
                        LabPki.put(kept.resolve("cert.pem"), pki.resolve("clientcert.pem"));
                        LabPki.put(kept.resolve("key.pem"), pki.resolve("private/clientkey.pem"));
                    }
                }),
                DynamicTest.dynamicTest(client + ", peer to peer, a host key that the source does not know", () ->
                        refused(client, List.of("--p2p"), new Case("", "qemu+ssh://kvm2-alias/system", "(?i)host key"))),
                DynamicTest.dynamicTest(client + ", tunnelled, a name that is not in the certificate", () ->
                        refused(client, List.of("--p2p", "--tunnelled"), new Case("", tls("kvm2-alias", ""), "kvm2-alias")))));
    }

    // --- what a case is -----------------------------------------------------------------------------

    /**
     * A destination that cannot be connected to.
     *
     * @param what the reason
     * @param uri the destination's URI
     * @param complaint a pattern that the error has to show
     */
    private record Case(String what, String uri, String complaint) {}

    private static Stream<DynamicTest> both(Lab lab, List<Case> cases) {
        return cases.stream().flatMap(wrong -> Stream.of(lab.virsh(), lab.godwit()).map(client ->
                DynamicTest.dynamicTest(client + ", " + wrong.what(), () -> refused(client, List.of(), wrong))));
    }

    private static void refused(Client client, List<String> options, Case wrong) {
        LeftOvers atSource = LeftOvers.of(source);
        LeftOvers atDestination = LeftOvers.of(destination);
        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        words.addAll(options);
        words.addAll(List.of(guest.name(), wrong.uri()));
        CommandResult result = client.runAt(desk, source.uri(), words.toArray(String[]::new)).expectFailure();

        assertThat(result.err()).as("the reason").containsPattern(wrong.complaint());
        assertThat(result.err()).as("no stack trace").doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(result.err().lines().filter(line -> line.startsWith("error:")).count())
                .as("errors in " + result.err())
                .isBetween(1L, 2L); // the reason, and what becomes of the guest
        assertThat(result.took()).as("patience").isLessThan(Duration.ofSeconds(20));
        assertThat(client.run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
        assertThat(client.run(source, "domjobinfo", guest.name()).expectSuccess().out()).contains("None");
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        LeftOvers.awaitNone(source, atSource);
        LeftOvers.awaitNone(destination, atDestination);
    }

    // --- the fixture --------------------------------------------------------------------------------

    /** Starts the destination's daemon with what was set, and without what was set before. */
    private static void configure() {
        destination.stop();
        destination.start();
        destination.reset();
    }

    private static String tls(String host, String parameters) {
        return "qemu+tls://" + host + "/system" + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    private static String folder(String name, LabPki.Identity identity) {
        Path folder = desk.folder("credentials").resolve(name);
        identity.layOutFlat(folder);
        return folder.toString();
    }

    private static String authFile(String name, String password) throws IOException {
        return Files.writeString(desk.folder("credentials").resolve(name + ".conf"), """
                [credentials-lab]
                authname=ann
                password=%s

                [auth-libvirt-kvm2]
                credentials=lab
                """.formatted(password)).toString();
    }

    private static void setPassword(Lab lab) {
        ((LabHost) destination).run(Duration.ofSeconds(30), List.of("sh", "-c", "printf '%s\\n' \"$1\" | \"$2\" -f \"$3\" --set-password ann",
                        "sh", PASSWORD, lab.checkout().resolve("bin/godwitd").toString(), destination.configurationFile().toString()))
                .expectSuccess();
    }
}
