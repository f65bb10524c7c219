package dev.godwit.wire.remote;

/**
 * A value with a name.
 *
 * @param field its name, at most {@link Limits#PARAM_NAME} bytes; the receiver of a call checks that, because
 *              the protocol itself declares no smaller bound than that of every string
 * @param value its value
 */
public record TypedParam(String field, ParamValue value) {

    /**
     * A text.
     *
     * @param field its name
     * @param value the text
     * @return the parameter
     */
    public static TypedParam text(String field, String value) {
        return new TypedParam(field, new ParamValue.Text(value));
    }

    /**
     * A signed 32-bit number.
     *
     * @param field its name
     * @param value the number
     * @return the parameter
     */
    public static TypedParam signed(String field, int value) {
        return new TypedParam(field, new ParamValue.Int(value));
    }

    /**
     * An unsigned 64-bit number.
     *
     * @param field its name
     * @param value its bits
     * @return the parameter
     */
    public static TypedParam unsigned(String field, long value) {
        return new TypedParam(field, new ParamValue.ULLong(value));
    }

    /**
     * A truth value.
     *
     * @param field its name
     * @param value the value
     * @return the parameter
     */
    public static TypedParam bool(String field, boolean value) {
        return new TypedParam(field, new ParamValue.Bool(value));
    }
}
