package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a user adds to the command line by hand. We do not look into it. */
final class UserArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("qemu:commandline")
                .child(Shape.of("qemu:arg").with("value"))
                .child(Shape.of("qemu:env").with("name").with("value")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        guest.domain().child("qemu:commandline").stream()
                .flatMap(commandline -> commandline.elements("qemu:arg").stream())
                .flatMap(argument -> argument.attr("value").stream())
                .forEach(out::add);
    }

    static Map<String, String> environment(Element domain) {
        Map<String, String> environment = new LinkedHashMap<>();
        domain.child("qemu:commandline").stream()
                .flatMap(commandline -> commandline.elements("qemu:env").stream())
                .forEach(variable -> environment.put(variable.attr("name", ""), variable.attr("value", "")));
        return environment;
    }
}
