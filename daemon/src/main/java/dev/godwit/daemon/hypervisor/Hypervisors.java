package dev.godwit.daemon.hypervisor;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.List;
import java.util.Set;

/** The open hypervisors, and which of them a connection means. */
public final class Hypervisors implements AutoCloseable {

    private final List<Hypervisor> open;
    private final boolean privileged;

    /**
     * The hypervisors of a daemon.
     *
     * @param open       all of them, the one first that clients get who name none; at least one
     * @param privileged whether this is the {@code system} instance
     */
    public Hypervisors(List<Hypervisor> open, boolean privileged) {
        if (open.isEmpty()) {
            throw new IllegalArgumentException("no hypervisor");
        }
        this.open = List.copyOf(open);
        this.privileged = privileged;
    }

    /** All of them. */
    public List<Hypervisor> all() {
        return open;
    }

    /**
     * What a client opened.
     *
     * @param hypervisor its hypervisor
     * @param uri        its URI, for those who gave none and ask
     */
    public record Choice(Hypervisor hypervisor, String uri) {}

    /**
     * Finds the hypervisor a client means.
     *
     * @param name as CONNECT_OPEN has it: a URI without transport, user, host and port; empty for whatever there is
     * @return the choice
     * @throws VirtException as a stock daemon answers names it does not serve
     */
    public Choice choose(String name) {
        ConnectUri uri = ConnectUri.parse(name);
        if (uri.isAny()) {
            Hypervisor first = open.getFirst();
            return new Choice(first, first.scheme() + "://" + usualPath(first));
        }
        Hypervisor hypervisor = open.stream()
                .filter(h -> h.scheme().equals(uri.driver()) && uri.host().isEmpty() && uri.transport().isEmpty())
                .findFirst()
                .orElseThrow(() -> new VirtException(ErrorCode.NO_CONNECT, ErrorDomain.NONE, name));
        if (!paths(hypervisor).contains(uri.path())) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, "unexpected " + hypervisor.scheme()
                    + " URI path '" + uri.path() + "', try " + hypervisor.scheme() + "://" + usualPath(hypervisor));
        }
        return new Choice(hypervisor, name);
    }

    private Set<String> paths(Hypervisor hypervisor) {
        if (hypervisor.scheme().equals("test")) {
            return Set.of("/default");
        }
        return privileged ? Set.of("/system", "/session") : Set.of("/session");
    }

    private String usualPath(Hypervisor hypervisor) {
        return hypervisor.scheme().equals("test") ? "/default" : privileged ? "/system" : "/session";
    }

    /** Lets go of all guests without touching them. */
    @Override
    public void close() {
        for (Hypervisor hypervisor : open) {
            hypervisor.session().close();
        }
    }
}
