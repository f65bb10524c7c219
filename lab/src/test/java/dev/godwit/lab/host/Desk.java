package dev.godwit.lab.host;

import java.nio.file.Path;

/** A machine without a daemon: where people sit, and where a test puts a peer that does not play by the rules. */
public final class Desk extends LabMachine {

    Desk(String name, Path folder, LabSite site) {
        super(name, folder, site);
    }

    /** Ends everything that runs here, as a test's last act. */
    public void endAll() {
        for (long process : space().processes()) {
            ProcessHandle.of(process).ifPresent(Commands::kill);
        }
    }

    @Override
    public String toString() {
        return "desk " + name();
    }
}
