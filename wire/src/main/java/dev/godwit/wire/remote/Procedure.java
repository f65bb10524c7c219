package dev.godwit.wire.remote;

import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.xdr.XdrCodec;
import java.util.Set;

/**
 * A remote procedure: all that both ends have to know about it.
 *
 * <p>Declared once, as a constant on one of the {@code …Procedures} pages:
 *
 * {@snippet :
 * public static final Procedure<DomainArgs, Nothing> CREATE =
 *         call(9, DomainArgs.class, Nothing.class).api("virDomainCreate").allow(DOMAIN_START);
 * }
 *
 * <p>Immutable: every method that says something more returns another procedure. What is not said is the
 * careful choice: a read-only connection may not call it, and it may block.
 *
 * @param <A> the record of its arguments
 * @param <R> the record of its result
 */
public final class Procedure<A, R> {

    /** Which way a procedure's stream carries data, if it has one. */
    public enum StreamUse {
        /** No stream. */
        NONE,
        /** The client sends, such as a tunnelled migration. */
        CLIENT_SENDS,
        /** The server sends; a console also takes what the client sends. */
        SERVER_SENDS
    }

    private final Program program;
    private final int number;
    private final Class<A> args;
    private final Class<R> ret;
    private final String apiName;
    private final Set<Permission> permissions;
    private final boolean readOnly;
    private final boolean priority;
    private final StreamUse stream;

    private Procedure(Program program, int number, Class<A> args, Class<R> ret, String apiName,
            Set<Permission> permissions, boolean readOnly, boolean priority, StreamUse stream) {
        this.program = program;
        this.number = number;
        this.args = args;
        this.ret = ret;
        this.apiName = apiName;
        this.permissions = permissions;
        this.readOnly = readOnly;
        this.priority = priority;
        this.stream = stream;
    }

    /**
     * A procedure of {@link Program#REMOTE}.
     *
     * @param <A>    the arguments' type
     * @param <R>    the result's type
     * @param number its number
     * @param args   the record of its arguments, {@link Nothing} if it takes none
     * @param ret    the record of its result, {@link Nothing} if it gives none
     * @return the procedure
     */
    public static <A, R> Procedure<A, R> call(int number, Class<A> args, Class<R> ret) {
        return call(Program.REMOTE, number, args, ret);
    }

    /**
     * A procedure of any program.
     *
     * @param <A>     the arguments' type
     * @param <R>     the result's type
     * @param program its program
     * @param number  its number
     * @param args    the record of its arguments
     * @param ret     the record of its result
     * @return the procedure
     */
    public static <A, R> Procedure<A, R> call(Program program, int number, Class<A> args, Class<R> ret) {
        return new Procedure<>(program, number, args, ret, "", Set.of(), false, false, StreamUse.NONE);
    }

    /**
     * Gives it the name of the function in libvirt's public API that ends in this call. It stands in the error
     * "read only access prevents …".
     *
     * @param name such as "virDomainCreate"
     * @return the procedure with that name
     */
    public Procedure<A, R> api(String name) {
        return new Procedure<>(program, number, args, ret, name, permissions, readOnly, priority, stream);
    }

    /**
     * Says what the caller must be allowed to do: all of it.
     *
     * @param needed the permissions
     * @return the procedure with those
     */
    public Procedure<A, R> allow(Permission... needed) {
        return new Procedure<>(program, number, args, ret, apiName, Set.of(needed), readOnly, priority, stream);
    }

    /**
     * Says that it changes nothing, so that a read-only connection may call it.
     *
     * @return the procedure with that
     */
    public Procedure<A, R> readOnlyAllowed() {
        return new Procedure<>(program, number, args, ret, apiName, permissions, true, priority, stream);
    }

    /**
     * Says that it never waits for a guest's monitor, so that it may be run when all ordinary workers wait.
     *
     * @return the procedure with that
     */
    public Procedure<A, R> priority() {
        return new Procedure<>(program, number, args, ret, apiName, permissions, readOnly, true, stream);
    }

    /**
     * Says that a stream follows in which the client sends.
     *
     * @return the procedure with that
     */
    public Procedure<A, R> writeStream() {
        return new Procedure<>(
                program, number, args, ret, apiName, permissions, readOnly, priority, StreamUse.CLIENT_SENDS);
    }

    /**
     * Says that a stream follows in which the server sends, and perhaps the client too.
     *
     * @return the procedure with that
     */
    public Procedure<A, R> readStream() {
        return new Procedure<>(
                program, number, args, ret, apiName, permissions, readOnly, priority, StreamUse.SERVER_SENDS);
    }

    /**
     * Its program.
     *
     * @return the program
     */
    public Program program() {
        return program;
    }

    /**
     * Its number within the program.
     *
     * @return 1 or more
     */
    public int number() {
        return number;
    }

    /**
     * The type of its arguments.
     *
     * @return a record class
     */
    public Class<A> argsType() {
        return args;
    }

    /**
     * The type of its result.
     *
     * @return a record class
     */
    public Class<R> retType() {
        return ret;
    }

    /**
     * The codec of its arguments.
     *
     * @return the codec
     */
    public XdrCodec<A> args() {
        return XdrCodec.of(args);
    }

    /**
     * The codec of its result.
     *
     * @return the codec
     */
    public XdrCodec<R> ret() {
        return XdrCodec.of(ret);
    }

    /**
     * The name of the function in libvirt's public API that ends in this call.
     *
     * @return such as "virDomainCreate"; empty for authentication, which no function stands for
     */
    public String apiName() {
        return apiName;
    }

    /**
     * What the caller must be allowed to do: all of it.
     *
     * @return the permissions; empty where none is needed
     */
    public Set<Permission> permissions() {
        return permissions;
    }

    /**
     * Whether a read-only connection may call it.
     *
     * @return true if it changes nothing
     */
    public boolean isReadOnlyAllowed() {
        return readOnly;
    }

    /**
     * Whether it never waits for a guest's monitor.
     *
     * @return true if it may be run when all ordinary workers wait
     */
    public boolean isPriority() {
        return priority;
    }

    /**
     * The stream that a successful call opens.
     *
     * @return which way it carries data
     */
    public StreamUse stream() {
        return stream;
    }

    /**
     * The header of a call.
     *
     * @param serial the call's serial
     * @return the header
     */
    public Header header(int serial) {
        return new Header(program.number(), Program.VERSION, number, MessageType.CALL, serial, MessageStatus.OK);
    }

    @Override
    public String toString() {
        return apiName.isEmpty() ? program + " " + number : apiName + " (" + program + " " + number + ")";
    }
}
