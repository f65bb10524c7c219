package dev.godwit.daemon.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerRuleTest {

    @TempDir
    Path folder;

    @Test
    void rootTheOwnUserAndTheGroupComeIn() throws Exception {
        Path groups = Files.writeString(folder.resolve("group"), "root:x:0:\nkvm:x:7:ann,bob\nother:x:8:eve\n");
        PeerRule rule = PeerRule.ownersAnd("godwit", Optional.of("kvm"), groups);

        assertThat(rule.refusal("root", "root")).isEmpty();
        assertThat(rule.refusal("godwit", "godwit")).isEmpty();
        assertThat(rule.refusal("carl", "kvm")).isEmpty();
        assertThat(rule.refusal("bob", "users")).isEmpty();
        assertThat(rule.refusal("eve", "users"))
                .contains("user eve is neither root nor godwit nor in group kvm");
    }

    @Test
    void withoutAGroupNobodyElse() {
        PeerRule rule = PeerRule.ownersAnd("root", Optional.empty(), folder.resolve("missing"));

        assertThat(rule.refusal("ann", "kvm"))
                .contains("user ann is neither root nor root and unix_sock_group is not set");
    }
}
