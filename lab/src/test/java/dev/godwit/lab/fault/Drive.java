package dev.godwit.lab.fault;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.matrix.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Who drives a migration, by which client, and which way the guest takes. */
enum Drive {
    /** Our client drives. */
    DIRECT("direct", Lab::godwit, Flow.DIRECT),
    /** A stock client drives. */
    DIRECT_VIRSH("direct by virsh", Lab::virsh, Flow.DIRECT),
    /** The source's daemon drives. */
    PEER_TO_PEER("p2p", Lab::virsh, Flow.PEER_TO_PEER),
    /** The source's daemon drives, and the guest goes through the daemons. */
    TUNNELLED("tunnelled", Lab::virsh, Flow.TUNNELLED);

    /** A connection is lost when it was silent for so many seconds, times {@link #COUNT}, plus one. */
    static final int INTERVAL_SECONDS = 1;
    static final int COUNT = 2;

    private final String label;
    private final Function<Lab, Client> client;
    private final Flow flow;

    Drive(String label, Function<Lab, Client> client, Flow flow) {
        this.label = label;
        this.client = client;
        this.flow = flow;
    }

    /** What it is called in tables. */
    String label() {
        return label;
    }

    /** The program that is started. */
    Client client(Lab lab) {
        return client.apply(lab);
    }

    /** Whether the client drives, and not the source's daemon. */
    boolean direct() {
        return flow == Flow.DIRECT;
    }

    /**
     * The words of a migration after the client's connection URI.
     *
     * @param guest        its name
     * @param destination  where to
     * @param bandwidthMiB at most so many MiB a second; 0 for no limit
     */
    List<String> words(String guest, String destination, int bandwidthMiB) {
        List<String> words = new ArrayList<>(List.of("-k", Integer.toString(INTERVAL_SECONDS), "-K", Integer.toString(COUNT),
                "migrate", "--live"));
        words.addAll(flow.options());
        if (bandwidthMiB > 0) {
            words.addAll(List.of("--bandwidth", Integer.toString(bandwidthMiB)));
        }
        words.addAll(List.of(guest, destination));
        return words;
    }
}
