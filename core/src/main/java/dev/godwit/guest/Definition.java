package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What every domain definition says, whatever the hypervisor (libvirt's domain XML format, "General metadata", "Memory allocation"
 * and "CPU allocation").
 */
public final class Definition {

    private Definition() {}

    /**
     * Reads a definition that a user gave.
     *
     * @param xml the document
     * @return its root, a {@code domain} with a usable name, and with a UUID that can be understood or with none
     * @throws VirtException 35 for a document that is not XML, 27, 21 or 1 for one that is no definition
     */
    public static Element parse(String xml) {
        Element root;
        try {
            root = XmlReader.read(xml);
        } catch (XmlException e) {
            throw VirtException.raw(ErrorCode.XML_DETAIL, ErrorDomain.XML, e.getMessage());
        }
        if (!root.name().equals("domain")) {
            throw xmlError("expecting root element of 'domain', not '" + root.name() + "'");
        }
        requireGoodName(name(root));
        uuid(root);
        return root;
    }

    /**
     * The name.
     *
     * @throws VirtException 21 where there is none
     */
    public static String name(Element definition) {
        return definition.childText("name").filter(name -> !name.isEmpty()).orElseThrow(() ->
                new VirtException(ErrorCode.NO_NAME, ErrorDomain.DOMAIN, ""));
    }

    /** A definition with another name. */
    public static Element withName(Element definition, String name) {
        return definition.has("name")
                ? definition.mapElements("name", element -> element.withText(name))
                : definition.withFirst(Element.text("name", name));
    }

    /**
     * The UUID, where there is one.
     *
     * @throws VirtException 1 for one that is malformed
     */
    public static Optional<UUID> uuid(Element definition) {
        return definition.childText("uuid").map(Definition::parseUuid);
    }

    /** A definition with a UUID, behind its name. */
    public static Element withUuid(Element definition, UUID uuid) {
        return definition.has("uuid")
                ? definition.mapElements("uuid", element -> element.withText(uuid.toString()))
                : definition.withAfter(Element.text("uuid", uuid.toString()), "name");
    }

    /** The most memory it may have, in KiB; 0 where it does not say. */
    public static long maxMemoryKiB(Element definition) {
        return definition.child("memory").map(Definition::kib).orElse(0L);
    }

    /** The memory it starts with, in KiB. */
    public static long memoryKiB(Element definition) {
        return definition.child("currentMemory").map(Definition::kib).orElseGet(() -> maxMemoryKiB(definition));
    }

    /** The virtual CPUs it starts with; 1 where it does not say. */
    public static int virtualCpus(Element definition) {
        return definition.child("vcpu").flatMap(vcpu -> vcpu.attr("current")).map(Definition::count)
                .orElseGet(() -> maxVirtualCpus(definition));
    }

    /** The most virtual CPUs it may have; 1 where it does not say. */
    public static int maxVirtualCpus(Element definition) {
        return definition.childText("vcpu").map(String::strip).filter(text -> !text.isEmpty()).map(Definition::count)
                .orElse(1);
    }

    /** What kind of system it is; {@code hvm} where it does not say. */
    public static String osType(Element definition) {
        return definition.childText("os", "type").map(String::strip).filter(type -> !type.isEmpty()).orElse("hvm");
    }

    /** What becomes of it after an event: the text of {@code on_poweroff}, {@code on_reboot} or {@code on_crash}. */
    public static String action(Element definition, String event, String otherwise) {
        return definition.childText(event).map(String::strip).filter(text -> !text.isEmpty()).orElse(otherwise);
    }

    /**
     * An amount of memory with its unit, in KiB, rounded up.
     *
     * @throws VirtException 27 for what is no number, 8 for an unknown unit, 82 for more than fits
     */
    public static long kib(Element amount) {
        String text = amount.text().strip();
        long number;
        try {
            number = Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw xmlError("Invalid value '" + text + "' for element or attribute './" + amount.name() + "'");
        }
        String unit = amount.attr("unit", "KiB");
        long bytes = switch (unit.toLowerCase(Locale.ROOT)) {
            case "b", "byte", "bytes" -> 1;
            case "kb" -> 1_000;
            case "k", "kib" -> 1L << 10;
            case "mb" -> 1_000_000;
            case "m", "mib" -> 1L << 20;
            case "gb" -> 1_000_000_000;
            case "g", "gib" -> 1L << 30;
            case "tb" -> 1_000_000_000_000L;
            case "t", "tib" -> 1L << 40;
            case "pb" -> 1_000_000_000_000_000L;
            case "p", "pib" -> 1L << 50;
            case "eb" -> 1_000_000_000_000_000_000L;
            case "e", "eib" -> 1L << 60;
            default -> throw new VirtException(
                    ErrorCode.INVALID_ARG, ErrorDomain.NONE, "unknown suffix '" + unit + "'");
        };
        if (number < 0 || number > (Long.MAX_VALUE - 1023) / bytes) {
            throw new VirtException(ErrorCode.OVERFLOW, ErrorDomain.NONE, "value too large: " + text + unit);
        }
        return (number * bytes + 1023) / 1024;
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text.strip());
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw xmlError("Invalid value '" + text.strip() + "' for element or attribute 'vcpu'");
    }

    private static void requireGoodName(String name) {
        if (name.contains("/")) {
            throw xmlError("name " + name + " cannot contain '/'");
        }
        if (name.indexOf('\n') >= 0) {
            throw VirtException.raw(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, "invalid char in name: \n");
        }
        if (name.equals(".") || name.equals("..")) {
            throw xmlError("name " + name + " cannot be used");
        }
    }

    /** Accepts what libvirt accepts: 32 hexadecimal digits, hyphens between any of them, blanks around. */
    private static UUID parseUuid(String text) {
        String digits = text.strip().replace("-", "");
        if (digits.length() != 32 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.DOMAIN, "malformed uuid element");
        }
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }

    private static VirtException xmlError(String detail) {
        return new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, detail);
    }
}
