package dev.godwit.driver.qemu.process;

import dev.godwit.domain.VirtException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What another JVM needs to run a class of these tests. */
final class ClassPath {

    private ClassPath() {}

    static String ofTests() {
        return Stream.of(Path.of(System.getProperty("basedir", "."), "target", "test-classes"),
                        place(QemuLauncher.class), place(VirtException.class))
                .map(Path::toString).collect(Collectors.joining(":"));
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
