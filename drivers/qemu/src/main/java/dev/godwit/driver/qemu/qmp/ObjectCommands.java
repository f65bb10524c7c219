package dev.godwit.driver.qemu.qmp;

import java.util.List;

/** Commands that read and change QEMU's objects (QOM). */
public final class ObjectCommands {

    private ObjectCommands() {}

    /**
     * Asks for the properties of an object, its children among them.
     *
     * @param path the object, for example {@code /machine/peripheral}
     */
    public record QomList(String path) implements QmpCommand<List<Property>> {
        @Override
        public String name() {
            return "qom-list";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("path", path);
        }

        @Override
        public List<Property> reply(Json answer) {
            return answer.asList(property ->
                    new Property(property.asObject().text("name"), property.asObject().text("type")));
        }
    }

    /**
     * A property of an object.
     *
     * @param name its name; of a child the alias it was given
     * @param type its type, for example {@code bool} or {@code child<virtio-blk-pci>}
     */
    public record Property(String name, String type) {

        /**
         * Whether it is an object itself.
         *
         * @return true for a child, false for a value or a link
         */
        public boolean isChild() {
            return type.startsWith("child<");
        }
    }

    /**
     * Asks for the value of a property.
     *
     * @param path     the object
     * @param property the property
     */
    public record QomGet(String path, String property) implements QmpCommand<Json> {
        @Override
        public String name() {
            return "qom-get";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("path", path).with("property", property);
        }

        @Override
        public Json reply(Json answer) {
            return answer;
        }
    }

    /**
     * Makes an object.
     *
     * @param type       its type, for example {@code tls-creds-x509}
     * @param id         its name under {@code /objects}
     * @param properties its properties
     */
    public record ObjectAdd(String type, String id, Json.Obj properties) implements QmpCommand.Order {
        @Override
        public String name() {
            return "object-add";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj arguments = Json.EMPTY.with("qom-type", type).with("id", id);
            for (var property : properties.members().entrySet()) {
                arguments = arguments.with(property.getKey(), property.getValue());
            }
            return arguments;
        }
    }

    /**
     * Ends an object that {@link ObjectAdd} made.
     *
     * @param id its name under {@code /objects}
     */
    public record ObjectDel(String id) implements QmpCommand.Order {
        @Override
        public String name() {
            return "object-del";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("id", id);
        }
    }

    /**
     * Changes the value of a property.
     *
     * @param path     the object
     * @param property the property
     * @param value    its new value
     */
    public record QomSet(String path, String property, Json value) implements QmpCommand.Order {
        @Override
        public String name() {
            return "qom-set";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("path", path).with("property", property).with("value", value);
        }
    }
}
