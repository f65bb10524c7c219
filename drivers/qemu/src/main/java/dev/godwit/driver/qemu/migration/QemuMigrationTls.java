package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.driver.qemu.qmp.ObjectCommands.ObjectAdd;
import dev.godwit.driver.qemu.qmp.ObjectCommands.ObjectDel;
import dev.godwit.driver.qemu.qmp.ObjectCommands.Property;
import dev.godwit.driver.qemu.qmp.ObjectCommands.QomList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * QEMU's own encryption of the way from one QEMU to the other: X.509 certificates in the layout that administrators have for
 * libvirt, made known to QEMU as objects before a migration and taken away after it.
 *
 * <pre>
 *   source        tls-creds-x509, endpoint client     tls-hostname: the name the receiver's certificate must have
 *   destination   tls-creds-x509, endpoint server     verify-peer: whether the sender must show a certificate
 * </pre>
 *
 * <p>The sender always looks at the receiver's certificate, also where {@code migrate_tls_x509_verify} is 0: that key is about
 * the certificates of senders, and a sender that takes any receiver would give the guest's memory to whoever sits in between.
 */
final class QemuMigrationTls {

    /** The names that libvirt gives them; a guest may come to a stock daemon and back. */
    static final String CREDENTIALS = "objlibvirt_migrate_tls0";

    static final String PASSWORD = "libvirt_migrate-secret0";

    private final QemuTlsSetting setting;

    QemuMigrationTls(QemuTlsSetting setting) {
        this.setting = setting;
    }

    /**
     * Refuses a guest that would travel in clear where the host's configuration forbids it. What is tunnelled is as safe as the
     * connection it goes through, and is not asked about.
     *
     * @throws VirtException 55
     */
    void requireWanted(MigrationRequest request) {
        if (setting.forced() && !request.has(MigrationFlag.TLS) && !request.has(MigrationFlag.TUNNELLED)) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                    "this libvirtd instance allows migration only with VIR_MIGRATE_TLS flag");
        }
    }

    /**
     * Finds out, before anything happens, whose certificate the sender will ask for.
     *
     * @return the name; empty where the guest travels without TLS
     * @throws VirtException 84 for a Unix socket, which has no name
     */
    static String expectedName(MigrationRequest request, QemuMigrationUri uri) {
        if (!request.has(MigrationFlag.TLS)) {
            return "";
        }
        return request.tlsDestination().orElseGet(() -> switch (uri) {
            case QemuMigrationUri.Tcp tcp -> QemuMigrationUri.withoutBrackets(tcp.host());
            case QemuMigrationUri.Unix _ -> throw new VirtException(ErrorCode.OPERATION_UNSUPPORTED, ErrorDomain.QEMU,
                    "Explicit destination hostname is required for TLS migration over UNIX socket");
        });
    }

    /**
     * Makes the credentials known to QEMU, where TLS is wanted.
     *
     * @param machine  the guest's QEMU
     * @param request  whether it is wanted
     * @param side     which of the two this host is
     * @param expected the name the receiver's certificate must have; for the source alone
     * @return the migration parameters that turn TLS on, or off
     * @throws VirtException 55 without a folder of certificates, 1 with QEMU's words when it cannot use what is in there
     */
    MigrationParameters enable(QemuMachine machine, MigrationRequest request, Host side, String expected) {
        if (!request.has(MigrationFlag.TLS)) {
            return MigrationParameters.NONE.withTls("", "");
        }
        Path folder = setting.folder().orElseThrow(() -> new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                "host migration TLS directory not configured"));
        remove(machine);
        Json.Obj credentials = Json.EMPTY
                .with("dir", folder.toString())
                .with("endpoint", side == Host.SOURCE ? "client" : "server")
                .with("verify-peer", side == Host.SOURCE || setting.verify());
        Optional<Path> password = setting.passwordFile();
        if (password.isPresent()) {
            machine.ask(new ObjectAdd("secret", PASSWORD, Json.EMPTY.with("file", password.get().toString())));
            credentials = credentials.with("passwordid", PASSWORD);
        }
        machine.ask(new ObjectAdd("tls-creds-x509", CREDENTIALS, credentials));
        return MigrationParameters.NONE.withTls(CREDENTIALS, side == Host.SOURCE ? expected : "");
    }

    /** Takes the credentials away from QEMU, if it has them. */
    static void remove(QemuMachine machine) {
        List<String> objects = machine.ask(new QomList("/objects")).stream().map(Property::name).toList();
        for (String ours : List.of(CREDENTIALS, PASSWORD)) {
            if (objects.contains(ours)) {
                machine.ask(new ObjectDel(ours));
            }
        }
    }
}
