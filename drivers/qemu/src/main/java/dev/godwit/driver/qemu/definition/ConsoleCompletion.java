package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/**
 * The first console of a PC is its first serial port, seen a second time.
 *
 * <p>A console without a serial port makes one; a serial port without a console gets one; where both are there and
 * differ, the serial port is right.
 */
final class ConsoleCompletion implements CompletionStep {

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        List<Device> consoles = draft.devices("console");
        List<Device> serials = draft.devices("serial");
        if (consoles.stream().skip(1).anyMatch(ConsoleCompletion::isSerial)) {
            throw Refusal.unsupported("Only the first console can be a serial port");
        }
        boolean firstIsSerial = !consoles.isEmpty() && isSerial(consoles.getFirst());
        if (firstIsSerial && serials.isEmpty()) {
            serials.add(new Device(serialOf(consoles.getFirst().xml())));
        } else if (!firstIsSerial && !serials.isEmpty() && isIsa(serials.getFirst())) {
            consoles.addFirst(new Device(Element.of("console")));
            firstIsSerial = true;
        }
        for (int i = 0; i < consoles.size(); i++) {
            Device console = consoles.get(i);
            if (i == 0 && firstIsSerial) {
                Element mirror = consoleOf(serials.getFirst().xml());
                console.change(_ -> mirror);
            } else {
                String port = Integer.toString(i);
                console.change(xml -> xml.mapOrAdd("target", target -> target.withAttr("port", port)));
            }
        }
    }

    private static boolean isSerial(Device console) {
        return console.childAttr("target", "type").orElse("serial").equals("serial");
    }

    private static boolean isIsa(Device serial) {
        return serial.childIs("target", "type", "isa-serial");
    }

    private static Element serialOf(Element console) {
        Element target = Element.of("target", Element.of("model").withAttr("name", "isa-serial"))
                .withAttr("type", "isa-serial")
                .withAttr("port", "0");
        return console.withName("serial").withoutAttr("tty").withReplaced(target);
    }

    private static Element consoleOf(Element serial) {
        Optional<String> port = serial.child("target").flatMap(target -> target.attr("port"));
        Element target = Element.of("target").withAttr("type", "serial").withAttr("port", port.orElse("0"));
        return serial.withName("console").without("alias", "address").withReplaced(target);
    }
}
