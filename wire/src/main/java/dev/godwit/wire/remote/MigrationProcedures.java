package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_MIGRATE;
import static dev.godwit.wire.remote.Permission.DOMAIN_START;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * The five phases of managed migration as they cross the wire, in the order they are called.
 *
 * <p>All that the system knows about a remote procedure is on this page: its number, what it takes, what it
 * gives back, and who may call it. The codec, the client's stub, the daemon's dispatch and access check, the
 * fuzz corpus and the layout golden file are derived from these lines.
 *
 * <p>{@code flags} are {@link MigrationFlags}, the parameters' names {@link MigrationParams}. The client sends
 * the same list of parameters to both hosts and in every phase. Cookies end in a NUL, which counts.
 */
public final class MigrationProcedures {

    /** Source: lock the guest into an outgoing migration and describe it. */
    public static final Procedure<BeginArgs, BeginRet> BEGIN =
            call(302, BeginArgs.class, BeginRet.class).api("virDomainMigrateBegin3Params")
                    .allow(DOMAIN_MIGRATE);

    /** Destination: start a paused receiver and say where it listens. */
    public static final Procedure<PrepareArgs, PrepareRet> PREPARE =
            call(303, PrepareArgs.class, PrepareRet.class).api("virDomainMigratePrepare3Params")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE);

    /** Destination: start a paused receiver that is fed by this call's stream. */
    public static final Procedure<PrepareTunnelArgs, PrepareTunnelRet> PREPARE_TUNNEL =
            call(304, PrepareTunnelArgs.class, PrepareTunnelRet.class)
                    .api("virDomainMigratePrepareTunnel3Params")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE).writeStream();

    /**
     * Source: send the guest. Returns when it has stopped here and all of it has been sent; with {@code
     * dconnuri} and {@link MigrationFlags#PEER2PEER} when the whole migration is over.
     */
    public static final Procedure<PerformArgs, PerformRet> PERFORM =
            call(305, PerformArgs.class, PerformRet.class).api("virDomainMigratePerform3Params")
                    .allow(DOMAIN_MIGRATE);

    /**
     * Destination: start the guest, or throw the receiver away if {@code cancelled}. That is always answered
     * with an error, by design: {@code MIGRATE_FINISH_OK} 93.
     */
    public static final Procedure<FinishArgs, FinishRet> FINISH =
            call(306, FinishArgs.class, FinishRet.class).api("virDomainMigrateFinish3Params")
                    .allow(DOMAIN_MIGRATE);

    /** Source: destroy the original, or resume it if {@code cancelled}. */
    public static final Procedure<ConfirmArgs, Nothing> CONFIRM =
            call(307, ConfirmArgs.class, Nothing.class).api("virDomainMigrateConfirm3Params")
                    .allow(DOMAIN_MIGRATE);

    // @formatter:off
    public record BeginArgs(NonnullDomain dom, @AtMost(Limits.PARAMS) List<TypedParam> params, @Unsigned int flags) {}
    public record BeginRet(@AtMost(Limits.COOKIE) Opaque cookieOut, String xml) {}
    public record PrepareArgs(@AtMost(Limits.PARAMS) List<TypedParam> params, @AtMost(Limits.COOKIE) Opaque cookieIn,
                              @Unsigned int flags) {}
    public record PrepareRet(@AtMost(Limits.COOKIE) Opaque cookieOut, Optional<String> uriOut) {}
    public record PrepareTunnelArgs(@AtMost(Limits.PARAMS) List<TypedParam> params,
                                    @AtMost(Limits.COOKIE) Opaque cookieIn, @Unsigned int flags) {}
    public record PrepareTunnelRet(@AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record PerformArgs(NonnullDomain dom, Optional<String> dconnuri,
                              @AtMost(Limits.PARAMS) List<TypedParam> params, @AtMost(Limits.COOKIE) Opaque cookieIn,
                              @Unsigned int flags) {}
    public record PerformRet(@AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record FinishArgs(@AtMost(Limits.PARAMS) List<TypedParam> params, @AtMost(Limits.COOKIE) Opaque cookieIn,
                             @Unsigned int flags, int cancelled) {}
    public record FinishRet(NonnullDomain dom, @AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record ConfirmArgs(NonnullDomain dom, @AtMost(Limits.PARAMS) List<TypedParam> params,
                              @AtMost(Limits.COOKIE) Opaque cookieIn, @Unsigned int flags, int cancelled) {}
    // @formatter:on

    private MigrationProcedures() {}
}
