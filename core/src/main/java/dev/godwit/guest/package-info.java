/**
 * The guests of a hypervisor that keeps no list of its own: who they are, what they are configured to be,
 * what runs, and the files that make all of it survive the daemon.
 *
 * <p>A driver supplies a {@link dev.godwit.guest.Hypervisor}, which makes {@link dev.godwit.guest.Machine}s.
 * {@link dev.godwit.guest.GuestManager} does the rest and offers the facets
 * {@link dev.godwit.driver.Guests} and {@link dev.godwit.driver.DomainEvents}. The two sides of a migration
 * work on the same guests through {@link dev.godwit.guest.GuestMigrations}.
 *
 * <h2>Who may do what at the same time</h2>
 *
 * <p>Three things order the work; nobody takes them in another order than this one.
 *
 * <ol>
 *   <li><b>A job</b> ({@link dev.godwit.guest.Job}) is a lease on one guest for an operation, and lasts over calls to
 *       the hypervisor. There is one short job at a time. A migration's job lasts from BEGIN or PREPARE to the
 *       migration's end, across calls and threads, and says which {@link dev.godwit.guest.JobKind}s of short jobs are let in
 *       meanwhile; the others wait, and fail with error 68 in the end. Nothing that only asks takes a job.
 *   <li><b>A guest's change lock</b> is held while what is known of one guest and what its files say change together. It may be
 *       held over the writing of that guest's own small files and over the handing out of events, and over nothing
 *       else: no call to the hypervisor, no waiting for a job.
 *   <li><b>The registry's lock</b> is held for a look into maps.
 * </ol>
 *
 * <p>Queries take none of them. What is known of a guest is one immutable value, replaced as a whole, so a
 * query sees one moment and never waits, whatever else goes on.
 *
 * <p>A {@link dev.godwit.guest.Run} ends once: whoever ends it first (a destroy, the hypervisor's word that it is gone, the end of a
 * migration) decides on the state, the reason and the event; all later ones do nothing.
 */
package dev.godwit.guest;
