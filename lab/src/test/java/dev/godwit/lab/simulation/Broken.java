package dev.godwit.lab.simulation;

import java.util.List;

/** A run in which something was not as it must be. */
final class Broken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Scenario scenario;
    private final String invariant;
    private final transient List<String> trace;

    Broken(Scenario scenario, String invariant, String stage, String how, List<String> trace) {
        super(invariant + " is broken (" + stage + "): " + how + " [" + scenario + "]");
        this.scenario = scenario;
        this.invariant = invariant;
        this.trace = List.copyOf(trace);
    }

    Scenario scenario() {
        return scenario;
    }

    String invariant() {
        return invariant;
    }

    /** What happened; empty where nobody wanted to read it. */
    List<String> trace() {
        return trace;
    }
}
