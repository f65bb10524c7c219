package dev.godwit.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.config.ConfigException;
import dev.godwit.pki.NamePattern;
import dev.godwit.wire.remote.Permission;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessPolicyTest {

    private static final UUID UUID_OF_WEB1 = UUID.fromString("4f2c1c7e-2a52-4e0a-9c3b-0d3f5a6b7c8d");
    private static final Identity ROOT = Identity.local(Optional.of("root"), Optional.of("root"));
    private static final Identity EVE = Identity.local(Optional.of("eve"), Optional.of("users"));
    private static final Identity ANN = Identity.overTls("10.0.0.7", Optional.of("C=DE,CN=ann")).loggedInAs("ann@EXAMPLE.COM");

    private static final String TEXT = """
            # who            what                                          which, where to
            allow user root *
            allow group operators domain.*   on web*
            deny  sasl ann@EXAMPLE.COM domain.stop
            allow sasl *@EXAMPLE.COM and address 10.0.0.* domain:getattr,domain.read on 4f2c1c7e-*
            allow dn "C=DE,CN=ann"   domain.migrate on web? to kvm?.example.com   # nowhere else
            allow everybody connect.*
            """;

    private static boolean allows(Identity client, Permission permission, Optional<Target> target) throws Exception {
        return AccessPolicy.parse("f", TEXT, (user, group) -> user.equals("eve") && group.matches("operators"))
                .allows(client, permission, target);
    }

    private static Optional<Target> web1(String... destination) {
        return Optional.of(new Target("web1", Optional.of(UUID_OF_WEB1),
                destination.length == 0 ? Optional.empty() : Optional.of(destination[0])));
    }

    private static Optional<Target> db() {
        return Optional.of(new Target("db", Optional.of(new UUID(1, 2)), Optional.empty()));
    }

    @Test
    void theFirstRuleThatFitsDecidesAndWhatNoneFitsIsDenied() throws Exception {
        assertThat(allows(ROOT, Permission.DOMAIN_STOP, db())).isTrue();
        assertThat(allows(ANN, Permission.DOMAIN_STOP, web1())).isFalse();
        assertThat(allows(ANN, Permission.DOMAIN_READ, web1())).isTrue();
        assertThat(allows(ANN, Permission.DOMAIN_READ, db())).isFalse();
        assertThat(allows(ANN, Permission.DOMAIN_WRITE, web1())).isFalse();
        assertThat(allows(ANN, Permission.CONNECT_READ, Optional.empty())).isTrue();
        assertThat(allows(Identity.overTcp("10.9.9.9"), Permission.DOMAIN_READ, web1())).isFalse();
    }

    @Test
    void aMemberOfAGroupIsOneWhateverItsFirstGroup() throws Exception {
        assertThat(allows(EVE, Permission.DOMAIN_START, web1())).isTrue();
        assertThat(allows(EVE, Permission.DOMAIN_START, db())).isFalse();
        assertThat(allows(Identity.local(Optional.of("bob"), Optional.of("operators")), Permission.DOMAIN_START, web1()))
                .isTrue();
    }

    @Test
    void allConditionsOnAClientMustFit() throws Exception {
        Identity elsewhere = Identity.overTls("10.1.0.7", Optional.empty()).loggedInAs("ann@EXAMPLE.COM");
        assertThat(allows(elsewhere, Permission.DOMAIN_READ, web1())).isFalse();
    }

    @Test
    void aMigrationMayGoWhereTheRuleSaysAndMayBeginBeforeItIsKnown() throws Exception {
        assertThat(allows(ANN, Permission.DOMAIN_MIGRATE, web1())).isTrue();
        assertThat(allows(ANN, Permission.DOMAIN_MIGRATE, web1("kvm7.example.com"))).isTrue();
        assertThat(allows(ANN, Permission.DOMAIN_MIGRATE, web1("evil.example.org"))).isFalse();
        AccessPolicy denying = AccessPolicy.parse("f", "deny user eve domain.migrate to evil\nallow user eve *",
                (_, _) -> false);
        assertThat(denying.allows(EVE, Permission.DOMAIN_MIGRATE, web1())).isTrue();
        assertThat(denying.allows(EVE, Permission.DOMAIN_MIGRATE, web1("evil"))).isFalse();
    }

    @Test
    void withoutAFileWhoeverIsLetInMayDoEverything() {
        for (Permission permission : Permission.values()) {
            assertThat(AccessPolicy.EVERYTHING.allows(Identity.overTcp("10.9.9.9"), permission, db())).isTrue();
        }
    }

    @Test
    void everyPermissionHasAWordThatTheFileKnows() throws Exception {
        for (Permission permission : Permission.values()) {
            AccessPolicy one = AccessPolicy.parse("f", "allow everybody " + PolicyRule.word(permission), (_, _) -> false);
            for (Permission other : Permission.values()) {
                assertThat(one.allows(EVE, other, web1())).isEqualTo(other == permission);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            permit user a *                  | f:1: a rule begins with allow or deny, and not with 'permit'
            allow                            | f:1: whom the rule is about is missing
            allow users a *                  | f:1: 'users' is none of everybody, user, group, sasl, dn, address
            allow user                       | f:1: a pattern after 'user' is missing
            allow user a                     | f:1: what may be done, such as domain.migrate is missing
            allow user a domain.migrat       | f:1: 'domain.migrat' is no permission; there are connect.getattr,
            allow user a domain.migrate,     | f:1: '' is no permission
            allow user a * on                | f:1: a pattern after 'on' is missing
            allow user a * on x on y         | f:1: 'on' stands twice
            allow user a * at x              | f:1: 'at' is not understood here; allowed is on GUEST, or to DESTINATION
            allow dn "CN=a *                 | f:1: a text in quotes has no end
            """)
    void aMistakeNamesItsLine(String text, String message) {
        assertThatThrownBy(() -> AccessPolicy.parse("f", text, (_, _) -> false)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aNameCannotPretendToBeAnotherPartOfALine() {
        assertThat(Identity.local(Optional.of("eve\" sasl \"root\nx"), Optional.empty()).toString())
                .isEqualTo("user \"eve\\\" sasl \\\"root\\u000ax\" by unix");
        assertThat(new NamePattern("a*").matches("abc")).isTrue();
    }
}
