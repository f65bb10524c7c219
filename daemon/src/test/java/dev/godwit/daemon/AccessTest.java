package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.AdminConnection;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.simulated.SimulatedDriver;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.DomainFlagsArgs;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.MigrationParams;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A policy in force: TCP clients have a few rights with guests whose names begin with "web", the socket's have all. */
@Timeout(60)
class AccessTest {

    private static final String URI = "test:///default";

    @TempDir
    Path folder;

    private TestDaemon daemon;
    private RawClient root;
    private RawClient guestbook;
    private NonnullDomain web1;
    private NonnullDomain secret;

    @BeforeEach
    void start() throws Exception {
        Path policy = Files.writeString(folder.resolve("policy"), """
                allow address 127.0.0.1 connect.*
                allow address 127.0.0.1 domain.getattr,domain.read,domain.suspend,domain.write,domain.save on web*
                allow address 127.0.0.1 domain.migrate on web* to kvm*
                allow user * *
                """);
        daemon = TestDaemon.start(folder, new SimulatedDriver(), "access_policy_file = \"" + policy + "\"");
        root = RawClient.open(daemon.unix(), URI);
        guestbook = RawClient.open(daemon.tcp(), URI);
        web1 = define(root, "web1");
        secret = define(root, "secret");
    }

    @AfterEach
    void stop() throws Exception {
        root.close();
        guestbook.close();
        daemon.close();
    }

    private static NonnullDomain define(RawClient client, String name) throws Exception {
        return client.call(DomainProcedures.DEFINE_XML, new DomainProcedures.DefineXmlArgs(xml(name))).dom();
    }

    private static String xml(String name) {
        return "<domain type='test'><name>" + name + "</name><memory>8192</memory><os><type>hvm</type></os></domain>";
    }

    private static void denied(RemoteError error, String permission) {
        assertThat(error.code()).as(error.text()).isEqualTo(88);
        assertThat(error.domain()).isEqualTo(55);
        assertThat(error.text()).startsWith("access denied: ").contains(permission).contains("address 127.0.0.1");
    }

    @Test
    void listsShowWhatMayBeSeen() throws Exception {
        var all = new ConnectProcedures.ListAllDomainsArgs(1, 0);
        assertThat(root.call(ConnectProcedures.LIST_ALL_DOMAINS, all).domains()).extracting(NonnullDomain::name)
                .contains("web1", "secret");
        var seen = guestbook.call(ConnectProcedures.LIST_ALL_DOMAINS, all);
        assertThat(seen.domains()).extracting(NonnullDomain::name).containsExactly("web1");
        assertThat(seen.ret()).isEqualTo(1);
        assertThat(guestbook.call(ConnectProcedures.NUM_OF_DEFINED_DOMAINS, new Nothing()).num()).isEqualTo(1);
        assertThat(guestbook.call(ConnectProcedures.LIST_DEFINED_DOMAINS,
                new ConnectProcedures.ListDefinedDomainsArgs(10)).names()).containsExactly("web1");
        denied(guestbook.refused(DomainProcedures.LOOKUP_BY_NAME, new DomainProcedures.LookupByNameArgs("secret")),
                "domain:getattr");
        DomainRet found = guestbook.call(DomainProcedures.LOOKUP_BY_NAME, new DomainProcedures.LookupByNameArgs("web1"));
        assertThat(found.dom().uuid()).isEqualTo(web1.uuid());
    }

    @Test
    void whatIsAllowedIsDoneAndWhatIsNotIsNot() throws Exception {
        denied(guestbook.refused(DomainProcedures.CREATE, new DomainArgs(web1)), "domain:start");
        assertThat(root.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(web1, 0)).state()).isEqualTo(5);
        root.call(DomainProcedures.CREATE, new DomainArgs(web1));
        guestbook.call(DomainProcedures.SUSPEND, new DomainArgs(web1));
        denied(guestbook.refused(DomainProcedures.DESTROY, new DomainArgs(web1)), "domain:stop");
        assertThat(root.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(web1, 0)).state()).isEqualTo(3);
    }

    @Test
    void aNameBesideAUuidProvesNothing() throws Exception {
        NonnullDomain forged = new NonnullDomain("web1", secret.uuid(), secret.id());
        denied(guestbook.refused(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(forged, 0)), "domain:read");
        guestbook.call(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(web1, 0));
    }

    @Test
    void secretsNeedARightOfTheirOwn() throws Exception {
        denied(guestbook.refused(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(web1, 1)), "domain:read-secure");
        root.call(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(web1, 1));
    }

    @Test
    void aDefinitionIsJudgedByTheNameInIt() throws Exception {
        define(guestbook, "web2");
        denied(guestbook.refused(DomainProcedures.DEFINE_XML, new DomainProcedures.DefineXmlArgs(xml("db"))),
                "domain:write");
        assertThat(root.refused(DomainProcedures.LOOKUP_BY_NAME, new DomainProcedures.LookupByNameArgs("db")).code())
                .isEqualTo(42);
    }

    @Test
    void aMigrationGoesWhereItMayAndNowhereElse() throws Exception {
        root.call(DomainProcedures.CREATE, new DomainArgs(web1));
        List<TypedParam> params = List.of(new TypedParam(MigrationParams.URI, new ParamValue.Text("tcp:evil:49152")));
        denied(guestbook.refused(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(
                web1, Optional.empty(), params, Opaque.empty(), 1)), "domain:migrate");
        denied(guestbook.refused(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(
                web1, Optional.of("qemu+tls://evil/system"), List.of(), Opaque.empty(), 3)), "domain:migrate");
        denied(guestbook.refused(MigrationProcedures.BEGIN,
                new MigrationProcedures.BeginArgs(secret, List.of(), 1)), "domain:migrate");
        guestbook.call(MigrationProcedures.BEGIN, new MigrationProcedures.BeginArgs(web1, List.of(), 1));
    }

    @Test
    void aPolicyIsReadAgainOnRequestAndIsForConnectionsThatExist() throws Exception {
        Path policy = folder.resolve("policy");
        Files.writeString(policy, """
                allow address 127.0.0.1 connect.*
                allow address 127.0.0.1 domain.getattr,domain.read on secret
                allow user * *
                """);
        var all = new ConnectProcedures.ListAllDomainsArgs(1, 0);
        assertThat(guestbook.call(ConnectProcedures.LIST_ALL_DOMAINS, all).domains()).extracting(NonnullDomain::name)
                .as("not before somebody asks for it").containsExactly("web1");
        try (AdminConnection admin = AdminConnection.open(folder.resolve("run/libvirt-admin-sock"))) {
            admin.reloadTls();
            assertThat(guestbook.call(ConnectProcedures.LIST_ALL_DOMAINS, all).domains())
                    .extracting(NonnullDomain::name).containsExactly("secret");
            denied(guestbook.refused(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(web1, 0)), "domain:read");

            Files.writeString(policy, "allow everybody *\nallow everyone *\n");
            assertThatThrownBy(admin::reloadTls).isInstanceOf(VirtException.class)
                    .hasMessageContaining(policy + ":2").hasMessageContaining("everyone");
            denied(guestbook.refused(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(web1, 0)), "domain:read");
        }
    }

    @Test
    void aPolicyThatCannotBeReadStopsTheStart() {
        assertThatThrownBy(() -> TestDaemon.start(folder.resolve("x"),
                        new SimulatedDriver(), "access_policy_file = \"/no/policy\""))
                .isInstanceOf(java.io.IOException.class).hasMessageContaining("/no/policy: the access policy cannot be read");
    }
}
