package dev.godwit.lab.host;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far a migration has come, as its source says. */
public final class Jobs {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern TOTAL = Pattern.compile("(?m)^memory_total: (\\d+)$");
    private static final Pattern REMAINING = Pattern.compile("(?m)^memory_remaining: (\\d+)$");

    private Jobs() {}

    /**
     * Waits until a part of the memory is over.
     *
     * @param virsh who asks
     * @param source the host that the guest leaves
     * @param guest its name
     * @param percent of its memory
     */
    public static void awaitPercent(Client virsh, LabHost source, String guest, int percent) {
        Await.until(percent + " % of " + guest + " are over", PATIENCE, () -> {
            String job = virsh.run(source, "domjobinfo", guest, "--rawstats").out();
            Optional<Long> total = number(TOTAL, job);
            Optional<Long> remaining = number(REMAINING, job);
            return total.isPresent() && remaining.isPresent() && total.get() > 0
                    && (total.get() - remaining.get()) * 100 >= total.get() * percent;
        });
    }

    /**
     * Waits until no job is left.
     *
     * @param virsh who asks
     * @param source the host that the guest wanted to leave
     * @param guest its name
     */
    public static void awaitNone(Client virsh, LabHost source, String guest) {
        Await.until("the job at the source is over", PATIENCE,
                () -> virsh.run(source, "domjobinfo", guest).out().contains("None"));
    }

    private static Optional<Long> number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }
}
