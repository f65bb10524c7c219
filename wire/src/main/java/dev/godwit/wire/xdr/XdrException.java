package dev.godwit.wire.xdr;

/**
 * Bytes that are not what the record declares, or a value that its declaration does not admit.
 *
 * <p>The message names the component by its path, such as {@code params[3].value}, and, when reading,
 * the offset from the start of the outermost value.
 */
public final class XdrException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String path;
    private final int offset;

    XdrException(String problem, int offset) {
        this(problem, "", offset, null);
    }

    private XdrException(String problem, String path, int offset, Throwable cause) {
        super(describe(problem, path, offset), cause);
        this.problem = problem;
        this.path = path;
        this.offset = offset;
    }

    /** The same problem, seen from the value that contains the component. */
    XdrException inside(String component) {
        String longer = path.isEmpty() ? component
                : path.startsWith("[") ? component + path
                : component + "." + path;
        return new XdrException(problem, longer, offset, getCause());
    }

    /** The same problem, with the exception that brought it to light. */
    XdrException because(Throwable cause) {
        return new XdrException(problem, path, offset, cause);
    }

    /** The same problem, with the offset counted from another place. */
    XdrException relativeTo(int start) {
        return offset < 0 ? this : new XdrException(problem, path, offset - start, getCause());
    }

    /**
     * Where in the value the problem is.
     *
     * @return component names joined by dots, elements in brackets; empty for the value itself
     */
    public String path() {
        return path;
    }

    /**
     * Where in the bytes the problem is.
     *
     * @return the offset from the start of the outermost value, or -1 when writing
     */
    public int offset() {
        return offset;
    }

    private static String describe(String problem, String path, int offset) {
        return (path.isEmpty() ? "" : path + ": ") + problem + (offset < 0 ? "" : " (at byte " + offset + ")");
    }
}
