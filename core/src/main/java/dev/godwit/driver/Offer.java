package dev.godwit.driver;

/**
 * What the source says about the guest at the end of BEGIN.
 *
 * @param xml    the guest's definition in migratable form
 * @param cookie for the destination's PREPARE
 * @param paused whether its CPUs stand still, so that they are not to be started at the destination. Not
 *               part of the answer on the wire: libvirt's client asks for the guest's state right after
 *               BEGIN (procedure 212), and so does a stand-in.
 */
public record Offer(String xml, Cookie cookie, boolean paused) {

    /**
     * An offer of a guest that runs, or whose state does not matter to the one who gets it.
     *
     * @param xml    the guest's definition in migratable form
     * @param cookie for the destination's PREPARE
     */
    public Offer(String xml, Cookie cookie) {
        this(xml, cookie, false);
    }
}
