package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input is answered with one clear error, and nothing is lost: the daemon serves on, and a guest
 * that runs meanwhile does not notice.
 */
@LabTest
class BadInputTest {

    private static final int PROGRAM = 0x20008086;
    private static final int CALL = 0;
    private static final int CONNECT_OPEN = 1;
    private static final int DOMAIN_LOOKUP_BY_NAME = 23;
    private static final int CONNECT_GET_HOSTNAME = 59;
    private static final int STATUS_ERROR = 1;

    private Godwitd host;
    private LabGuest witness;
    private LeftOvers before;

    @BeforeEach
    void aGuestRuns(Lab lab) {
        host = lab.godwitd("kvm1");
        witness = lab.guest("witness", Shape.DIRECT_KERNEL).with(8, 1);
        String running = lab.virsh().run(host, "list", "--all", "--name").expectSuccess().out().strip();
        if (!running.equals("witness")) { // one boot serves the whole class
            lab.clear(host);
            lab.virsh().run(host, "create", witness.prepare().toString()).expectSuccess();
            witness.serial().awaitLife();
        }
        before = LeftOvers.of(host);
    }

    @AfterEach
    void nothingIsLost(Lab lab) {
        assertThat(lab.virsh().run(host, "list", "--all", "--name").expectSuccess().out().strip()).isEqualTo("witness");
        witness.serial().awaitBeats(1);
        witness.serial().assertUnbroken();
        LeftOvers.awaitNone(host, before);
    }

    // --- definitions ------------------------------------------------------------------------------

    record Definition(String what, String xml, String complaint) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Definition> definitions() {
        String rest = "<memory>65536</memory><os><type>hvm</type></os></domain>";
        StringBuilder laughs = new StringBuilder("<!DOCTYPE domain [<!ENTITY l0 'ha'>");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY l").append(i).append(" '").append(("&l" + (i - 1) + ";").repeat(10)).append("'>");
        }
        return Stream.of(
                new Definition("half a tag", "<domain type='qemu'><name>x</name", "."),
                new Definition("nothing", "", "."),
                new Definition("no XML", "name = x", "."),
                new Definition("two roots", "<domain/><domain/>", "."),
                new Definition("another document", "<network><name>x</name></network>", "."),
                new Definition("no name", "<domain type='qemu'>" + rest, "name"),
                new Definition("a slash in the name", "<domain type='qemu'><name>../../etc/x</name>" + rest, "/"),
                new Definition("a line break in the name", "<domain type='qemu'><name>a\nb</name>" + rest, "name"),
                new Definition("the name of another", "<domain type='qemu'><name>witness</name><uuid>11111111-1111-4111-8111-111111111119</uuid>" + rest, "already exists"),
                new Definition("no UUID", "<domain type='qemu'><name>x</name><uuid>not-one</uuid>" + rest, "(?i)uuid"),
                new Definition("a foreign hypervisor", "<domain type='xen'><name>x</name>" + rest, "xen"),
                new Definition("an unknown architecture", "<domain type='qemu'><name>x</name><memory>65536</memory><os><type arch='pdp11'>hvm</type></os></domain>", "pdp11"),
                new Definition("an unknown machine", "<domain type='qemu'><name>x</name><memory>65536</memory><os><type arch='x86_64' machine='pc-nosuch'>hvm</type></os></domain>", "pc-nosuch"),
                new Definition("no memory", "<domain type='qemu'><name>x</name><os><type>hvm</type></os></domain>", "(?i)memory"),
                new Definition("memory that is no number", "<domain type='qemu'><name>x</name><memory>much</memory><os><type>hvm</type></os></domain>", "(?i)memory|much"),
                new Definition("a billion laughs", laughs + "]><domain type='qemu'><name>x</name><title>&l29;</title>" + rest, "."),
                new Definition("deep nesting", "<domain type='qemu'><name>x</name>" + "<a>".repeat(200_000) + "</a>".repeat(200_000) + rest, "."),
                new Definition("50 MB", "<domain type='qemu'><name>x</name><title>" + "x".repeat(50_000_000) + "</title>" + rest, "."));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void aBadDefinitionIsRefused(Definition definition, Lab lab) throws IOException {
        Path file = Files.writeString(lab.storage().resolve("bad.xml"), definition.xml());
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            for (String verb : List.of("define", "create")) {
                CommandResult result = client.run(host, verb, file.toString()).expectFailure();
                assertThat(result.err()).containsPattern(definition.complaint());
                assertThat(result.err()).as("no stack trace").doesNotContain("\tat ").doesNotContain("Exception");
                assertThat(result.err().lines().filter(line -> line.startsWith("error:")).count()).isBetween(1L, 2L);
            }
        }
    }

    @Test
    void anExternalEntityIsNeverRead(Lab lab) throws IOException {
        Path secret = Files.writeString(lab.storage().resolve("secret"), "do-not-tell");
        Path file = Files.writeString(lab.storage().resolve("bad.xml"), """
                <!DOCTYPE domain [<!ENTITY secret SYSTEM "file://%s">]>
                <domain type='qemu'><name>spy</name><title>&secret;</title><memory>65536</memory><os><type>hvm</type></os></domain>
                """.formatted(secret));
        CommandResult defined = lab.virsh().run(host, "define", file.toString());
        String dumped = lab.virsh().run(host, "dumpxml", "spy").out();
        lab.virsh().run(host, "undefine", "spy");
        assertThat(defined.out() + defined.err() + dumped).doesNotContain("do-not-tell");
    }

    @Test
    void aMissingDiskIsNamed(Lab lab) throws IOException {
        LabGuest guest = lab.guest("diskless", Shape.VIRT_INSTALL);
        Path file = guest.prepare();
        Files.delete(guest.disk());
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            assertThat(client.run(host, "create", file.toString()).expectFailure().err()).contains(guest.disk().toString());
        }
    }

    @Test
    void aDeviceThatIsNotSupportedIsNamed(Lab lab) throws IOException {
        LabGuest guest = lab.guest("exotic", Shape.DIRECT_KERNEL);
        String xml = guest.xml().replace("<devices>", "<devices><shmem name='x'><size unit='M'>1</size></shmem>");
        Path file = Files.writeString(guest.prepare(), xml);
        assertThat(lab.virsh().run(host, "create", file.toString()).expectFailure().err()).contains("shmem");
    }

    // --- frames -----------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 27, 0x7fffffff, 0xffffffff, 64 * 1024 * 1024})
    void aForgedLengthClosesOnlyThatConnection(int length) throws Exception {
        try (SocketChannel socket = connect()) {
            socket.write(ByteBuffer.allocate(28).putInt(0, length));
            assertThat(readToEnd(socket)).isEmpty();
        }
    }

    @Test
    void halfAFrameAndSilenceHoldsNobodyUp(Lab lab) throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                SocketChannel socket = connect();
                silent.add(socket);
                socket.write(ByteBuffer.allocate(10).putInt(1000).putInt(PROGRAM).flip());
            }
            lab.virsh().run(host, "list").expectSuccess();
        } finally {
            for (SocketChannel socket : silent) {
                socket.close();
            }
        }
    }

    record Header(String what, int program, int version, int procedure, int type, int status) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Header> headers() {
        return Stream.of(
                new Header("an unknown program", 0x12345678, 1, 1, CALL, 0),
                new Header("an unknown version", PROGRAM, 99, CONNECT_GET_HOSTNAME, CALL, 0),
                new Header("an unknown procedure", PROGRAM, 1, 99_999, CALL, 0),
                new Header("procedure zero", PROGRAM, 1, 0, CALL, 0),
                new Header("a negative procedure", PROGRAM, 1, -1, CALL, 0),
                new Header("a call before the connection is open", PROGRAM, 1, CONNECT_GET_HOSTNAME, CALL, 0));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void anUnknownHeaderIsAnsweredWithAnError(Header header) throws Exception {
        try (SocketChannel socket = connect()) {
            socket.write(frame(header, 7, new byte[0]));
            Reply reply = read(socket);
            assertThat(reply.status()).isEqualTo(STATUS_ERROR);
            assertThat(reply.serial()).isEqualTo(7);
            assertThat(reply.body().length).as("an error with a message").isGreaterThan(12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 99, -1})
    void aTypeThatIsNoCallClosesTheConnectionOrIsAnError(int type) throws Exception {
        try (SocketChannel socket = connect()) {
            // Both in one write: the daemon may have closed the connection before a second one.
            ByteBuffer first = frame(new Header("", PROGRAM, 1, CONNECT_GET_HOSTNAME, type, 0), 7, new byte[0]);
            ByteBuffer second = frame(new Header("", PROGRAM, 1, CONNECT_GET_HOSTNAME, type, 9), 8, new byte[40]);
            socket.write(ByteBuffer.allocate(first.remaining() + second.remaining()).put(first).put(second).flip());
            socket.shutdownOutput();
            ByteBuffer answer = ByteBuffer.wrap(readToEnd(socket));
            if (answer.hasRemaining()) {
                assertThat(answer.getInt(24)).isEqualTo(STATUS_ERROR);
            }
        }
    }

    @Test
    void argumentsThatDoNotFitAreAnError() throws Exception {
        try (SocketChannel socket = connect()) {
            open(socket);
            Header lookup = new Header("", PROGRAM, 1, DOMAIN_LOOKUP_BY_NAME, CALL, 0);
            // A name said to be 2 GiB long, in a frame of a few bytes; then no name at all; then too much.
            for (byte[] arguments : List.of(
                    ByteBuffer.allocate(8).putInt(0x7fffffff).array(),
                    new byte[0],
                    ByteBuffer.allocate(16).putInt(1).put((byte) 'x').array())) {
                socket.write(frame(lookup, 9, arguments));
                assertThat(read(socket).status()).isEqualTo(STATUS_ERROR);
            }
            // The connection is still good.
            socket.write(frame(new Header("", PROGRAM, 1, CONNECT_GET_HOSTNAME, CALL, 0), 10, new byte[0]));
            assertThat(read(socket).status()).isZero();
        }
    }

    @Test
    void unknownFlagsAreAnError() throws Exception {
        try (SocketChannel socket = connect()) {
            open(socket);
            // CONNECT_LIST_ALL_DOMAINS with flags nobody has defined.
            byte[] arguments = ByteBuffer.allocate(8).putInt(1).putInt(0x40000000).array();
            socket.write(frame(new Header("", PROGRAM, 1, 273, CALL, 0), 11, arguments));
            Reply reply = read(socket);
            assertThat(reply.status()).isEqualTo(STATUS_ERROR);
            assertThat(new String(reply.body(), StandardCharsets.ISO_8859_1)).contains("flags");
        }
    }

    // --- migrations -------------------------------------------------------------------------------

    @Test
    void aMigrationToTheSameHostIsRefused(Lab lab) {
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            assertThat(client.run(host, "migrate", "--live", "witness", host.uri()).expectFailure().err())
                    .contains("same host");
        }
    }

    @Test
    void aMigrationToAHostThatIsDownIsRefused(Lab lab) {
        LabHost down = lab.godwitd("kvm2");
        lab.clear(down);
        down.kill();
        try {
            for (Client client : List.of(lab.virsh(), lab.godwit())) {
                assertThat(client.run(host, "migrate", "--live", "witness", down.uri()).expectFailure().err())
                        .contains("Connection refused");
            }
        } finally {
            down.start();
        }
    }

    @Test
    void aMigrationOfAGuestThatIsOffIsRefused(Lab lab) {
        LabHost destination = lab.godwitd("kvm2");
        LabGuest off = lab.guest("off", Shape.DIRECT_KERNEL);
        lab.virsh().run(host, "define", off.prepare().toString()).expectSuccess();
        try {
            for (Client client : List.of(lab.virsh(), lab.godwit())) {
                assertThat(client.run(host, "migrate", "--live", off.name(), destination.uri()).expectFailure().err())
                        .contains("domain is not running");
            }
        } finally {
            lab.virsh().run(host, "undefine", off.name()).expectSuccess();
        }
    }

    @Test
    void aUsedUpPortRangeIsRefused(Lab lab) {
        Godwitd destination = lab.godwitd("kvm2");
        lab.clear(destination);
        destination.stop();
        destination.set("migration_port_min", "16509"); // the daemon's own: taken
        destination.set("migration_port_max", "16509");
        destination.start();
        try {
            LeftOvers empty = LeftOvers.of(destination);
            for (Client client : List.of(lab.virsh(), lab.godwit())) {
                assertThat(client.run(host, "migrate", "--live", "witness", destination.uri()).expectFailure().err())
                        .containsIgnoringCase("port");
            }
            LeftOvers.awaitNone(destination, empty);
        } finally {
            destination.stop();
            destination.reset();
            destination.start();
        }
    }

    @Test
    void aGuestOfThatNameAtTheDestinationIsNotTouched(Lab lab) throws IOException {
        LabHost destination = lab.godwitd("kvm2");
        lab.clear(destination);
        String other = lab.guest("other", Shape.DIRECT_KERNEL).xml().replace("<name>other<", "<name>witness<");
        Path file = Files.writeString(lab.storage().resolve("namesake.xml"), other);
        lab.virsh().run(destination, "define", file.toString()).expectSuccess();
        try {
            for (Client client : List.of(lab.virsh(), lab.godwit())) {
                assertThat(client.run(host, "migrate", "--live", "witness", destination.uri()).expectFailure().err())
                        .contains("already exists with uuid");
            }
            assertThat(lab.virsh().run(destination, "domstate", "witness").out().strip()).isEqualTo("shut off");
        } finally {
            lab.clear(destination);
        }
    }

    @Test
    void aReadOnlyConnectionChangesNothing(Lab lab) {
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            for (String verb : List.of("destroy", "suspend", "undefine", "shutdown", "reset")) {
                assertThat(client.run(host, "-r", verb, "witness").expectFailure().err())
                        .contains("operation forbidden: read only access");
            }
        }
        assertThat(lab.virsh().run(host, "domstate", "witness").out().strip()).isEqualTo("running");
    }

    // --- raw frames -------------------------------------------------------------------------------

    private record Reply(int serial, int status, byte[] body) {}

    private SocketChannel connect() throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(UnixDomainSocketAddress.of(host.folder("sockets").resolve("libvirt-sock")));
        return socket;
    }

    private static void open(SocketChannel socket) throws Exception {
        byte[] name = "qemu:///system".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer arguments = ByteBuffer.allocate(4 + 4 + 16 + 4).putInt(1).putInt(name.length).put(name);
        arguments.position(24).putInt(0);
        socket.write(frame(new Header("", PROGRAM, 1, CONNECT_OPEN, CALL, 0), 1, arguments.array()));
        assertThat(read(socket).status()).isZero();
    }

    private static ByteBuffer frame(Header header, int serial, byte[] body) {
        return ByteBuffer.allocate(28 + body.length)
                .putInt(28 + body.length)
                .putInt(header.program())
                .putInt(header.version())
                .putInt(header.procedure())
                .putInt(header.type())
                .putInt(serial)
                .putInt(header.status())
                .put(body)
                .flip();
    }

    private static Reply read(SocketChannel socket) throws Exception {
        return within(() -> {
            int length = exactly(socket, 4).getInt();
            ByteBuffer rest = exactly(socket, length - 4);
            byte[] body = new byte[length - 28];
            rest.get(24, body);
            return new Reply(rest.getInt(16), rest.getInt(20), body);
        });
    }

    private static byte[] readToEnd(SocketChannel socket) throws Exception {
        return within(() -> {
            ByteBuffer all = ByteBuffer.allocate(1 << 20);
            try {
                while (socket.read(all) >= 0) {
                    assertThat(all.hasRemaining()).isTrue();
                }
            } catch (IOException reset) {
                // As good an end as any.
            }
            return java.util.Arrays.copyOf(all.array(), all.position());
        });
    }

    private static ByteBuffer exactly(SocketChannel socket, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                throw new IOException("The connection was closed");
            }
        }
        return buffer.flip();
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T within(Reading<T> reading) throws Exception {
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        return reading.read();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .get(10, TimeUnit.SECONDS);
    }
}
