package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;

/** The errors a definition can run into, with libvirt's codes. */
final class Refusal {

    private Refusal() {}

    /** The document says something that makes no sense (code 27, from the domain parser). */
    static VirtException xml(String detail) {
        return new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, detail);
    }

    /** An attribute has a value that is not on its list (code 27, from the XML helpers). */
    static VirtException badValue(String element, String attribute, String value) {
        return new VirtException(
                ErrorCode.XML_ERROR,
                ErrorDomain.XML,
                "Invalid value for attribute '%s' in element '%s': '%s'.".formatted(attribute, element, value));
    }

    /** The document asks for what does not go together (code 67, from the domain parser). */
    static VirtException unsupported(String detail) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, detail);
    }

    /** The document asks for what this QEMU cannot do (code 67, from the QEMU driver). */
    static VirtException qemuUnsupported(String detail) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, detail);
    }

    /** What libvirt calls an internal error although the document is to blame (code 1). */
    static VirtException internal(String detail) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.DOMAIN, detail);
    }
}
