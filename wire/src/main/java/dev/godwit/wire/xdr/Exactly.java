package dev.godwit.wire.xdr;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An {@link Opaque} of a fixed length: there is no length word on the wire, and a value of any other
 * length cannot be written. {@code @Exactly(16) Opaque} is XDR's {@code opaque x[16]}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE_USE)
public @interface Exactly {

    /**
     * The length.
     *
     * @return bytes
     */
    int value();
}
