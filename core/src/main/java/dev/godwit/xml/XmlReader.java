package dev.godwit.xml;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a document from a stranger into a tree.
 *
 * <p>Refused, each with one clear {@link XmlException}: text that is not well-formed, a document type declaration
 * (and with it every entity but the five predefined ones), more than {@value #MAX_BYTES} bytes, more than
 * {@value #MAX_DEPTH} elements inside each other.
 *
 * <p>White space between elements is layout and is dropped, unless {@code xml:space='preserve'} says otherwise.
 * Comments and processing instructions outside the root element are dropped as well.
 */
public final class XmlReader {

    /** The longest document, in bytes of UTF-8: the bound of a string in libvirt's remote protocol. */
    public static final int MAX_BYTES = 4_194_304;

    /** The deepest nesting of elements. Long chains of backing files stay far below. */
    public static final int MAX_DEPTH = 1000;

    private static final int MAX_ATTRIBUTES = 10_000;

    private final String source;

    private XmlReader(String source) {
        this.source = source;
    }

    /**
     * Reads a document.
     *
     * @param text the document
     * @return its root element
     * @throws XmlException if it is not a well-formed document or exceeds a bound
     */
    public static Element read(String text) {
        return new XmlReader(text).parse();
    }

    private boolean endsInsideAnEndTag() {
        int last = source.lastIndexOf('<');
        return last >= 0 && source.startsWith("</", last) && source.indexOf('>', last) < 0;
    }

    /** An element that has been opened and not closed yet. */
    private record Open(
            String name, String namespace, List<Attribute> attributes, List<Node> children, boolean preserve) {

        Element close() {
            return new Element(name, namespace, attributes, preserve ? children : withoutLayout(children));
        }

        private static List<Node> withoutLayout(List<Node> children) {
            boolean hasMarkup = false;
            for (Node child : children) {
                switch (child) {
                    case Text text when !text.isBlank() -> {
                        return children;
                    }
                    case Text _ -> {}
                    case Element _, Comment _, ProcessingInstruction _ -> hasMarkup = true;
                }
            }
            if (!hasMarkup) {
                return children;
            }
            return children.stream().filter(child -> !(child instanceof Text)).toList();
        }
    }

    private Element parse() {
        requireSize();
        XMLStreamReader reader = null;
        try {
            reader = factory().createXMLStreamReader(new StringReader(source));
            return parse(reader);
        } catch (XMLStreamException e) {
            throw failure(endsInsideAnEndTag() ? "expected '>'" : Complaint.of(e), e.getLocation());
        } finally {
            if (reader != null) {
                try {
                    reader.close();
                } catch (XMLStreamException e) {
                    // Closing a reader over a string releases nothing that could fail.
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private Element parse(XMLStreamReader reader) throws XMLStreamException {
        Deque<Open> open = new ArrayDeque<>();
        Element root = null;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (open.size() == MAX_DEPTH) {
                        throw failure("Elements are nested deeper than " + MAX_DEPTH, reader.getLocation());
                    }
                    open.push(start(reader, !open.isEmpty() && open.peek().preserve));
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    Element done = open.pop().close();
                    if (open.isEmpty()) {
                        root = done;
                    } else {
                        open.peek().children.add(done);
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.SPACE -> {
                    if (!open.isEmpty()) {
                        addText(open.peek().children, reader.getText());
                    }
                }
                case XMLStreamConstants.CDATA -> open.element().children.add(new Text(reader.getText(), true));
                case XMLStreamConstants.COMMENT -> {
                    if (!open.isEmpty()) {
                        open.peek().children.add(new Comment(reader.getText()));
                    }
                }
                case XMLStreamConstants.PROCESSING_INSTRUCTION -> {
                    if (!open.isEmpty()) {
                        String data = reader.getPIData();
                        open.peek()
                                .children
                                .add(new ProcessingInstruction(reader.getPITarget(), data == null ? "" : data));
                    }
                }
                case XMLStreamConstants.DTD -> throw failure(
                        "A document type declaration is not allowed", reader.getLocation());
                case XMLStreamConstants.ENTITY_REFERENCE -> throw failure(
                        "Entity '" + reader.getLocalName() + "' not defined", reader.getLocation());
                default -> {}
            }
        }
        if (root == null) {
            throw failure("Document is empty", reader.getLocation());
        }
        return root;
    }

    /** The parser may cut a long text into pieces; they are one again. */
    private static void addText(List<Node> children, String piece) {
        if (!children.isEmpty() && children.getLast() instanceof Text(String before, boolean cdata) && !cdata) {
            children.set(children.size() - 1, new Text(before + piece));
        } else {
            children.add(new Text(piece));
        }
    }

    private static Open start(XMLStreamReader reader, boolean preserveOutside) {
        List<Attribute> attributes = new ArrayList<>();
        for (int i = 0; i < reader.getNamespaceCount(); i++) {
            String prefix = reader.getNamespacePrefix(i);
            String uri = reader.getNamespaceURI(i);
            attributes.add(new Attribute(
                    prefix == null || prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri == null ? "" : uri));
        }
        boolean preserve = preserveOutside;
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String name = qualified(reader.getAttributePrefix(i), reader.getAttributeLocalName(i));
            attributes.add(new Attribute(name, reader.getAttributeValue(i)));
            if (name.equals("xml:space")) {
                preserve = reader.getAttributeValue(i).equals("preserve");
            }
        }
        String namespace = reader.getNamespaceURI();
        return new Open(
                qualified(reader.getPrefix(), reader.getLocalName()),
                namespace == null ? "" : namespace,
                attributes,
                new ArrayList<>(),
                preserve);
    }

    private static String qualified(String prefix, String local) {
        return prefix == null || prefix.isEmpty() ? local : prefix + ":" + local;
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty("http://java.sun.com/xml/stream/properties/report-cdata-event", true);
        // Depth is counted here, with a message of our own.
        factory.setProperty("jdk.xml.maxElementDepth", "0");
        factory.setProperty("jdk.xml.elementAttributeLimit", Integer.toString(MAX_ATTRIBUTES));
        return factory;
    }

    private void requireSize() {
        // No character takes less than one byte, so the first test spares the count for the worst cases.
        if (source.length() > MAX_BYTES || utf8Length() > MAX_BYTES) {
            throw new XmlException(
                    "at line 1: The document is longer than " + MAX_BYTES + " bytes", 1, 1);
        }
    }

    private int utf8Length() {
        int bytes = 0;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            // A surrogate is half of a character of four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private XmlException failure(String what, Location where) {
        int line = where == null ? 1 : Math.max(1, where.getLineNumber());
        int column = where == null ? 1 : Math.max(1, where.getColumnNumber());
        String text = source.lines().skip(line - 1L).findFirst().orElse("");
        // The mark is useless under a line that no terminal shows in one piece.
        int shown = 80;
        int from = Math.max(0, Math.min(column - 1, text.length()) - shown);
        String excerpt = text.substring(from, Math.min(text.length(), from + shown));
        String mark = "-".repeat(Math.max(0, Math.min(column - 1, text.length()) - from)) + "^";
        return new XmlException(
                "at line %d: %s\n%s\n%s".formatted(line, what, excerpt, mark), line, column);
    }
}
