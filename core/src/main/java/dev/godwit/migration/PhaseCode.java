package dev.godwit.migration;

import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.wire.xdr.WireEnum;

/** A phase as the journal writes it. Its numbers are for ever, whatever becomes of the table. */
public enum PhaseCode implements WireEnum {
    /** Source: describe the guest. */
    BEGIN(1, Phase.BEGIN),
    /** Destination: start a receiver. */
    PREPARE(2, Phase.PREPARE),
    /** Source: send it. */
    PERFORM(3, Phase.PERFORM),
    /** Destination: start it, or throw it away. */
    FINISH(4, Phase.FINISH),
    /** Source: destroy the original, or let it run again. */
    CONFIRM(5, Phase.CONFIRM);

    private final int wire;
    private final Phase phase;

    PhaseCode(int wire, Phase phase) {
        this.wire = wire;
        this.phase = phase;
    }

    @Override
    public int wire() {
        return wire;
    }

    /** Its row in the table. */
    public Phase phase() {
        return phase;
    }

    /**
     * The code of a phase.
     *
     * @param phase a row of the table
     */
    public static PhaseCode of(Phase phase) {
        return switch (phase) {
            case BEGIN -> BEGIN;
            case PREPARE -> PREPARE;
            case PERFORM -> PERFORM;
            case FINISH -> FINISH;
            case CONFIRM -> CONFIRM;
        };
    }
}
