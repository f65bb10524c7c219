package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabLogins;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.StockLibvirtd;
import dev.godwit.lab.matrix.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Logins between stock peers and ours: with a name and a password (SCRAM-SHA-256, over TLS), and with Kerberos
 * (GSSAPI, over TCP, where it also encrypts). A guest goes from a host of ours to a stock one, on to another
 * of ours and home; every daemon on the way wants to know who comes, in every flow, be it the client or
 * the source's daemon.
 *
 * <p>By default virsh and godwit take turns; with {@code -Dgodwit.lab.full=true} each does everything.
 */
@LabTest
class LoginsTest {

    private static final String USER = "ann";
    private static final String PASSWORD = "correct horse";

    private Godwitd first;
    private StockLibvirtd stock;
    private Godwitd second;

    /** Where the guest is, unless a step failed and nobody knows. */
    private Optional<LabHost> home = Optional.empty();

    @TestFactory
    Stream<DynamicTest> aNameAndAPassword(Lab lab) throws IOException {
        LabLogins logins = begin(lab);
        logins.password(stock, stock.folder("sasl").resolve("passwords"), USER, PASSWORD);
        stock.set("auth_tls", "\"sasl\"");
        stock.setEnvironment(Map.of("SASL_CONF_PATH", saslConfiguration("""
                mech_list: scram-sha-256
                sasldb_path: %s
                """.formatted(stock.folder("sasl").resolve("passwords")))));
        for (Godwitd host : List.of(first, second)) {
            host.set("auth_tls", "\"sasl\"");
            host.set("sasl_mechanisms", "[ \"SCRAM-SHA-256\" ]");
        }
        restart();
        for (Godwitd host : List.of(first, second)) {
            host.run(Duration.ofSeconds(30), List.of("sh", "-c", "printf '%s\\n' \"$1\" | \"$2\" -f \"$3\" --set-password " + USER,
                            "sh", PASSWORD, lab.checkout().resolve("bin/godwitd").toString(), host.configurationFile().toString()))
                    .expectSuccess();
        }
        String good = "?authfile=" + authFile(lab, "good", PASSWORD);
        String bad = "?authfile=" + authFile(lab, "bad", "wrong");
        List<Client> clients = List.of(lab.virsh(), lab.godwit());
        return Stream.concat(
                steps(lab, clients, host -> host.uri("tls") + good),
                Stream.of(first, stock).flatMap(host -> clients.stream().map(client -> refusal(
                        lab, client, host, "a wrong password", host.uri("tls") + bad))));
    }

    @TestFactory
    Stream<DynamicTest> tickets(Lab lab) throws IOException {
        LabLogins logins = begin(lab);
        for (LabHost host : List.of(first, stock, second)) {
            host.setEnvironment(Map.of("KRB5CCNAME", logins.tickets("libvirt/" + host.name()))); // as the source
        }
        stock.set("auth_tcp", "\"sasl\"");
        stock.setEnvironment(logins.environment());
        stock.setEnvironment(Map.of("SASL_CONF_PATH", saslConfiguration("""
                mech_list: gssapi
                keytab: %s
                """.formatted(logins.keytab("libvirt/" + stock.name())))));
        for (Godwitd host : List.of(first, second)) {
            host.set("auth_tcp", "\"sasl\"");
            host.set("sasl_mechanisms", "[ \"GSSAPI\" ]");
            host.set("sasl_keytab", "\"" + logins.keytab("libvirt/" + host.name()) + "\"");
            host.setEnvironment(logins.javaEnvironment());
        }
        restart();
        Map<String, String> none = new HashMap<>(logins.environment());
        none.putAll(logins.javaEnvironment());
        none.put("KRB5CCNAME", "FILE:" + lab.desk("desk").folder("credentials").resolve("none"));
        Map<String, String> anns = new HashMap<>(none);
        anns.put("KRB5CCNAME", logins.tickets(USER));
        return Stream.concat(
                steps(lab, List.of(lab.virsh().with(anns), lab.godwit().with(anns)), host -> host.uri("tcp")),
                Stream.of(first, stock).flatMap(host -> Stream.of(lab.virsh().with(none), lab.godwit().with(none))
                        .map(client -> refusal(lab, client, host, "no tickets", host.uri("tcp")))));
    }

    private LabLogins begin(Lab lab) {
        first = lab.godwitd("kvm1");
        stock = lab.libvirtd("stock1");
        second = lab.godwitd("kvm2");
        lab.clearAll();
        return lab.logins().orElseGet(() -> abort("This distribution does not package Kerberos"));
    }

    private void restart() {
        for (LabHost host : List.of(first, stock, second)) {
            host.stop();
            host.start();
            host.reset();
        }
    }

    @AfterEach
    void defaults(Lab lab) {
        lab.clearAll();
        restart();
    }

    // --- what is done -------------------------------------------------------------------------------

    private Stream<DynamicTest> steps(Lab lab, List<Client> clients, Function<LabHost, String> uri) {
        List<LabHost> stops = List.of(first, stock, second);
        List<Flow> flows = List.of(Flow.values());
        boolean full = Boolean.getBoolean("godwit.lab.full");
        return IntStream.range(0, full ? 18 : 9).mapToObj(number -> {
            Client client = clients.get(full ? number / 9 : number % 2);
            Flow flow = flows.get(number / 3 % 3);
            LabHost from = stops.get(number % 3);
            LabHost to = stops.get((number + 1) % 3);
            return DynamicTest.dynamicTest("%s, %s, %s to %s".formatted(client, flow.label(), from, to),
                    () -> moves(lab, client, flow, from, to, uri));
        });
    }

    private void moves(Lab lab, Client client, Flow flow, LabHost from, LabHost to, Function<LabHost, String> uri) {
        LabGuest guest = lab.guest("known", Shape.DIRECT_KERNEL).with(8, 1);
        if (home.filter(from::equals).isEmpty()) {
            lab.clearAll();
            lab.virsh().run(from, "create", guest.prepare().toString()).expectSuccess();
            guest.serial().awaitLife();
        }
        home = Optional.empty();
        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        words.addAll(flow.options());
        words.addAll(List.of(guest.name(), uri.apply(to)));
        client.runAt(lab.desk("desk"), uri.apply(from), words.toArray(String[]::new)).expectSuccess();
        assertThat(lab.virsh().run(to, "domstate", guest.name(), "--reason").expectSuccess().out().strip())
                .isEqualTo("running (migrated)");
        assertThat(lab.virsh().run(from, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        home = Optional.of(to);
    }

    private static DynamicTest refusal(Lab lab, Client client, LabHost host, String what, String uri) {
        return DynamicTest.dynamicTest("%s, %s, at %s".formatted(client, what, host), () -> {
            CommandResult result = client.runAt(lab.desk("desk"), uri, "hostname").expectFailure();
            assertThat(result.err()).as("the reason").containsPattern("(?i)auth|gssapi|credential");
            assertThat(result.err()).as("no stack trace").doesNotContain("\tat ").doesNotContain("Exception");
        });
    }

    // --- the files ----------------------------------------------------------------------------------

    private String saslConfiguration(String text) throws IOException {
        Path folder = stock.folder("sasl");
        Files.writeString(folder.resolve("libvirt.conf"), text);
        return folder.toString();
    }

    private static String authFile(Lab lab, String name, String password) throws IOException {
        return Files.writeString(lab.desk("desk").folder("credentials").resolve("login-" + name + ".conf"), """
                [credentials-lab]
                authname=%s
                password=%s

                [auth-libvirt-default]
                credentials=lab
                """.formatted(USER, password)).toString();
    }
}
