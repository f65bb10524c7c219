package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Attribute;
import dev.godwit.xml.Element;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The form of an element that is understood: its attributes with their values, and its children.
 *
 * <p>Shapes are data. An element that has more than its shape is refused with the name of what is too much.
 */
final class Shape {

    private final String name;
    private final Map<String, Set<String>> attributes = new LinkedHashMap<>();
    private final Map<String, Shape> children = new LinkedHashMap<>();
    private boolean anything;

    private Shape(String name) {
        this.name = name;
    }

    /** An element without attributes and children. */
    static Shape of(String name) {
        return new Shape(name);
    }

    /** An element that may contain anything, because it means nothing to QEMU. */
    static Shape anything(String name) {
        Shape shape = new Shape(name);
        shape.anything = true;
        return shape;
    }

    /** What every device may carry, on top of its own children. */
    static Shape device(String name) {
        return of(name)
                .child(of("alias").with("name"))
                .child(of("address").with("type", "pci", "drive", "usb", "virtio-serial", "isa", "ccid").with("domain")
                        .with("bus").with("slot").with("function").with("multifunction").with("controller")
                        .with("target").with("unit").with("port").with("iobase").with("irq"));
    }

    String name() {
        return name;
    }

    /** Adds an attribute; without values, any value is understood. */
    Shape with(String attribute, String... values) {
        attributes.put(attribute, Set.of(values));
        return this;
    }

    Shape child(Shape child) {
        children.put(child.name, child);
        return this;
    }

    /**
     * Looks for something that is not understood.
     *
     * @param element an element of this name
     * @return how it is written, {@code <disk device='lun'>} or {@code <disk><iotune>}; nothing if all is understood
     */
    Optional<String> strange(Element element) {
        if (anything) {
            return Optional.empty();
        }
        for (Attribute attribute : element.attributes()) {
            boolean declaration = attribute.name().equals("xmlns") || attribute.name().startsWith("xmlns:");
            Set<String> values = attributes.get(attribute.name());
            boolean understood = values != null && (values.isEmpty() || values.contains(attribute.value()));
            if (!declaration && !understood) {
                return Optional.of("<%s %s='%s'>".formatted(name, attribute.name(), attribute.value()));
            }
        }
        return strangeAmong(element.elements()).map(inner -> "<" + name + ">" + inner);
    }

    private Optional<String> strangeAmong(List<Element> elements) {
        for (Element inner : elements) {
            Shape shape = children.get(inner.name());
            if (shape == null) {
                return Optional.of("<" + inner.name() + ">");
            }
            Optional<String> strange = shape.strange(inner);
            if (strange.isPresent()) {
                return strange;
            }
        }
        return Optional.empty();
    }
}
