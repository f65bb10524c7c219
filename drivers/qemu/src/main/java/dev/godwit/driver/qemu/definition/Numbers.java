package dev.godwit.driver.qemu.definition;

/** Numbers as they stand in definitions: decimal, or hexadecimal with a leading {@code 0x}. */
final class Numbers {

    private Numbers() {}

    /**
     * Reads a number that is not negative.
     *
     * @throws dev.godwit.domain.VirtException if it is not one, naming the attribute and its element
     */
    static int parse(String text, String attribute, String element) {
        String digits = text.strip();
        try {
            int value = digits.startsWith("0x") || digits.startsWith("0X")
                    ? Integer.parseInt(digits.substring(2), 16)
                    : Integer.parseInt(digits);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Answered below, together with negative numbers.
        }
        throw Refusal.badValue(element, attribute, text);
    }
}
