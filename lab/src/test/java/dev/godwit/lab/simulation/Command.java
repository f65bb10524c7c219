package dev.godwit.lab.simulation;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import java.util.Set;

/** What an administrator may do to the guest in the middle of everything. */
enum Command {

    DESTROY {
        @Override
        void run(Connection host, Domain guest) {
            guest.destroy(Set.of());
        }
    },
    SUSPEND {
        @Override
        void expect(Fate fate) {
            fate.mayBePaused();
        }

        @Override
        void run(Connection host, Domain guest) {
            guest.suspend();
        }
    },
    RESUME {
        @Override
        void run(Connection host, Domain guest) {
            guest.resume();
        }
    },
    ABORT {
        @Override
        void run(Connection host, Domain guest) {
            guest.jobs().abort();
        }
    },
    UNDEFINE {
        @Override
        void expect(Fate fate) {
            fate.configurationsChange();
        }

        @Override
        void run(Connection host, Domain guest) {
            guest.undefine(Set.of());
        }
    },
    DEFINE {
        @Override
        void expect(Fate fate) {
            fate.configurationsChange();
        }

        @Override
        void run(Connection host, Domain guest) {
            host.domains().define(World.definition(), Set.of());
        }

        @Override
        boolean needsGuest() {
            return false;
        }
    };

    /** What may have become of the guest if the command was carried out. */
    void expect(Fate fate) {
        // Nothing that was not so before.
    }

    /** Does it. */
    abstract void run(Connection host, Domain guest);

    /** Whether it is about a guest that is there. */
    boolean needsGuest() {
        return true;
    }
}
