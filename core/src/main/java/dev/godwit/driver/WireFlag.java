package dev.godwit.driver;

import java.util.EnumSet;
import java.util.Set;

/** A flag that is one bit of a flags argument of the remote protocol. */
public interface WireFlag {

    /** The bit, as a mask. */
    int bit();

    /**
     * The flags of a mask.
     *
     * @param type the flags' enum
     * @param mask as received
     * @return those whose bit is set; bits that belong to none are left out, see {@link #unknown}
     */
    static <F extends Enum<F> & WireFlag> Set<F> of(Class<F> type, int mask) {
        EnumSet<F> flags = EnumSet.noneOf(type);
        for (F flag : type.getEnumConstants()) {
            if ((mask & flag.bit()) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }

    /**
     * The bits of a mask that no flag of a type has.
     *
     * @param type the flags' enum
     * @param mask as received
     * @return 0 when all are known
     */
    static <F extends Enum<F> & WireFlag> int unknown(Class<F> type, int mask) {
        int known = 0;
        for (F flag : type.getEnumConstants()) {
            known |= flag.bit();
        }
        return mask & ~known;
    }

    /**
     * The mask of a set of flags.
     *
     * @param flags the flags
     * @return their bits together
     */
    static int mask(Set<? extends WireFlag> flags) {
        int mask = 0;
        for (WireFlag flag : flags) {
            mask |= flag.bit();
        }
        return mask;
    }
}
