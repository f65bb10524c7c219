package dev.godwit.migration.model;

import dev.godwit.domain.Host;
import dev.godwit.migration.model.World.Asking;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Coordinator;
import dev.godwit.migration.model.World.Delivery;
import dev.godwit.migration.model.World.Link;
import java.util.Locale;

/** What nobody asked for, as often as it likes, and what puts it right: daemons, connections, and QEMU alone. */
final class FaultMoves {

    private FaultMoves() {}

    static void add(Rules rules, World world, Moves<World> moves) {
        for (Host host : Host.values()) {
            if (world.side(host).up()) {
                String name = host.name().toLowerCase(Locale.ROOT);
                moves.may("the " + name + "'s daemon is killed", killed(rules, world, host));
                if (host == Host.DESTINATION || !rules.peerToPeer()) {
                    connection(rules, world, moves, host, name);
                }
            }
        }
        question(world, moves);
        qemu(world, moves);
    }

    /** What is volatile goes; the journal and QEMU stay. Who waits for an answer that was not sent yet gets none. */
    private static World killed(Rules rules, World world, Host host) {
        World down = silent(world, host).side(host, world.side(host).down()).link(host, Link.CLOSED);
        if (host == Host.SOURCE) {
            World forgotten = down.asking(Asking.NO);
            return rules.peerToPeer()
                    ? forgotten.coordinator(Coordinator.dead()).link(Host.DESTINATION, broken(world.toDestination()))
                    : forgotten;
        }
        return world.asking() == Asking.SENT || world.asking() == Asking.TAKEN ? down.asking(Asking.WANTED) : down;
    }

    /** One end notices first. An answer that is on its way may still be heard when that is the host. */
    private static void connection(Rules rules, World world, Moves<World> moves, Host host, String name) {
        if (world.link(host) == Link.OPEN) {
            moves.may("the coordinator loses its connection to the " + name, lost(world, host).link(host, Link.BROKEN));
            moves.may("the " + name + " loses its connection to the coordinator",
                    noticed(rules, silent(world, host), host));
        } else if (world.link(host) == Link.BROKEN) {
            moves.due("the " + name + " notices that its connection is closed", noticed(rules, world, host));
        }
    }

    private static World noticed(Rules rules, World world, Host host) {
        Moves<World> none = new Moves<>(world);
        HostMoves side = host == Host.SOURCE ? new SourceMoves(rules, world, none) : new DestinationMoves(rules, world, none);
        return side.noticed(world);
    }

    private static void question(World world, Moves<World> moves) {
        if (world.coordinator().asks()) {
            moves.may("the coordinator's question is lost", lost(world, Host.DESTINATION));
        }
        if (world.hostsApart()) {
            moves.due("source and destination reach each other again", world.hostsApart(false));
        } else if (world.asking() != Asking.NO) {
            moves.may("source and destination lose each other", world.asking(Asking.WANTED).hostsApart(true));
        }
    }

    /** QEMU sends without its daemon, and can end at any time, by itself or because a user destroys the guest. */
    private static void qemu(World world, Moves<World> moves) {
        Copy here = world.source().copy();
        Copy there = world.destination().copy();
        if (here == Copy.SENDING && there == Copy.WAITING) {
            moves.due("the guest stops at the source; all of it has been sent", world
                    .source(world.source().copy(Copy.SENT))
                    .destination(world.destination().copy(Copy.COMPLETE)));
        }
        if (here != Copy.NONE) {
            moves.may("the guest ends at the source", world.endsHere());
        }
        if (there != Copy.NONE) {
            moves.may("the guest ends at the destination", world.endsThere());
        }
    }

    /** The host's end is gone: a call that it has not answered never will be. */
    private static World silent(World world, Host host) {
        return world.coordinator().delivery() == Delivery.ANSWERED ? world : lost(world, host);
    }

    /** The coordinator's end is gone: it hears nothing more, also not what was on its way. */
    private static World lost(World world, Host host) {
        Coordinator coordinator = world.coordinator();
        boolean waits = coordinator.call().isFor(host) && coordinator.delivery() != Delivery.READY;
        return waits ? world.coordinator(coordinator.delivery(Delivery.LOST)) : world;
    }

    static Link broken(Link link) {
        return link == Link.OPEN ? Link.BROKEN : link;
    }
}
