package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;

/** The parts of a definition that are shown only to those who may see secrets ({@code --security-info}). */
public final class Secrets {

    private Secrets() {}

    /**
     * Leaves passwords out.
     *
     * @param domain any form of a definition
     * @return the same without secrets
     */
    public static Element removeFrom(Element domain) {
        return domain.mapElements("devices", devices -> devices.mapElements("graphics", graphics -> graphics
                .withoutAttr("passwd").withoutAttr("passwdValidTo")));
    }
}
