package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Arm;
import dev.godwit.wire.xdr.Unsigned;

/** The value of a {@link TypedParam}: one of seven types, told apart by a number on the wire. */
public sealed interface ParamValue {

    /**
     * A signed 32-bit number.
     *
     * @param value the number
     */
    @Arm(1)
    record Int(int value) implements ParamValue {}

    /**
     * An unsigned 32-bit number.
     *
     * @param value its bits
     */
    @Arm(2)
    record UInt(@Unsigned int value) implements ParamValue {}

    /**
     * A signed 64-bit number.
     *
     * @param value the number
     */
    @Arm(3)
    record LLong(long value) implements ParamValue {}

    /**
     * An unsigned 64-bit number.
     *
     * @param value its bits
     */
    @Arm(4)
    record ULLong(@Unsigned long value) implements ParamValue {}

    /**
     * A floating-point number.
     *
     * @param value the number
     */
    @Arm(5)
    record Real(double value) implements ParamValue {}

    /**
     * A truth value. It crosses the wire as an {@code int}, of which any value but 0 means true.
     *
     * @param value 0 or 1
     */
    @Arm(6)
    record Bool(int value) implements ParamValue {

        /**
         * A truth value.
         *
         * @param value the value
         */
        public Bool(boolean value) {
            this(value ? 1 : 0);
        }

        /**
         * The value.
         *
         * @return true if it is not 0
         */
        public boolean isTrue() {
            return value != 0;
        }
    }

    /**
     * A text.
     *
     * @param value the text
     */
    @Arm(7)
    record Text(String value) implements ParamValue {}

    /**
     * The type's name in messages, as libvirt spells it.
     *
     * @return such as "ullong"
     */
    default String typeName() {
        return switch (this) {
            case Int _ -> "int";
            case UInt _ -> "uint";
            case LLong _ -> "llong";
            case ULLong _ -> "ullong";
            case Real _ -> "double";
            case Bool _ -> "boolean";
            case Text _ -> "string";
        };
    }
}
