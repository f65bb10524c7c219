package dev.godwit.lab.fault;

import static dev.godwit.domain.Host.SOURCE;

import dev.godwit.lab.host.FaultyGodwitd;
import dev.godwit.lab.host.Lab;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * The program behind {@code lab/faults --compare}: the same faults at moments seen from outside, on stock daemons and on ours, at the
 * same time. Prints a table, and what was on the screens where of a stock daemon's guest no copy ran or two did, and of ours one.
 */
final class OutsideTour {

    private OutsideTour() {}

    /**
     * Runs cases.
     *
     * @param arguments the checkout; an expression that is found in the names of the cases that are wanted
     */
    public static void main(String[] arguments) {
        Path checkout = Path.of(arguments[0]);
        Pattern wanted = Pattern.compile(arguments[1]);
        List<OutsideCase> cases = OutsideCase.all().stream().filter(one -> wanted.matcher(one.toString()).find()).toList();
        StringBuilder screens = new StringBuilder();
        FaultyGodwitd.makeCache(checkout);
        try (Lab lab = new Lab(checkout);
                Pair stock = new Pair(lab, lab.libvirtd("stock1"), lab.libvirtd("stock2"));
                Pair ours = new Pair(lab, lab.faulty("kvm1"), lab.faulty("kvm2"))) {
            lab.desk("desk"); // by this thread, as all that is made in a lab
            String theirs = stock.host(SOURCE).kind();
            System.out.println("| case | " + theirs + " | godwitd |\n|---|---|---|");
            for (OutsideCase one : cases) {
                CompletableFuture<OutsideRun.Seen> there = CompletableFuture.supplyAsync(() -> run(stock, one));
                OutsideRun.Seen here = run(ours, one);
                OutsideRun.Seen other = there.join();
                System.out.println("| " + one + " | " + cell(other) + " | " + cell(here) + " |");
                if (other.harmed() && here.well()) {
                    screens.append("\n### ").append(one).append("\n\n").append(theirs).append(", ").append(other.verdict())
                            .append(":\n\n```\n").append(other.screen()).append("```\n\ngodwitd, ").append(here.verdict())
                            .append(":\n\n```\n").append(here.screen()).append("```\n");
                }
            }
        }
        System.out.print(screens);
        System.exit(0);
    }

    private static OutsideRun.Seen run(Pair pair, OutsideCase one) {
        OutsideRun.Seen seen;
        try {
            seen = new OutsideRun(pair, one).run();
        } catch (AssertionError e) {
            seen = OutsideRun.Seen.nothing(e);
        }
        if (!seen.well()) {
            pair.beginAnew(); // what it left behind must not decide the next one
        }
        return seen;
    }

    private static String cell(OutsideRun.Seen seen) {
        return String.format(Locale.ROOT, "**%s** after %.1f s; source: %s; destination: %s; client: %s", seen.verdict(), seen.seconds(),
                seen.source(), seen.destination(), seen.word()).replace('\n', ' ').replace('|', '/');
    }
}
