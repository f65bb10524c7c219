package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Type, name, UUID and title: what tells guests apart. */
final class IdentityCompletion implements CompletionStep {

    /** A name becomes part of file names ({@code NAME.xml.new}); most file systems end at 255 bytes. */
    private static final int MAX_NAME_BYTES = 240;

    private static final Set<String> OTHER_HYPERVISORS = Set.of(
            "kqemu", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp", "parallels", "bhyve",
            "vz", "hvf");

    private final Identifiers identifiers;

    IdentityCompletion(Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        checkType(draft, capabilities);
        checkName(draft.domain().childText("name").orElse(""));
        checkTitle(draft.domain());
        Optional<Element> uuid = draft.domain().child("uuid");
        String value = uuid.map(element -> parse(element.text()))
                .orElseGet(identifiers::uuid)
                .toString();
        draft.change(domain -> uuid.isPresent()
                ? domain.withReplaced(uuid.get().withText(value))
                : domain.withAfter(Element.text("uuid", value), "name"));
    }

    private static void checkType(Draft draft, QemuCapabilities capabilities) {
        String type = draft.domain().attr("type").orElseThrow(() -> Refusal.internal("missing domain type attribute"));
        boolean ours = type.equals("qemu") || type.equals("kvm");
        if (!ours && !OTHER_HYPERVISORS.contains(type)) {
            throw Refusal.unsupported("invalid domain type " + type);
        }
        if (!ours || type.equals("kvm") && !capabilities.kvm()) {
            String emulator = draft.emulator().isEmpty() ? capabilities.emulator() : draft.emulator();
            throw Refusal.qemuUnsupported(
                    "Emulator '%s' does not support virt type '%s'".formatted(emulator, type));
        }
    }

    /**
     * Checks the name of a guest, as it stands in a definition or in a request to rename.
     *
     * @throws VirtException if it is empty, too long, or contains a slash or a control character
     */
    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new VirtException(ErrorCode.NO_NAME, ErrorDomain.DOMAIN, "");
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw VirtException.raw(
                        ErrorCode.XML_DETAIL, ErrorDomain.XML, "invalid char in name: " + name.charAt(i));
            }
        }
        if (name.contains("/")) {
            throw Refusal.xml("name %s cannot contain '/'".formatted(name));
        }
        if (name.equals(".") || name.equals("..")) {
            throw Refusal.xml("name %s cannot be used for a guest".formatted(name));
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw Refusal.xml("name is longer than %d bytes".formatted(MAX_NAME_BYTES));
        }
    }

    private static void checkTitle(Element domain) {
        if (domain.childText("title").orElse("").contains("\n")) {
            throw Refusal.xml("Domain title can't contain newlines");
        }
    }

    /** Hyphens and white space are free, as in libvirt. */
    private static UUID parse(String text) {
        String digits = text.replaceAll("[\\s-]", "");
        if (!digits.matches("[0-9a-fA-F]{32}")) {
            throw Refusal.internal("malformed uuid element");
        }
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }
}
