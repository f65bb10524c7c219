package dev.godwit.wire.xdr;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The largest length that may cross the wire: bytes of a {@code String} or an {@link Opaque}, elements
 * of a {@code List}. Compared with the length word before anything is allocated, and again when writing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE_USE)
public @interface AtMost {

    /**
     * The bound.
     *
     * @return bytes or elements, inclusive
     */
    int value();
}
