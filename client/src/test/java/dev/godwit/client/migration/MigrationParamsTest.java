package dev.godwit.client.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.wire.remote.TypedParam;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MigrationParamsTest {

    private static final DomainRef GUEST = new DomainRef("web1", new UUID(1, 2), 3);

    @Test
    void aRequestSurvivesTheWire() {
        MigrationRequest request = new MigrationRequest(GUEST, Set.of(MigrationFlag.LIVE), Optional.of("web2"),
                Optional.of("<domain/>"), Optional.of("<domain id='x'/>"), Optional.of("tcp:h:1"), Optional.of("::"),
                OptionalLong.of(100), Optional.of("spice://h"), Optional.of("kvm7"), Optional.empty(), Optional.empty(),
                List.of());
        assertThat(MigrationParams.request(GUEST, request.flags(), MigrationParams.of(request))).isEqualTo(request);
        assertThat(MigrationParams.of(MigrationRequest.of(GUEST, Set.of()))).isEmpty();
    }

    @Test
    void whatWeDoNotActOnIsHandedOnByName() {
        MigrationRequest request = MigrationParams.request(GUEST, Set.of(), List.of(
                TypedParam.text("compression", "xbzrle"), TypedParam.text("compression", "zstd"),
                TypedParam.signed("disks_port", 1)));
        assertThat(request.others()).containsExactly("compression", "disks_port");
    }

    @Test
    void whatStockHostsRefuseIsRefused() {
        refused(74, "argument unsupported: parameter 'x-mine' not supported", TypedParam.text("x-mine", ""));
        refused(8, "invalid argument: invalid type 'int' for parameter 'bandwidth', expected 'ullong'",
                TypedParam.signed("bandwidth", 1));
        refused(8, "invalid argument: invalid type 'ullong' for parameter 'destination_name', expected 'string'",
                TypedParam.unsigned("destination_name", 1));
        refused(8, "invalid argument: invalid type 'string' for parameter 'disks_port', expected 'int'",
                TypedParam.text("disks_port", "1"));
        refused(8, "invalid argument: parameter 'migrate_uri' occurs multiple times",
                TypedParam.text("migrate_uri", "a"), TypedParam.text("migrate_uri", "a"));
        refused(8, "invalid argument: parameter 'bandwidth' occurs multiple times",
                TypedParam.unsigned("bandwidth", 1), TypedParam.unsigned("bandwidth", 1));
        refused(8, "invalid argument: parameter 'disks_uri' occurs multiple times",
                TypedParam.text("disks_uri", "a"), TypedParam.text("disks_uri", "b"));
    }

    private static void refused(int code, String message, TypedParam... params) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> MigrationParams.request(GUEST, Set.of(), List.of(params)))
                .withMessage(message).satisfies(e -> assertThat(e.codeNumber()).isEqualTo(code));
    }
}
