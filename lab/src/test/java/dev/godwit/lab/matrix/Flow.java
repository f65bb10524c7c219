package dev.godwit.lab.matrix;

import java.util.List;

/** Who drives a migration, and which way the guest's data takes. */
public enum Flow {
    /** The client drives, QEMU speaks to QEMU. */
    DIRECT("direct", List.of(), List.of()),
    /** The source drives, QEMU speaks to QEMU. */
    PEER_TO_PEER("p2p", List.of("--p2p"), List.of("PEER2PEER")),
    /** The source drives, the data goes through the daemons' connection. */
    TUNNELLED("tunnelled", List.of("--p2p", "--tunnelled"), List.of("PEER2PEER", "TUNNELLED"));

    private final String label;
    private final List<String> options;
    private final List<String> flags;

    Flow(String label, List<String> options, List<String> flags) {
        this.label = label;
        this.options = options;
        this.flags = flags;
    }

    /** What it is called in tables. */
    public String label() {
        return label;
    }

    /** The options of a command line. */
    public List<String> options() {
        return options;
    }

    /** The flags of the API, without {@code VIR_MIGRATE_}. */
    public List<String> flags() {
        return flags;
    }
}
