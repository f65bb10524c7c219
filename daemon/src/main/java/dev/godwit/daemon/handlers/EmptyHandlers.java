package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.ref;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.driver.Guests;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.xdr.Opaque;
import java.util.List;

/**
 * Questions whose answer is that there is nothing: saved images, snapshots, checkpoints, networks, storage pools, and
 * security labels do not exist here yet, and clients ask about them before they do anything else. About a guest that is
 * not there the answer is an error all the same.
 */
final class EmptyHandlers {

    void addTo(Handlers handlers) {
        handlers.on(DomainQueryProcedures.HAS_MANAGED_SAVE_IMAGE, (session, args) -> {
            session.checkFlags(DomainQueryProcedures.HAS_MANAGED_SAVE_IMAGE, args.flags(), 0);
            checkExists(session, args.dom());
            return new DomainQueryProcedures.HasManagedSaveImageRet(0);
        });
        handlers.on(DomainQueryProcedures.GET_AUTOSTART_ONCE, (session, args) -> {
            checkExists(session, args.dom());
            return new DomainQueryProcedures.GetAutostartOnceRet(0);
        });
        handlers.on(DomainQueryProcedures.SNAPSHOT_NUM, (session, args) -> {
            checkExists(session, args.dom());
            return new DomainQueryProcedures.SnapshotNumRet(0);
        });
        handlers.on(DomainQueryProcedures.LIST_ALL_SNAPSHOTS, (session, args) -> {
            checkExists(session, args.dom());
            return new DomainQueryProcedures.ListAllSnapshotsRet(List.of(), 0);
        });
        handlers.on(DomainQueryProcedures.LIST_ALL_CHECKPOINTS, (session, args) -> {
            checkExists(session, args.dom());
            return new DomainQueryProcedures.ListAllCheckpointsRet(List.of(), 0);
        });
        handlers.on(ConnectProcedures.LIST_ALL_NETWORKS, (_, _) ->
                new ConnectProcedures.ListAllNetworksRet(List.of(), 0));
        handlers.on(ConnectProcedures.LIST_ALL_STORAGE_POOLS, (_, _) ->
                new ConnectProcedures.ListAllStoragePoolsRet(List.of(), 0));
        handlers.on(NodeProcedures.GET_SECURITY_MODEL, (_, _) ->
                new NodeProcedures.GetSecurityModelRet(Opaque.ofTextWithNul("none"), Opaque.ofTextWithNul("0")));
        handlers.on(DomainQueryProcedures.GET_SECURITY_LABEL, (session, args) -> {
            checkExists(session, args.dom());
            return new DomainQueryProcedures.GetSecurityLabelRet(Opaque.ofTextWithNul(""), 0);
        });
    }

    private static void checkExists(Session session, NonnullDomain guest) {
        session.facet(Guests.class).isPersistent(ref(guest));
    }
}
