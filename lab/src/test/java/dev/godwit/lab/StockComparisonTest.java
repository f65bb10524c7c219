package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A stock virsh cannot tell godwitd from libvirtd: the same commands, in the same order, against
 * both, give the same exit status and the same words.
 *
 * <p>The commands stand in {@code stock-commands.txt}, what may differ in {@code
 * stock-differences.txt}, each with its reason. The whole table is written to
 * {@code lab/target/stock-comparison-VERSION.txt}.
 */
@LabTest
class StockComparisonTest {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @Test
    void installedVirshSeesTheSame(Lab lab) throws IOException {
        compare(lab, lab.virsh());
    }

    @Test
    void virshNineSeesTheSame(Lab lab) throws IOException {
        compare(lab, lab.virshNine().orElseGet(() -> abort("This distribution does not package libvirt 9.0")));
    }

    private static void compare(Lab lab, Client virsh) throws IOException {
        // Side by side, each with disks and logs of its own.
        Run theirs = new Run(lab, virsh, lab.libvirtd("stock1"), "compare-1");
        Run mine = new Run(lab, virsh, lab.godwitd("kvm1"), "compare-2");
        CompletableFuture<List<Answer>> answers = CompletableFuture.supplyAsync(theirs::all);
        List<Answer> ours;
        try {
            ours = mine.all();
        } finally {
            answers.handle((_, _) -> null).join(); // nothing of this goes on in the next test
        }
        List<Answer> stock = answers.join();
        assertThat(ours).hasSameSizeAs(stock);

        Differences allowed = new Differences();
        List<String> unexpected = new ArrayList<>();
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < stock.size(); i++) {
            Answer expected = stock.get(i);
            Answer answer = ours.get(i);
            Optional<String> reason = allowed.reason(expected.command());
            String verdict;
            if (allowed.without(expected).sameAs(allowed.without(answer))) {
                verdict = "same";
            } else if (reason.isPresent()) {
                verdict = "differs: " + reason.get();
            } else {
                verdict = "DIFFERS";
                unexpected.add("[" + expected.section() + "] " + expected.command() + "\nlibvirtd: " + expected.described()
                        + "\ngodwitd:  " + answer.described());
            }
            table.append("%-30s %-60s %d/%d  %s%n"
                    .formatted(expected.section(), expected.command(), expected.exit(), answer.exit(), verdict));
        }
        Path report = lab.checkout().resolve("lab/target/stock-comparison-" + virsh.name().replace(' ', '-') + ".txt");
        Files.createDirectories(report.getParent());
        Files.writeString(report, table + "\n" + String.join("\n\n", unexpected) + "\n");
        assertThat(unexpected)
                .as("%d of %d commands answered otherwise than by libvirtd; all of them in %s", unexpected.size(), stock.size(), report)
                .isEmpty();
    }

    /** What one command answered, without what differs by nature. */
    private record Answer(String section, String command, boolean exitOnly, int exit, String out, String err) {

        boolean sameAs(Answer other) {
            return exit == other.exit && (exitOnly || out.equals(other.out) && err.equals(other.err));
        }

        String described() {
            return "exit status " + exit + "\n" + out + err;
        }
    }

    /** The list of differences that are meant. */
    private static final class Differences {

        private final Map<Pattern, String> reasons = new LinkedHashMap<>();
        private final List<Pattern> erased = new ArrayList<>();

        Differences() {
            for (String line : resource("stock-differences.txt")) {
                int bar = line.lastIndexOf(" | ");
                String what = line.substring(0, bar).strip();
                if (what.startsWith("erase ")) {
                    erased.add(Pattern.compile(what.substring(6)));
                } else {
                    reasons.put(Pattern.compile(what.startsWith("~") ? what.substring(1) : Pattern.quote(what)),
                            line.substring(bar + 3).strip());
                }
            }
        }

        Optional<String> reason(String command) {
            return reasons.entrySet().stream()
                    .filter(entry -> entry.getKey().matcher(command).matches())
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        Answer without(Answer answer) {
            String out = answer.out();
            for (Pattern pattern : erased) {
                out = pattern.matcher(out).replaceAll("");
            }
            return new Answer(answer.section(), answer.command(), answer.exitOnly(), answer.exit(), out, answer.err());
        }
    }

    /** All commands, once, against one daemon. */
    private static final class Run {

        private final Lab lab;
        private final Client virsh;
        private final LabHost host;
        private final Path storage;
        private final Map<String, LabGuest> guests = new LinkedHashMap<>();
        private final Map<String, Path> definitions;
        private final List<Answer> answers = new ArrayList<>();

        /**
         * A run to be.
         *
         * @param folder where its guests' disks and logs are; as long a name as the other run's, because tables
         *     are as wide as what is in them
         */
        Run(Lab lab, Client virsh, LabHost host, String folder) throws IOException {
            this.lab = lab;
            this.virsh = virsh;
            this.host = host;
            this.storage = Files.createDirectories(lab.storage().resolve(folder));
            Map.of("g1", Shape.DIRECT_KERNEL, "g2", Shape.DIRECT_KERNEL, "v1", Shape.VIRT_INSTALL, "v2", Shape.VIRT_INSTALL_I440FX)
                    .forEach((name, shape) -> guests.put(name, lab.guest(name, shape).in(storage)));
            definitions = definitions(storage, guests);
        }

        List<Answer> all() {
            lab.clear(host);
            List<String> each = new ArrayList<>();
            String section = "";
            for (String line : resource("stock-commands.txt")) {
                if (line.startsWith("= ")) {
                    section = line.substring(2);
                } else if (section.equals("each")) {
                    each.add(line);
                } else if (line.startsWith("! each ")) {
                    String guest = line.substring(7);
                    for (String command : each) {
                        ask(section, command.replace("{}", guest));
                    }
                } else if (line.startsWith("! ")) {
                    direct(line.substring(2).split(" ", 3));
                } else {
                    ask(section, line);
                }
            }
            lab.clear(host);
            return answers;
        }

        private void direct(String[] words) {
            LabGuest guest = guests.get(words[1]);
            switch (words[0]) {
                case "alive" -> guest.serial().awaitLife();
                case "fresh" -> guest.prepare();
                case "state" -> Await.until(
                        guest.name() + " is " + words[2] + " on " + host,
                        Duration.ofSeconds(30),
                        () -> virsh.run(host, "domstate", guest.name()).out().strip().equals(words[2]));
                default -> throw new IllegalArgumentException("Not a directive: " + words[0]);
            }
        }

        private void ask(String section, String line) {
            boolean exitOnly = line.startsWith("? ");
            String command = exitOnly ? line.substring(2) : line;
            List<String> words = new ArrayList<>();
            Matcher word = WORD.matcher(command);
            while (word.find()) {
                String text = word.group(1) == null ? word.group(2) : word.group(1);
                words.add(word.group(1) == null && text.matches("\\{[a-z0-9-]+}")
                        ? definitions.get(text.substring(1, text.length() - 1)).toString()
                        : text);
            }
            CommandResult result = virsh.run(host, words.toArray(String[]::new));
            answers.add(new Answer(
                    section, line, exitOnly, result.exit(), masked(result.out(), host, storage), masked(result.err(), host, storage)));
        }
    }

    /** Takes out what two daemons cannot have in common: ids, times, their own folders, the host's name. */
    private static String masked(String text, LabHost host, Path storage) {
        return text.replace(storage.toString(), "STORAGE")
                .replace(host.folder().toString(), "HOST-FOLDER")
                .replace(host.uuid().toString(), "HOST-UUID")
                .replace(host.name(), "HOST")
                // A table is as wide as its longest id.
                .replaceAll("(?m)^ +\\d+ +(?=\\S+ +\\S)", " ID  ")
                .replaceAll("(?m)^ (Id|-) +(?=\\S)", " $1  ")
                .replaceAll("(?m)^-{10,}$", "-----")
                .replaceAll("(?m)^(Id: +)\\d+", "$1ID")
                .replaceAll("(?m)^\\d+$", "ID")
                .replaceAll("<domain type='qemu' id='\\d+'", "<domain type='qemu' id='ID'")
                .replaceAll("(CPU time: +)[\\d.]+s", "$1TIME")
                .replaceAll("(\"id\": ?\")\\w+-\\d+\"", "$1SERIAL\"")
                .replaceAll("/dev/pts/\\d+", "/dev/pts/N")
                // Which of the two it is depends on who is faster, QEMU's end or the daemon's look.
                .replaceAll("(?i)process exited while connecting to monitor|qemu unexpectedly closed the monitor( \\(vm='\\w+'\\))?",
                        "QEMU has ended")
                .replaceAll("(/var/lib/libvirt/qemu|/run/libvirt/qemu|HOST-FOLDER)\\S*/channel/\\S*/(?=org\\.qemu)", "CHANNEL-FOLDER/");
    }

    private static Map<String, Path> definitions(Path storage, Map<String, LabGuest> guests) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        guests.forEach((name, guest) -> texts.put(name, guest.xml()));
        String g1 = texts.get("g1");
        String uuid = guests.get("g1").uuid().toString();
        texts.put("g1-other-uuid", g1.replace(uuid, "11111111-1111-4111-8111-111111111112"));
        texts.put("g1-other-name", g1.replace("<name>g1<", "<name>g1x<"));
        texts.put("g1-no-kernel", g1.replace("/vmlinuz", "/no-such-kernel"));
        texts.put("v1-no-disk", texts.get("v1").replace("v1.qcow2", "no-such-disk.qcow2"));
        texts.put("broken", "<domain type='qemu'><name>x</name");
        texts.put("no-os", "<domain type='qemu'><name>x</name></domain>");
        texts.put("no-name", minimal("qemu", ""));
        texts.put("empty-name", minimal("qemu", "<name></name>"));
        texts.put("slash", minimal("qemu", "<name>a/b</name>"));
        texts.put("newline", minimal("qemu", "<name>a\nb</name>"));
        texts.put("xen", minimal("xen", "<name>x</name>"));
        texts.put("external-entity", "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>\n"
                + minimal("qemu", "<name>e1</name><uuid>11111111-1111-4111-8111-11111111111e</uuid><title>&e;</title>"));
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            files.put(text.getKey(), Files.writeString(storage.resolve("compare-" + text.getKey() + ".xml"), text.getValue()));
        }
        files.put("absent", storage.resolve("compare-absent.xml"));
        return files;
    }

    private static String minimal(String type, String name) {
        return "<domain type='%s'>%s<memory>65536</memory><os><type>hvm</type></os></domain>".formatted(type, name);
    }

    /** The lines of a table beside this class, without comments and empty ones. */
    private static List<String> resource(String name) {
        try (var in = StockComparisonTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
