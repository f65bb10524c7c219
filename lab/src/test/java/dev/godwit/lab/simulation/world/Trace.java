package dev.godwit.lab.simulation.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, for people; only when somebody wants to read it. */
public final class Trace {

    private final List<String> lines = new ArrayList<>();
    private final boolean wanted;
    private Scheduler scheduler;

    /** A trace. @param wanted whether anybody reads it */
    public Trace(boolean wanted) {
        this.wanted = wanted;
    }

    /** Whose time is shown. */
    public void of(Scheduler clock) {
        scheduler = clock;
    }

    /** Whether anybody reads it. */
    public boolean wanted() {
        return wanted;
    }

    /**
     * Notes something.
     *
     * @param who  a host or program
     * @param what what it does
     */
    public void say(String who, Supplier<String> what) {
        if (wanted) {
            lines.add(String.format(Locale.ROOT, "%12.3f  %-8s %s", scheduler.millis(), who, what.get()));
        }
    }

    /** All of it. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
