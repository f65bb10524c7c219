package dev.godwit.daemon.access;

import java.util.Optional;

/**
 * One line for each change that a client makes and for each call that it may not make: who, what, which guest, and what
 * has come of it. The logger's name is {@code godwit.audit}, so that the lines can be told from all others.
 */
public final class Audit {

    private final System.Logger log;

    /** Lines in the daemon's log. */
    public Audit() {
        this(System.getLogger("godwit.audit"));
    }

    Audit(System.Logger log) {
        this.log = log;
    }

    /**
     * A change was made.
     *
     * @param client who made it
     * @param api    what was called
     * @param target with which guest
     */
    public void done(Identity client, String api, Optional<Target> target) {
        log.log(System.Logger.Level.INFO, () -> line(client, api, target) + " done");
    }

    /**
     * A change was allowed, and could not be made.
     *
     * @param client who asked for it
     * @param api    what was called
     * @param target with which guest
     * @param why    what went wrong
     */
    public void failed(Identity client, String api, Optional<Target> target, String why) {
        log.log(System.Logger.Level.INFO, () -> line(client, api, target) + " failed " + Identity.quoted(why));
    }

    /**
     * A call was refused.
     *
     * @param client who made it
     * @param api    what was called
     * @param target with which guest
     * @param why    what it would have needed
     */
    public void denied(Identity client, String api, Optional<Target> target, String why) {
        log.log(System.Logger.Level.WARNING, () -> line(client, api, target) + " denied " + Identity.quoted(why));
    }

    private static String line(Identity client, String api, Optional<Target> target) {
        return "audit: " + client + " " + api + target.map(on -> " on " + on).orElse("");
    }
}
