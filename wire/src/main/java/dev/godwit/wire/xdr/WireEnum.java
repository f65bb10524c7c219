package dev.godwit.wire.xdr;

/**
 * An {@code enum} with a number on the wire. A number without a constant is refused when decoding; where
 * a newer peer may send numbers we do not know, the component is an {@code int} instead.
 */
public interface WireEnum {

    /**
     * The constant's number.
     *
     * @return its value on the wire; different for every constant of the enum
     */
    int wire();
}
