package dev.godwit.driver.qemu.qmp;

/** Text that is not JSON, or JSON that has not the shape somebody asked for. */
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without a cause.
     *
     * @param message what is wrong, naming the member
     */
    public JsonException(String message) {
        super(message);
    }

    /**
     * An error that another one caused.
     *
     * @param message what is wrong
     * @param cause   what the reader said
     */
    public JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
