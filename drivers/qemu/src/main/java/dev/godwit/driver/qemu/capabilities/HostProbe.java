package dev.godwit.driver.qemu.capabilities;

import dev.godwit.driver.qemu.capabilities.HostHardware.Cpu;
import dev.godwit.driver.qemu.capabilities.HostHardware.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Linux tells about the hardware in {@code /proc} and {@code /sys}. */
public final class HostProbe {

    private static final Map<String, String> VENDORS = Map.of("GenuineIntel", "Intel", "AuthenticAMD", "AMD");

    private final Function<String, Optional<String>> files;

    private HostProbe(Function<String, Optional<String>> files) {
        this.files = files;
    }

    /**
     * Reads.
     *
     * @param files gives the content of a file by its absolute path, or nothing if there is none
     * @return the hardware; parts that the kernel does not tell are 0 or what a small host has
     */
    public static HostHardware read(Function<String, Optional<String>> files) {
        return new HostProbe(files).read();
    }

    private HostHardware read() {
        String cpuinfo = files.apply("/proc/cpuinfo").orElse("");
        String vendor = field(cpuinfo, "vendor_id").orElse("");
        long memory = kib(files.apply("/proc/meminfo").orElse(""), "MemTotal");
        List<Cpu> cpus = cpus(cpuinfo);
        return new HostHardware(
                "x86_64",
                VENDORS.getOrDefault(vendor, vendor),
                integer(field(cpuinfo, "cpu family")),
                integer(field(cpuinfo, "model")),
                integer(field(cpuinfo, "stepping")),
                field(cpuinfo, "microcode").map(Long::decode).orElse(0L),
                integer(field(cpuinfo, "address sizes").map(text -> text.replaceAll(" bits.*", ""))),
                integer(field(cpuinfo, "cpu MHz").map(text -> text.replaceAll("\\..*", ""))),
                cpus,
                nodes(cpus, memory),
                memory);
    }

    private static Optional<String> field(String text, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + "\\s*: (.*)$").matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }

    private static int integer(Optional<String> text) {
        return text.filter(digits -> digits.matches("[0-9]{1,9}")).map(Integer::parseInt).orElse(0);
    }

    private static long kib(String meminfo, String name) {
        Matcher matcher = Pattern.compile(Pattern.quote(name) + ":\\s*([0-9]+) kB").matcher(meminfo);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private List<Cpu> cpus(String cpuinfo) {
        List<Integer> online = files.apply("/sys/devices/system/cpu/online").map(HostProbe::numbers).orElseGet(() -> {
            int count = (int) cpuinfo.lines().filter(line -> line.matches("processor\\s*:.*")).count();
            return numbers("0-" + Math.max(0, count - 1));
        });
        return online.stream().map(this::cpu).toList();
    }

    private Cpu cpu(int id) {
        String folder = "/sys/devices/system/cpu/cpu" + id + "/topology/";
        return new Cpu(
                id,
                integer(line(folder + "physical_package_id")),
                integer(line(folder + "die_id")),
                integer(line(folder + "core_id").or(() -> Optional.of(Integer.toString(id)))),
                line(folder + "thread_siblings_list").orElse(Integer.toString(id)));
    }

    private Optional<String> line(String path) {
        return files.apply(path).map(String::strip).filter(text -> !text.isEmpty());
    }

    private List<Node> nodes(List<Cpu> cpus, long memory) {
        List<Integer> all = cpus.stream().map(Cpu::id).toList();
        List<Node> nodes = new ArrayList<>();
        for (int id : line("/sys/devices/system/node/online").map(HostProbe::numbers).orElse(List.of())) {
            String folder = "/sys/devices/system/node/node" + id + "/";
            List<Integer> own = line(folder + "cpulist").map(HostProbe::numbers).orElse(List.of());
            nodes.add(new Node(
                    id,
                    kib(files.apply(folder + "meminfo").orElse(""), "MemTotal"),
                    own.stream().filter(all::contains).toList()));
        }
        return nodes.isEmpty() ? List.of(new Node(0, memory, all)) : nodes;
    }

    /** Numbers in the kernel's list form: {@code 0-3,8,10-11}. */
    static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : list.strip().split(",")) {
            if (part.isEmpty()) {
                continue;
            }
            String[] ends = part.split("-", 2);
            int first = Integer.parseInt(ends[0]);
            int last = ends.length == 2 ? Integer.parseInt(ends[1]) : first;
            for (int number = first; number <= last; number++) {
                numbers.add(number);
            }
        }
        return numbers;
    }
}
