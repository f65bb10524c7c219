package dev.godwit.xml;

/**
 * A text is not the XML document it should be.
 *
 * <p>The message has the form in which libvirt reports such errors since release 10 (code 35, XML_DETAIL): the line, what is
 * wrong, then the line itself with a mark under the place.
 *
 * <pre>
 * at line 3: Opening and ending tag mismatch: name line 2 and domain
 * &lt;/domain&gt;
 * ---------^
 * </pre>
 */
public final class XmlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    XmlException(String message, int line, int column) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /**
     * Where the reader stopped.
     *
     * @return the line, counted from 1
     */
    public int line() {
        return line;
    }

    /**
     * Where in the line the reader stopped.
     *
     * @return the column, counted from 1
     */
    public int column() {
        return column;
    }
}
