package dev.godwit.lab.simulation;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.dial.Dialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.lab.simulation.world.LateCall;
import dev.godwit.lab.simulation.world.Process;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.time.Duration;

/** A call of a migration that comes once more, over another connection, as from somebody who did not hear the answer. */
final class SimulatedEcho {

    private final World world;
    private final LateCall call;
    private final Duration staysFor;
    private final Process process;
    private boolean over;

    /** Begins. */
    SimulatedEcho(World world, String name, LateCall call, Duration staysFor) {
        this.world = world;
        this.call = call;
        this.staysFor = staysFor;
        this.process = new Process(world.scheduler(), name);
        process.start("main", this::run);
    }

    private void run() {
        ByteChannel[] channel = new ByteChannel[1];
        Dialer dialer = world.network().dialer(process, process.name(), call.host());
        try (Connection _ = Connection.open(() -> channel[0] = dialer.dial(), ConnectUri.parse(World.uri(call.host())),
                ConnectOptions.DEFAULT, SimulatedDaemon.ports(process))) {
            channel[0].write(call.message());
            process.pause(staysFor);
        } catch (VirtException | IOException e) {
            world.trace().say(process.name(), () -> "is not heard: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
        }
    }

    /** Whether it has ended. */
    boolean isOver() {
        return over;
    }
}
