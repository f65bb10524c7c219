package dev.godwit.lab.fault;

import dev.godwit.lab.host.Lab;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The program behind {@code lab/faults --compare}: the same faults at moments seen from outside, on stock daemons and on ours. */
final class OutsideTour {

    private OutsideTour() {}

    /**
     * Runs cases and prints a table of both.
     *
     * @param arguments the checkout; an expression that is found in the names of the cases that are wanted
     */
    public static void main(String[] arguments) {
        Path checkout = Path.of(arguments[0]);
        Pattern wanted = Pattern.compile(arguments[1]);
        List<OutsideCase> cases = OutsideCase.all().stream().filter(one -> wanted.matcher(one.toString()).find()).toList();
        try (Lab lab = new Lab(checkout);
                Pair stock = new Pair(lab, lab.libvirtd("stock1"), lab.libvirtd("stock2"));
                Pair ours = new Pair(lab, lab.faulty("kvm1"), lab.faulty("kvm2"))) {
            System.out.println("| case | " + stock.host(dev.godwit.domain.Host.SOURCE).kind() + " | godwitd |\n|---|---|---|");
            for (OutsideCase one : cases) {
                System.out.println("| " + one + " | " + cell(run(stock, one)) + " | " + cell(run(ours, one)) + " |");
            }
        }
    }

    private static OutsideRun.Seen run(Pair pair, OutsideCase one) {
        try {
            return new OutsideRun(pair, one).run();
        } catch (AssertionError e) {
            return new OutsideRun.Seen("not seen: " + e.getMessage(), 0, "", "", "");
        } finally {
            pair.beginAnew(); // whatever it left behind must not decide the next one
        }
    }

    private static String cell(OutsideRun.Seen seen) {
        return String.format(Locale.ROOT, "**%s** after %.1f s; source: %s; destination: %s; client: %s", seen.verdict(), seen.seconds(),
                seen.source(), seen.destination(), seen.word()).replace('\n', ' ').replace('|', '/');
    }
}
