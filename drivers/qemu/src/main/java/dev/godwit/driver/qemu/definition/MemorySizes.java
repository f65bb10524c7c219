package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/** Amounts of memory with a unit, as definitions write them. */
final class MemorySizes {

    private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private MemorySizes() {}

    /**
     * Reads an amount.
     *
     * @param element {@code <memory unit='MiB'>256</memory>}; without a unit it counts KiB
     * @return KiB, rounded up; nothing if the element is empty
     * @throws VirtException if it is no number, has an unknown unit, or exceeds 64 bits of bytes
     */
    static Optional<Long> kib(Element element) {
        String text = element.text().strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        BigInteger number;
        try {
            number = new BigInteger(text);
        } catch (NumberFormatException e) {
            throw notANumber(element, text);
        }
        if (number.signum() < 0) {
            throw notANumber(element, text);
        }
        String unit = element.attr("unit", "KiB");
        BigInteger bytes = number.multiply(scale(unit));
        if (bytes.compareTo(MAX) > 0) {
            throw new VirtException(
                    ErrorCode.OVERFLOW, ErrorDomain.NONE, "value too large: %s%s".formatted(text, unit));
        }
        BigInteger kib = bytes.add(BigInteger.valueOf(1023)).shiftRight(10);
        return Optional.of(kib.longValueExact());
    }

    private static VirtException notANumber(Element element, String text) {
        return new VirtException(
                ErrorCode.XML_ERROR,
                ErrorDomain.XML,
                "Invalid value '%s' for element or attribute './%s[1]'".formatted(text, element.name()));
    }

    private static BigInteger scale(String unit) {
        String known = unit.toLowerCase(Locale.ROOT);
        if (known.isEmpty() || known.equals("b") || known.equals("byte") || known.equals("bytes")) {
            return BigInteger.ONE;
        }
        int power = "kmgtpe".indexOf(known.charAt(0)) + 1;
        String rest = known.substring(1);
        if (power > 0 && (rest.isEmpty() || rest.equals("ib"))) {
            return BigInteger.valueOf(1024).pow(power);
        }
        if (power > 0 && rest.equals("b")) {
            return BigInteger.valueOf(1000).pow(power);
        }
        throw new VirtException(
                ErrorCode.INVALID_ARG, ErrorDomain.NONE, "unknown suffix '%s'".formatted(unit));
    }
}
