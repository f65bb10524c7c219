package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GodwitdTest {

    @TempDir
    Path folder;

    private String out;
    private String err;

    private int run(String... args) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        int status = Godwitd.run(args, new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return status;
    }

    @Test
    void aGoodConfigurationIsGood() throws Exception {
        Path file = Files.writeString(folder.resolve("godwitd.conf"), "max_clients = 7\n");

        assertThat(run("--check", "-f", file.toString())).isZero();
        assertThat(out).isEqualTo("The configuration is good.\n");
        assertThat(err).isEmpty();
    }

    @Test
    void aBadOneStopsTheStartAndNamesTheLine() throws Exception {
        Path file = Files.writeString(folder.resolve("godwitd.conf"), "\n\nmax_clients = -7\n");

        for (String[] args : new String[][] {{"-f", file.toString()}, {"--check", "--config=" + file}}) {
            assertThat(run(args)).isEqualTo(1);
            assertThat(out).isEmpty();
            assertThat(err).isEqualTo("godwitd: " + file + ":3: bad value -7 of 'max_clients'; allowed is connections,"
                    + " 1 to 100000\n");
        }
    }

    @Test
    void whatIsInForceCanBePrintedAndReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("godwitd.conf"), "state_dir = \"" + folder + "\"\n");

        assertThat(run("-f", file.toString(), "--print-config")).isZero();
        assertThat(out).contains("\nstate_dir = \"" + folder + "\"\n", "\nmax_clients = 5000\n",
                "# migration_host is not set\n");
        Files.writeString(file, out);
        assertThat(run("-f", file.toString(), "--check")).isZero();
        assertThat(run("-f", file.toString(), "--print-reference")).isZero();
        assertThat(out).contains("# Connections at the same time. More have to wait.\n"
                + "# Allowed is connections, 1 to 100000.\nmax_clients = 5000\n");
    }

    @Test
    void optionsThatMakeNoSenseAreNamed() {
        assertThat(run("--wibble")).isEqualTo(1);
        assertThat(err).isEqualTo("godwitd: Option '--wibble' is not understood; godwitd --help lists what is\n");
        assertThat(run("-f")).isEqualTo(1);
        assertThat(err).startsWith("godwitd: Option -f without a file is not understood");
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(run("--help")).isZero();
        assertThat(out).startsWith("Usage: godwitd").contains("--print-config");
        assertThat(run("--version")).isZero();
        assertThat(out).startsWith("godwitd ");
    }
}
