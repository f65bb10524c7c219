package dev.godwit.cli.command;

import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Prints a document, or the parts of it that an XPath expression selects.
 *
 * <p>The JDK evaluates XPath over its own tree, which forgets the order of attributes; so what it finds is
 * looked up in ours and printed from there.
 */
public final class XPathOutput {

    /** Selects parts of the document. */
    public static final Option XPATH = Option.text("xpath", "print only what this XPath expression selects");

    /** Keeps what was selected one document. */
    public static final Option WRAP = Option.flag("wrap", "put what was selected into one element");

    private XPathOutput() {}

    /** Prints the document, or what is selected. */
    public static void print(Session session, Arguments arguments, String xml) {
        if (!arguments.given("xpath")) {
            session.print(xml.endsWith("\n") ? xml : xml + "\n");
            return;
        }
        String expression = arguments.required("xpath");
        try {
            NodeList nodes = (NodeList) XPathFactory.newInstance().newXPath()
                    .evaluate(expression, parse(xml), XPathConstants.NODESET);
            if (nodes.getLength() == 0) {
                return;
            }
            Element root = XmlReader.read(xml);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < nodes.getLength(); i++) {
                text.append(text(root, nodes.item(i)).strip()).append('\n');
            }
            session.print(arguments.has("wrap")
                    ? "<nodes>\n" + text.toString().indent(2) + "</nodes>\n"
                    : text.toString());
        } catch (XPathExpressionException e) {
            throw new CommandFailed("xpath '" + expression + "' cannot be evaluated to nodes: " + e.getMessage());
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new CommandFailed("Cannot read what the host sent: " + e.getMessage());
        }
    }

    private static Document parse(String xml) throws ParserConfigurationException, SAXException, IOException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static String text(Element root, Node node) {
        return switch (node.getNodeType()) {
            case Node.ELEMENT_NODE -> find(root, node).print();
            case Node.DOCUMENT_NODE -> root.print();
            case Node.ATTRIBUTE_NODE -> node.getNodeName() + "=\"" + node.getNodeValue() + "\"";
            default -> String.valueOf(node.getNodeValue());
        };
    }

    /** Our element at the same place as the JDK's. */
    private static Element find(Element root, Node node) {
        List<Integer> places = new ArrayList<>();
        for (Node at = node; at.getParentNode().getNodeType() == Node.ELEMENT_NODE; at = at.getParentNode()) {
            int place = 0;
            for (Node before = at.getPreviousSibling(); before != null; before = before.getPreviousSibling()) {
                place += before.getNodeType() == Node.ELEMENT_NODE ? 1 : 0;
            }
            places.addFirst(place);
        }
        Element found = root;
        for (int place : places) {
            found = found.elements().get(place);
        }
        return found;
    }
}
