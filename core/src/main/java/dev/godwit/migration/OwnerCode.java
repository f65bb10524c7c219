package dev.godwit.migration;

import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.wire.xdr.WireEnum;

/** Who may run the guest, as the journal writes it. Its numbers are for ever. */
public enum OwnerCode implements WireEnum {
    /** The host it was on. */
    SOURCE(1, Owner.SOURCE),
    /** The host it went to. */
    DESTINATION(2, Owner.DESTINATION),
    /** One of the two, and it is not known which. */
    UNKNOWN(3, Owner.UNKNOWN),
    /** Nobody: the guest has ended. */
    NOBODY(4, Owner.NOBODY);

    private final int wire;
    private final Owner owner;

    OwnerCode(int wire, Owner owner) {
        this.wire = wire;
        this.owner = owner;
    }

    @Override
    public int wire() {
        return wire;
    }

    /** As an outcome says it. */
    public Owner owner() {
        return owner;
    }

    /**
     * The code of an owner.
     *
     * @param owner as an outcome says it
     */
    public static OwnerCode of(Owner owner) {
        return switch (owner) {
            case SOURCE -> SOURCE;
            case DESTINATION -> DESTINATION;
            case UNKNOWN -> UNKNOWN;
            case NOBODY -> NOBODY;
        };
    }
}
