package dev.godwit.domain;

import java.util.Optional;

/**
 * What went wrong, by the numbers both kinds of peer know (libvirt's {@code virErrorNumber}).
 *
 * <p>A peer may send a number that is not listed here; {@link VirtException#codeNumber()} keeps it.
 */
public enum ErrorCode {
    OK(0, "%s"),
    INTERNAL_ERROR(1, "internal error: %s"),
    NO_MEMORY(2, "out of memory: %s"),
    NO_SUPPORT(3, "this function is not supported by the connection driver: %s"),
    UNKNOWN_HOST(4, "unknown host %s"),
    NO_CONNECT(5, "no connection driver available for %s"),
    INVALID_CONN(6, "invalid connection pointer in %s"),
    INVALID_DOMAIN(7, "invalid domain pointer in %s"),
    INVALID_ARG(8, "invalid argument: %s"),
    OPERATION_FAILED(9, "operation failed: %s"),
    OS_TYPE(16, "unknown OS type %s"),
    NO_SOURCE(19, "missing source information for device %s"),
    NO_TARGET(20, "missing target information for device %s"),
    NO_NAME(21, "missing name information%s"),
    CALL_FAILED(26, "library call failed: %s"),
    XML_ERROR(27, "XML error: %s"),
    DOM_EXIST(28, "domain %s exists already"),
    OPERATION_DENIED(29, "operation forbidden: %s"),
    READ_FAILED(31, "failed to read configuration file %s"),
    CONF_SYNTAX(33, "configuration file syntax error: %s"),
    WRITE_FAILED(34, "failed to write configuration file: %s"),
    XML_DETAIL(35, "%s"),
    SYSTEM_ERROR(38, "%s"),
    RPC(39, "%s"),
    GNUTLS_ERROR(40, "%s"),
    NO_DOMAIN(42, "Domain not found: %s"),
    NO_NETWORK(43, "Network not found: %s"),
    AUTH_FAILED(45, "authentication failed: %s"),
    NO_STORAGE_POOL(49, "Storage pool not found: %s"),
    NO_STORAGE_VOL(50, "Storage volume not found: %s"),
    NO_SECURITY_MODEL(54, "Security model not found: %s"),
    OPERATION_INVALID(55, "Requested operation is not valid: %s"),
    CONFIG_UNSUPPORTED(67, "unsupported configuration: %s"),
    OPERATION_TIMEOUT(68, "Timed out during operation: %s"),
    MIGRATE_PERSIST_FAILED(69, "Failed to make domain persistent after migration: %s"),
    HOOK_SCRIPT_FAILED(70, "Hook script execution failed: %s"),
    ARGUMENT_UNSUPPORTED(74, "argument unsupported: %s"),
    OPERATION_ABORTED(78, "operation aborted: %s"),
    AUTH_CANCELLED(79, "authentication cancelled: %s"),
    NO_DOMAIN_METADATA(80, "metadata not found: %s"),
    MIGRATE_UNSAFE(81, "Unsafe migration: %s"),
    OVERFLOW(82, "numerical overflow: %s"),
    OPERATION_UNSUPPORTED(84, "Operation not supported: %s"),
    AGENT_UNRESPONSIVE(86, "Guest agent is not responding: %s"),
    RESOURCE_BUSY(87, "resource busy: %s"),
    ACCESS_DENIED(88, "access denied: %s"),
    CPU_INCOMPATIBLE(91, "the CPU is incompatible with host CPU: %s"),
    XML_INVALID_SCHEMA(92, "XML document failed to validate against schema: %s"),
    MIGRATE_FINISH_OK(93, "migration successfully aborted: %s"),
    AUTH_UNAVAILABLE(94, "authentication unavailable: %s"),
    DEVICE_MISSING(99, "device not found: %s"),
    NO_HOSTNAME(108, "no hostname found: %s"),
    MULTIPLE_DOMAINS(110, "multiple matching domains found: %s");

    private final int number;
    private final String template;

    ErrorCode(int number, String template) {
        this.number = number;
        this.template = template;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The fixed text of this code, with one {@code %s} where the detail goes. */
    public String template() {
        return template;
    }

    /**
     * The complete message for a detail.
     *
     * @param detail what is particular to this failure
     * @return the text a user sees
     */
    public String message(String detail) {
        return template.replace("%s", detail);
    }

    /**
     * The code with a number.
     *
     * @param number as received from a peer
     * @return empty for a number this release does not know
     */
    public static Optional<ErrorCode> of(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }
}
