package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_MIGRATE;
import static dev.godwit.wire.remote.Permission.DOMAIN_START;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.Unsigned;
import java.util.Optional;

/**
 * Migration for peers without parameters: version 3 as it was first, and versions 2 and 1 before it.
 *
 * <p>Version 3 is {@link MigrationProcedures} with five fixed arguments instead of a list; {@code resource} is
 * the bandwidth in MiB/s, {@code flags} are {@link MigrationFlags}. Versions 1 and 2 know neither Begin nor
 * Confirm, so nobody can put the source right after a failure; a daemon need not offer them.
 */
public final class OlderMigrationProcedures {

    /** Version 3, source: lock the guest and describe it. */
    public static final Procedure<Begin3Args, Begin3Ret> BEGIN3 =
            call(213, Begin3Args.class, Begin3Ret.class).api("virDomainMigrateBegin3").allow(DOMAIN_MIGRATE);

    /** Version 3, destination: start a paused receiver. */
    public static final Procedure<Prepare3Args, Prepare3Ret> PREPARE3 =
            call(214, Prepare3Args.class, Prepare3Ret.class).api("virDomainMigratePrepare3")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE);

    /** Version 3, destination: start a paused receiver that is fed by this call's stream. */
    public static final Procedure<PrepareTunnel3Args, PrepareTunnel3Ret> PREPARE_TUNNEL3 =
            call(215, PrepareTunnel3Args.class, PrepareTunnel3Ret.class).api("virDomainMigratePrepareTunnel3")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE).writeStream();

    /** Version 3, source: send the guest. */
    public static final Procedure<Perform3Args, Perform3Ret> PERFORM3 =
            call(216, Perform3Args.class, Perform3Ret.class).api("virDomainMigratePerform3")
                    .allow(DOMAIN_MIGRATE);

    /** Version 3, destination: start the guest, or throw the receiver away if {@code cancelled}. */
    public static final Procedure<Finish3Args, Finish3Ret> FINISH3 =
            call(217, Finish3Args.class, Finish3Ret.class).api("virDomainMigrateFinish3")
                    .allow(DOMAIN_MIGRATE);

    /** Version 3, source: destroy the original, or resume it if {@code cancelled}. */
    public static final Procedure<Confirm3Args, Nothing> CONFIRM3 =
            call(218, Confirm3Args.class, Nothing.class).api("virDomainMigrateConfirm3").allow(DOMAIN_MIGRATE);

    /** Version 2, destination. */
    public static final Procedure<Prepare2Args, Prepare2Ret> PREPARE2 =
            call(108, Prepare2Args.class, Prepare2Ret.class).api("virDomainMigratePrepare2")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE);

    /** Version 2, destination; {@code retcode} is what {@link #PERFORM} gave. */
    public static final Procedure<Finish2Args, Finish2Ret> FINISH2 =
            call(109, Finish2Args.class, Finish2Ret.class).api("virDomainMigrateFinish2")
                    .allow(DOMAIN_MIGRATE);

    /** Version 1, destination. */
    public static final Procedure<Prepare1Args, Prepare1Ret> PREPARE1 =
            call(61, Prepare1Args.class, Prepare1Ret.class).api("virDomainMigratePrepare")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE);

    /** Versions 1 and 2, source. */
    public static final Procedure<PerformArgs, Nothing> PERFORM =
            call(62, PerformArgs.class, Nothing.class).api("virDomainMigratePerform").allow(DOMAIN_MIGRATE);

    /** Version 1, destination. */
    public static final Procedure<Finish1Args, Finish1Ret> FINISH1 =
            call(63, Finish1Args.class, Finish1Ret.class).api("virDomainMigrateFinish").allow(DOMAIN_MIGRATE);

    /** Version 2, destination: fed by this call's stream. */
    public static final Procedure<PrepareTunnelArgs, Nothing> PREPARE_TUNNEL =
            call(148, PrepareTunnelArgs.class, Nothing.class).api("virDomainMigratePrepareTunnel")
                    .allow(DOMAIN_MIGRATE, DOMAIN_START, DOMAIN_WRITE).writeStream();

    // @formatter:off
    public record Begin3Args(NonnullDomain dom, Optional<String> xmlin, @Unsigned long flags, Optional<String> dname,
                             @Unsigned long resource) {}
    public record Begin3Ret(@AtMost(Limits.COOKIE) Opaque cookieOut, String xml) {}
    public record Prepare3Args(@AtMost(Limits.COOKIE) Opaque cookieIn, Optional<String> uriIn, @Unsigned long flags,
                               Optional<String> dname, @Unsigned long resource, String domXml) {}
    public record Prepare3Ret(@AtMost(Limits.COOKIE) Opaque cookieOut, Optional<String> uriOut) {}
    public record PrepareTunnel3Args(@AtMost(Limits.COOKIE) Opaque cookieIn, @Unsigned long flags,
                                     Optional<String> dname, @Unsigned long resource, String domXml) {}
    public record PrepareTunnel3Ret(@AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record Perform3Args(NonnullDomain dom, Optional<String> xmlin, @AtMost(Limits.COOKIE) Opaque cookieIn,
                               Optional<String> dconnuri, Optional<String> uri, @Unsigned long flags,
                               Optional<String> dname, @Unsigned long resource) {}
    public record Perform3Ret(@AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record Finish3Args(String dname, @AtMost(Limits.COOKIE) Opaque cookieIn, Optional<String> dconnuri,
                              Optional<String> uri, @Unsigned long flags, int cancelled) {}
    public record Finish3Ret(NonnullDomain dom, @AtMost(Limits.COOKIE) Opaque cookieOut) {}
    public record Confirm3Args(NonnullDomain dom, @AtMost(Limits.COOKIE) Opaque cookieIn, @Unsigned long flags,
                               int cancelled) {}
    public record Prepare2Args(Optional<String> uriIn, @Unsigned long flags, Optional<String> dname,
                               @Unsigned long resource, String domXml) {}
    public record Prepare2Ret(@AtMost(Limits.COOKIE) Opaque cookie, Optional<String> uriOut) {}
    public record Finish2Args(String dname, @AtMost(Limits.COOKIE) Opaque cookie, String uri, @Unsigned long flags,
                              int retcode) {}
    public record Finish2Ret(NonnullDomain ddom) {}
    public record Prepare1Args(Optional<String> uriIn, @Unsigned long flags, Optional<String> dname,
                               @Unsigned long resource) {}
    public record Prepare1Ret(@AtMost(Limits.COOKIE) Opaque cookie, Optional<String> uriOut) {}
    public record PerformArgs(NonnullDomain dom, @AtMost(Limits.COOKIE) Opaque cookie, String uri,
                              @Unsigned long flags, Optional<String> dname, @Unsigned long resource) {}
    public record Finish1Args(String dname, @AtMost(Limits.COOKIE) Opaque cookie, String uri, @Unsigned long flags) {}
    public record Finish1Ret(NonnullDomain ddom) {}
    public record PrepareTunnelArgs(@Unsigned long flags, Optional<String> dname, @Unsigned long resource,
                                    String domXml) {}
    // @formatter:on

    private OlderMigrationProcedures() {}
}
