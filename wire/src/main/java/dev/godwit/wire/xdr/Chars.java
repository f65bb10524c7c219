package dev.godwit.wire.xdr;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An {@link Opaque} that crosses the wire as an array of XDR {@code char}: every byte takes a word of
 * its own, sign-extended. {@code @Chars @Exactly(32) Opaque} is {@code char x[32]}, 128 bytes;
 * {@code @Chars @AtMost(257) Opaque} is {@code char x<257>}, a count and then up to 257 words.
 *
 * <p>The remote protocol uses it for the CPU model of a node, security labels and SASL data.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE_USE)
public @interface Chars {}
