package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;
import dev.godwit.xml.Node;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One element of {@code <devices>} while the definition is being completed. */
final class Device {

    private Element xml;

    /** Comments and the like that stood before the element; they move with it. */
    private final List<Node> leading;

    Device(Element xml, List<Node> leading) {
        this.xml = xml;
        this.leading = List.copyOf(leading);
    }

    Device(Element xml) {
        this(xml, List.of());
    }

    Element xml() {
        return xml;
    }

    List<Node> leading() {
        return leading;
    }

    String kind() {
        return xml.name();
    }

    void change(UnaryOperator<Element> edit) {
        xml = edit.apply(xml);
    }

    Optional<String> attr(String name) {
        return xml.attr(name);
    }

    String attr(String name, String otherwise) {
        return xml.attr(name, otherwise);
    }

    boolean is(String attribute, String value) {
        return xml.attrIs(attribute, value);
    }

    /** The attribute of a child element, {@code model/type} for instance. */
    Optional<String> childAttr(String child, String attribute) {
        return xml.child(child).flatMap(found -> found.attr(attribute));
    }

    boolean childIs(String child, String attribute, String value) {
        return childAttr(child, attribute).filter(value::equals).isPresent();
    }

    /** Sets an attribute of a child element, and adds the child if there is none. */
    void setChildAttr(String child, String attribute, String value) {
        xml = xml.mapOrAdd(child, element -> element.withAttr(attribute, value));
    }

    void setDefaultChildAttr(String child, String attribute, String value) {
        xml = xml.mapOrAdd(child, element -> element.withDefaultAttr(attribute, value));
    }

    Optional<Element> address() {
        return xml.child("address");
    }

    /** The kind of address, or an empty string if there is none. */
    String addressType() {
        return address().flatMap(address -> address.attr("type")).orElse("");
    }

    void setAddress(Element address) {
        xml = xml.withReplaced(address);
    }

    /** The position of the device on a bus of its kind; 0 if it says nothing. */
    int index() {
        return attr("index").map(text -> Numbers.parse(text, "index", kind())).orElse(0);
    }
}
