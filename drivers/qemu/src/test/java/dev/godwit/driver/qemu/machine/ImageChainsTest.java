package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageChainsTest {

    @TempDir
    private Path folder;

    private void image(String name, String... options) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-img")), "needs qemu-img");
        List<String> words = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        words.addAll(List.of(options));
        words.add(name);
        words.add("1M");
        assertThat(new ProcessBuilder(words).directory(folder.toFile()).inheritIO().start().waitFor()).isZero();
    }

    private Element disk(String name, String format) {
        return ImageChains.probe(XmlReader.read("""
                <domain><devices><disk type='file' device='disk'><driver name='qemu' type='%s'/>
                <source file='%s'/><target dev='vda'/></disk></devices></domain>""".formatted(format, folder.resolve(name))))
                .child("devices", "disk").orElseThrow();
    }

    @Test
    void anImageOnItsOwnEndsTheChain() throws Exception {
        image("one.qcow2");
        assertThat(disk("one.qcow2", "qcow2").elements()).extracting(Element::name)
                .containsExactly("driver", "source", "backingStore", "target");
        assertThat(disk("one.qcow2", "qcow2").child("backingStore").orElseThrow()).isEqualTo(Element.of("backingStore"));
    }

    /** A guest could write a header into its raw disk; nobody may believe it. */
    @Test
    void aRawImageIsNotLookedInto() throws Exception {
        Files.writeString(folder.resolve("base"), "x".repeat(512));
        image("one.qcow2", "-b", "base", "-F", "raw");
        assertThat(disk("one.qcow2", "raw").child("backingStore").orElseThrow()).isEqualTo(Element.of("backingStore"));
    }

    @Test
    void aChainIsSpeltOutToItsEnd() throws Exception {
        Files.writeString(folder.resolve("base"), "x".repeat(512));
        image("middle.qcow2", "-b", "base", "-F", "raw");
        image("top.qcow2", "-b", folder.resolve("middle.qcow2").toString(), "-F", "qcow2");
        Element middle = disk("top.qcow2", "qcow2").child("backingStore").orElseThrow();
        assertThat(middle.child("format").orElseThrow().attr("type")).contains("qcow2");
        assertThat(middle.child("source").orElseThrow().attr("file")).contains(folder.resolve("middle.qcow2").toString());
        Element base = middle.child("backingStore").orElseThrow();
        assertThat(base.child("format").orElseThrow().attr("type")).contains("raw");
        assertThat(base.child("source").orElseThrow().attr("file")).contains(folder.resolve("base").toString());
        assertThat(base.child("backingStore").orElseThrow()).isEqualTo(Element.of("backingStore"));
    }

    @Test
    void anImageBelowThatIsGoneIsNamed() throws Exception {
        Files.writeString(folder.resolve("base"), "x".repeat(512));
        image("top.qcow2", "-b", "base", "-F", "raw");
        Files.delete(folder.resolve("base"));
        assertThatThrownBy(() -> disk("top.qcow2", "qcow2")).isInstanceOf(VirtException.class)
                .hasMessageContaining("Cannot access storage file '" + folder.resolve("base") + "'")
                .hasMessageContaining("No such file or directory");
    }

    @Test
    void anImageThatBitesItsOwnTailIsRefused() throws Exception {
        image("a.qcow2");
        image("b.qcow2", "-b", "a.qcow2", "-F", "qcow2");
        Files.copy(folder.resolve("b.qcow2"), folder.resolve("a.qcow2"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> disk("b.qcow2", "qcow2")).isInstanceOf(VirtException.class)
                .hasMessageContaining("self-referential");
    }

    @Test
    void aDamagedHeaderIsAnError() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(104).putInt(0, 0x514649fb).putInt(4, 3).putLong(8, 1000).putInt(16, -1);
        Files.write(folder.resolve("bad.qcow2"), header.array());
        assertThatThrownBy(() -> disk("bad.qcow2", "qcow2")).isInstanceOf(VirtException.class)
                .hasMessageContaining("the name of its backing file has 4294967295 bytes");
        try (FileChannel file = FileChannel.open(folder.resolve("bad.qcow2"), StandardOpenOption.WRITE)) {
            file.truncate(10);
        }
        assertThat(disk("bad.qcow2", "qcow2").child("backingStore").orElseThrow()).isEqualTo(Element.of("backingStore"));
    }

    @Test
    void whatIsNoFileIsLeftToQemu() throws Exception {
        image("top.qcow2", "-u", "-b", "nbd://host/export", "-F", "raw");
        assertThat(disk("top.qcow2", "qcow2").has("backingStore")).isFalse();
    }
}
