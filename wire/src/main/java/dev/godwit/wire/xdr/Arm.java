package dev.godwit.wire.xdr;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The number that selects this record in the union that its sealed interface declares. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Arm {

    /**
     * The discriminant.
     *
     * @return its value on the wire
     */
    int value();
}
