package dev.godwit.domain;

import java.util.Optional;

/** The subsystem an error comes from, by libvirt's {@code virErrorDomain} numbers. */
public enum ErrorDomain {
    NONE(0),
    XML(5),
    DOM(6),
    RPC(7),
    CONF(9),
    QEMU(10),
    NET(11),
    TEST(12),
    REMOTE(13),
    STORAGE(18),
    NETWORK(19),
    DOMAIN(20),
    SECURITY(24),
    CPU(31),
    STREAMS(38),
    EVENT(40),
    CAPABILITIES(44),
    URI(45),
    AUTH(46),
    ACCESS(55),
    POLKIT(60),
    ADMIN(62);

    private final int number;

    ErrorDomain(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /**
     * The subsystem with a number.
     *
     * @param number as received from a peer
     * @return empty for a number this release does not know
     */
    public static Optional<ErrorDomain> of(int number) {
        for (ErrorDomain domain : values()) {
            if (domain.number == number) {
                return Optional.of(domain);
            }
        }
        return Optional.empty();
    }
}
