package dev.godwit.wire.remote;

/** What a caller must be allowed to do. The names are those of libvirt's access control. */
public enum Permission {
    /** See that a connection exists and what it speaks to. */
    CONNECT_GETATTR("connect", "getattr"),
    /** Read about the host. */
    CONNECT_READ("connect", "read"),
    /** Change the host, or make it run something. */
    CONNECT_WRITE("connect", "write"),
    /** List guests. */
    CONNECT_SEARCH_DOMAINS("connect", "search-domains"),
    /** List networks. */
    CONNECT_SEARCH_NETWORKS("connect", "search-networks"),
    /** List storage pools. */
    CONNECT_SEARCH_STORAGE_POOLS("connect", "search-storage-pools"),
    /** See that a guest exists. */
    DOMAIN_GETATTR("domain", "getattr"),
    /** Read about a guest. */
    DOMAIN_READ("domain", "read"),
    /** Read a guest's secrets. */
    DOMAIN_READ_SECURE("domain", "read-secure"),
    /** Change a guest. */
    DOMAIN_WRITE("domain", "write"),
    /** Keep a guest's configuration on disk. */
    DOMAIN_SAVE("domain", "save"),
    /** Forget a guest's configuration. */
    DOMAIN_DELETE("domain", "delete"),
    /** Start a guest. */
    DOMAIN_START("domain", "start"),
    /** Cut a guest's power. */
    DOMAIN_STOP("domain", "stop"),
    /** Press a guest's reset button. */
    DOMAIN_RESET("domain", "reset"),
    /** Pause and resume a guest. */
    DOMAIN_SUSPEND("domain", "suspend"),
    /** Ask a guest to shut down or restart. */
    DOMAIN_INIT_CONTROL("domain", "init-control"),
    /** Save a guest's memory to disk, and drop what was saved. */
    DOMAIN_HIBERNATE("domain", "hibernate"),
    /** Move a guest. */
    DOMAIN_MIGRATE("domain", "migrate"),
    /** Use a guest's console. */
    DOMAIN_OPEN_DEVICE("domain", "open-device"),
    /** Use a guest's display. */
    DOMAIN_OPEN_GRAPHICS("domain", "open-graphics"),
    /** Take a picture of a guest's display. */
    DOMAIN_SCREENSHOT("domain", "screenshot"),
    /** Press a guest's keys. */
    DOMAIN_SEND_INPUT("domain", "send-input");

    private final String object;
    private final String action;

    Permission(String object, String action) {
        this.object = object;
        this.action = action;
    }

    /**
     * What the permission is about.
     *
     * @return "connect" or "domain"
     */
    public String object() {
        return object;
    }

    /**
     * What may be done with it.
     *
     * @return such as "migrate"
     */
    public String action() {
        return action;
    }

    /** As libvirt's documentation writes it: {@code domain:migrate}. */
    @Override
    public String toString() {
        return object + ":" + action;
    }
}
