package dev.godwit.wire.xdr;

import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;

/**
 * Turns one record, or one sealed family of records, into bytes and back, as RFC 4506 lays them out.
 *
 * <p>A codec is derived from the record, never written: the order of the components is the order on
 * the wire, and the type of each component decides its form.
 *
 * <table>
 *   <caption>How a component becomes bytes</caption>
 *   <tr><th>declared as</th>                    <th>XDR</th></tr>
 *   <tr><td>{@code int}, {@code long}, {@code double}, {@code boolean}</td><td>int, hyper, double, bool</td></tr>
 *   <tr><td>{@code @Unsigned int / long}</td>   <td>unsigned int, unsigned hyper</td></tr>
 *   <tr><td>{@code String}</td>                 <td>string&lt;&gt; of UTF-8; {@link AtMost} is the bound in bytes,
 *                                                   {@link #STRING_LIMIT} where there is none</td></tr>
 *   <tr><td>{@code Opaque}</td>                 <td>opaque&lt;&gt; with {@link AtMost}, opaque[] with {@link Exactly};
 *                                                   {@link Chars} makes it an array of char, a word each</td></tr>
 *   <tr><td>{@code UUID}</td>                   <td>opaque[16]</td></tr>
 *   <tr><td>{@code List<T>}</td>                <td>T&lt;&gt;; {@link AtMost} is required. Elements are any type of this
 *                                                   table, {@code Integer}, {@code Long}, … for the numbers</td></tr>
 *   <tr><td>{@code Optional<T>}</td>            <td>*T</td></tr>
 *   <tr><td>an {@code enum}</td>                <td>its {@link WireEnum#wire()} number</td></tr>
 *   <tr><td>a sealed interface of records</td>  <td>union; each record carries its {@link Arm}</td></tr>
 *   <tr><td>a record</td>                       <td>struct</td></tr>
 * </table>
 *
 * <p>Bytes from the network are hostile. Every length is compared with its bound and with the bytes that
 * are really there before anything is allocated, padding must be zero, an unknown arm or enum number and
 * malformed UTF-8 are refused, and a buffer with bytes left over is refused by {@link #decodeAll}.
 *
 * <p>Codecs are safe for use by several threads. A buffer's byte order does not matter: XDR is big-endian.
 *
 * @param <T> a record, or a sealed interface of records
 */
public interface XdrCodec<T> {

    /** The bound of a {@code String} that declares none: 4 MiB, the remote protocol's largest string. */
    int STRING_LIMIT = 4_194_304;

    /**
     * The codec for a type. Derived on first use, then kept.
     *
     * <p>The type is public in an exported package, or its package is open to this module.
     *
     * @param <T>  the type
     * @param type a record whose every component appears in the table above, or a sealed
     *             interface of such records
     * @return the codec
     * @throws IllegalArgumentException naming the component that has no wire form, so a bad
     *         declaration fails in the test that touches it first and not in a conversation
     */
    static <T> XdrCodec<T> of(Class<T> type) {
        return XdrCodecs.cached(type);
    }

    /**
     * The codec for a type that is not visible to this module, with the rights of somebody who sees it.
     * Derived anew with every call; keep the result.
     *
     * @param <T>    the type
     * @param type   as for {@link #of(Class)}
     * @param lookup with private access to the type
     * @return the codec
     * @throws IllegalArgumentException as for {@link #of(Class)}
     */
    static <T> XdrCodec<T> of(Class<T> type, MethodHandles.Lookup lookup) {
        return XdrCodecs.derive(type, lookup);
    }

    /**
     * Appends one value. If that fails, the buffer's position is where it was.
     *
     * @param value what to write
     * @param out   where to write it
     * @throws XdrException if a component is larger than its bound
     * @throws java.nio.BufferOverflowException if the buffer is too small
     */
    void encode(T value, ByteBuffer out);

    /**
     * Writes one value into a buffer of its own.
     *
     * @param value what to write
     * @return the bytes, between position 0 and the limit
     * @throws XdrException if a component is larger than its bound
     */
    ByteBuffer encode(T value);

    /**
     * Reads one value and leaves the buffer just after it. What follows is not looked at: a stock daemon
     * ignores extra bytes after a call's arguments, and a server that wants to be like it uses this.
     *
     * @param in where to read; on failure its position is where it was
     * @return the value
     * @throws XdrException naming the component path and the offset
     */
    T decode(ByteBuffer in);

    /**
     * Reads one value that must use up the whole buffer.
     *
     * @param in where to read; on failure its position is where it was
     * @return the value
     * @throws XdrException if bytes are left over, or as for {@link #decode}
     */
    T decodeAll(ByteBuffer in);

    /**
     * The layout as text, in the notation of the {@code .x} language: the definitions this type is made
     * of, innermost first, its own last, with an empty line between two.
     *
     * @return the layout
     */
    String layout();
}
