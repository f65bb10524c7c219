package dev.godwit.xml;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * An element of an XML document, immutable. Changes make a new element; what did not change is shared.
 *
 * <p>Children are addressed by their name as it is written. Elements of foreign namespaces are written with a prefix
 * in practice ({@code qemu:commandline}), so a plain name never hits one by accident; {@link #namespace} tells
 * for certain.
 *
 * @param name the name as it is written, with its prefix if it has one
 * @param namespace the namespace the name belongs to, or the empty string
 * @param attributes attributes and namespace declarations, in order
 * @param children what stands inside, in order
 */
public record Element(String name, String namespace, List<Attribute> attributes, List<Node> children)
        implements Node {

    /** Takes copies of the lists. */
    public Element {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(namespace, "namespace");
        attributes = List.copyOf(attributes);
        children = List.copyOf(children);
    }

    /**
     * An element without attributes.
     *
     * @param name its name
     * @param children what stands inside
     * @return the element
     */
    public static Element of(String name, Node... children) {
        return new Element(name, "", List.of(), List.of(children));
    }

    /**
     * An element that contains nothing but characters.
     *
     * @param name its name
     * @param text the characters, without any escaping
     * @return the element
     */
    public static Element text(String name, String text) {
        return of(name, new Text(text));
    }

    // Looking

    /**
     * The value of an attribute.
     *
     * @param attribute its name as it is written
     * @return the value, or nothing if the element has no such attribute
     */
    public Optional<String> attr(String attribute) {
        for (Attribute candidate : attributes) {
            if (candidate.name().equals(attribute)) {
                return Optional.of(candidate.value());
            }
        }
        return Optional.empty();
    }

    /**
     * The value of an attribute that has a default.
     *
     * @param attribute its name as it is written
     * @param otherwise the value if the element has no such attribute
     * @return the value
     */
    public String attr(String attribute, String otherwise) {
        return attr(attribute).orElse(otherwise);
    }

    /**
     * Whether an attribute is there and has a value.
     *
     * @param attribute its name as it is written
     * @param value the value asked for
     * @return whether the attribute is present with exactly this value
     */
    public boolean attrIs(String attribute, String value) {
        return attr(attribute).filter(value::equals).isPresent();
    }

    /**
     * The elements inside this one.
     *
     * @return the children that are elements, in order
     */
    public List<Element> elements() {
        List<Element> found = new ArrayList<>(children.size());
        for (Node child : children) {
            if (child instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    /**
     * The elements of one name inside this one.
     *
     * @param child the name
     * @return the children that are elements of this name, in order
     */
    public List<Element> elements(String child) {
        List<Element> found = new ArrayList<>();
        for (Node candidate : children) {
            if (candidate instanceof Element element && element.name.equals(child)) {
                found.add(element);
            }
        }
        return found;
    }

    /**
     * The first child of a name, or, with several names, the first grandchild found on this path.
     *
     * @param path the name of a child, of a child of that, and so on
     * @return the element at the end of the path, or nothing if one is missing
     */
    public Optional<Element> child(String... path) {
        Element here = this;
        for (String step : path) {
            Element next = null;
            for (Node candidate : here.children) {
                if (candidate instanceof Element element && element.name.equals(step)) {
                    next = element;
                    break;
                }
            }
            if (next == null) {
                return Optional.empty();
            }
            here = next;
        }
        return Optional.of(here);
    }

    /**
     * Whether there is an element at the end of a path.
     *
     * @param path as for {@link #child}
     * @return whether it exists
     */
    public boolean has(String... path) {
        return child(path).isPresent();
    }

    /**
     * The characters directly inside this element, as one string.
     *
     * @return the text, possibly empty, with its white space
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Node child : children) {
            if (child instanceof Text(String value, boolean _)) {
                text.append(value);
            }
        }
        return text.toString();
    }

    /**
     * The characters inside the element at the end of a path.
     *
     * @param path as for {@link #child}
     * @return the text, or nothing if the element is missing
     */
    public Optional<String> childText(String... path) {
        return child(path).map(Element::text);
    }

    // Changing

    /**
     * This element under another name.
     *
     * @param newName the name
     * @return the changed element
     */
    public Element withName(String newName) {
        return new Element(newName, namespace, attributes, children);
    }

    /**
     * This element with an attribute set: in its place if it was there, at the end otherwise.
     *
     * @param attribute its name
     * @param value its value, without any escaping
     * @return the changed element
     */
    public Element withAttr(String attribute, String value) {
        List<Attribute> changed = new ArrayList<>(attributes);
        Attribute set = new Attribute(attribute, value);
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i).name().equals(attribute)) {
                changed.set(i, set);
                return new Element(name, namespace, changed, children);
            }
        }
        changed.add(set);
        return new Element(name, namespace, changed, children);
    }

    /**
     * This element with a numeric attribute set.
     *
     * @param attribute its name
     * @param value its value, written in decimal
     * @return the changed element
     */
    public Element withAttr(String attribute, long value) {
        return withAttr(attribute, Long.toString(value));
    }

    /**
     * This element with an attribute set if it is not there yet.
     *
     * @param attribute its name
     * @param value its value if it was missing
     * @return the changed element, or this one
     */
    public Element withDefaultAttr(String attribute, String value) {
        return attr(attribute).isPresent() ? this : withAttr(attribute, value);
    }

    /**
     * This element without an attribute.
     *
     * @param attribute its name
     * @return the changed element, or this one if it has no such attribute
     */
    public Element withoutAttr(String attribute) {
        if (attr(attribute).isEmpty()) {
            return this;
        }
        return new Element(
                name,
                namespace,
                attributes.stream().filter(a -> !a.name().equals(attribute)).toList(),
                children);
    }

    /**
     * This element with other content.
     *
     * @param newChildren what stands inside
     * @return the changed element
     */
    public Element withChildren(List<? extends Node> newChildren) {
        return new Element(name, namespace, attributes, List.copyOf(newChildren));
    }

    /**
     * This element with nothing inside but characters.
     *
     * @param text the characters, without any escaping
     * @return the changed element
     */
    public Element withText(String text) {
        return withChildren(List.of(new Text(text)));
    }

    /**
     * This element with one more child at its end.
     *
     * @param child the child
     * @return the changed element
     */
    public Element with(Node child) {
        List<Node> changed = new ArrayList<>(children);
        changed.add(child);
        return withChildren(changed);
    }

    /**
     * This element with one more child at its beginning.
     *
     * @param child the child
     * @return the changed element
     */
    public Element withFirst(Node child) {
        List<Node> changed = new ArrayList<>(children.size() + 1);
        changed.add(child);
        changed.addAll(children);
        return withChildren(changed);
    }

    /**
     * This element with a child that replaces the first one of the same name, or is added at the end.
     *
     * @param child the child
     * @return the changed element
     */
    public Element withReplaced(Element child) {
        List<Node> changed = new ArrayList<>(children);
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i) instanceof Element old && old.name.equals(child.name)) {
                changed.set(i, child);
                return withChildren(changed);
            }
        }
        changed.add(child);
        return withChildren(changed);
    }

    /**
     * This element with a child that stands after all children of certain names: where a reader expects it, in
     * documents that have a customary order.
     *
     * @param child the child
     * @param predecessors the names it follows
     * @return the changed element; the child comes first if there are no predecessors
     */
    public Element withAfter(Node child, String... predecessors) {
        List<String> before = List.of(predecessors);
        int at = 0;
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i) instanceof Element element && before.contains(element.name)) {
                at = i + 1;
            }
        }
        List<Node> changed = new ArrayList<>(children);
        changed.add(at, child);
        return withChildren(changed);
    }

    /**
     * This element without its children of some names.
     *
     * @param names the names
     * @return the changed element, or this one if it has none
     */
    public Element without(String... names) {
        List<String> unwanted = List.of(names);
        return withoutElements(element -> unwanted.contains(element.name));
    }

    /**
     * This element without some of its children.
     *
     * @param unwanted tells which child elements to leave out
     * @return the changed element, or this one if it has none
     */
    public Element withoutElements(Predicate<Element> unwanted) {
        List<Node> kept = new ArrayList<>(children.size());
        for (Node child : children) {
            if (!(child instanceof Element element && unwanted.test(element))) {
                kept.add(child);
            }
        }
        return kept.size() == children.size() ? this : withChildren(kept);
    }

    /**
     * This element with every child element changed; everything else inside stays.
     *
     * @param change makes the new child from the old one
     * @return the changed element
     */
    public Element mapElements(UnaryOperator<Element> change) {
        return flatMapElements(element -> List.of(change.apply(element)));
    }

    /**
     * This element with every child element of a name changed; everything else inside stays.
     *
     * @param child the name
     * @param change makes the new child from the old one
     * @return the changed element
     */
    public Element mapElements(String child, UnaryOperator<Element> change) {
        return mapElements(element -> element.name.equals(child) ? change.apply(element) : element);
    }

    /**
     * This element with every child element replaced by any number of others; everything else inside stays.
     *
     * @param change makes the new children from the old one
     * @return the changed element
     */
    public Element flatMapElements(Function<Element, ? extends List<? extends Node>> change) {
        List<Node> changed = new ArrayList<>(children.size());
        for (Node child : children) {
            if (child instanceof Element element) {
                changed.addAll(change.apply(element));
            } else {
                changed.add(child);
            }
        }
        return withChildren(changed);
    }

    /**
     * This element with its first child of a name changed, or with a new one made and added at the end.
     *
     * @param child the name
     * @param change makes the new child from the old one, or from an empty one
     * @return the changed element
     */
    public Element mapOrAdd(String child, UnaryOperator<Element> change) {
        return withReplaced(change.apply(child(child).orElse(of(child))));
    }

    /**
     * The document as libvirt would print it.
     *
     * @return the text, with a line feed at its end
     */
    public String print() {
        return XmlWriter.print(this);
    }

    // Written out: the methods that records bring along take so many stack frames a level that a document of the
    // greatest depth overflows the stack.

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof Element that)
                || children.size() != that.children.size()
                || !name.equals(that.name)
                || !namespace.equals(that.namespace)
                || !attributes.equals(that.attributes)) {
            return false;
        }
        for (int i = 0; i < children.size(); i++) {
            if (!children.get(i).equals(that.children.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = name.hashCode() * 31 + attributes.hashCode();
        for (Node child : children) {
            hash = hash * 31 + child.hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return print().strip();
    }
}
