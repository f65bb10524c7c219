package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import java.util.ArrayList;
import java.util.List;

/** The command line while it grows. */
final class Arguments {

    private final List<String> words = new ArrayList<>();

    Arguments add(String... more) {
        words.addAll(List.of(more));
        return this;
    }

    /** A device the guest sees, in the JSON form (QEMU 6.2). */
    void device(Json.Obj properties) {
        add("-device", properties.toString());
    }

    /** A helper object on the host's side. */
    void object(Json.Obj properties) {
        add("-object", properties.toString());
    }

    /** A node of the block layer. */
    void blockdev(Json.Obj properties) {
        add("-blockdev", properties.toString());
    }

    /** Doubles commas, which separate options in the older form of arguments. */
    static String escaped(String value) {
        return value.replace(",", ",,");
    }

    List<String> toList() {
        return List.copyOf(words);
    }
}
