package dev.godwit.wire.remote;

import static dev.godwit.wire.xdr.Repeated.atMost;
import static dev.godwit.wire.xdr.Repeated.list;
import static dev.godwit.wire.xdr.Repeated.optional;
import static dev.godwit.wire.xdr.Repeated.plain;
import static dev.godwit.wire.xdr.Repeated.record;
import static dev.godwit.wire.xdr.Repeated.union;
import static dev.godwit.wire.xdr.Repeated.unsigned;

import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.Repeated;
import java.util.Map;
import java.util.UUID;

/**
 * The messages with which nearly every client begins, and those of the commands that are used most and of a migration,
 * declared once more in code, so that a program that soon ends gets by without reading annotations; see
 * {@link Repeated}. Other messages are not slower for not being here, only the first of them.
 */
public final class FirstMessages {

    private FirstMessages() {}

    /** Repeats them. To be called before the first of them is sent. */
    public static void repeat() {
        connection();
        guests();
        values();
        migration();
    }

    private static void connection() {
        record(AuthProcedures.ListRet.class, list(20, plain(Integer.class)));
        record(ConnectProcedures.SupportsFeatureArgs.class, plain(int.class));
        record(ConnectProcedures.SupportsFeatureRet.class, plain(int.class));
        record(ConnectProcedures.OpenArgs.class, optional(plain(String.class)), unsigned(int.class));
        record(ConnectProcedures.GetUriRet.class, plain(String.class));
        record(ConnectProcedures.ListAllDomainsArgs.class, plain(int.class), unsigned(int.class));
        record(ConnectProcedures.ListAllDomainsRet.class,
                list(Limits.LIST, plain(NonnullDomain.class)), unsigned(int.class));
    }

    private static void guests() {
        record(NonnullDomain.class, plain(String.class), plain(UUID.class), plain(int.class));
        record(DomainRet.class, plain(NonnullDomain.class));
        record(DomainArgs.class, plain(NonnullDomain.class));
        record(DomainFlagsArgs.class, plain(NonnullDomain.class), unsigned(int.class));
        record(DomainProcedures.LookupByNameArgs.class, plain(String.class));
        record(DomainProcedures.LookupByIdArgs.class, plain(int.class));
        record(DomainProcedures.LookupByUuidArgs.class, plain(UUID.class));
        record(DomainQueryProcedures.GetStateRet.class, plain(int.class), plain(int.class));
        record(DomainQueryProcedures.GetInfoRet.class, unsigned(int.class), unsigned(long.class),
                unsigned(long.class), unsigned(int.class), unsigned(long.class));
        record(DomainQueryProcedures.GetXmlDescRet.class, plain(String.class));
        record(DomainQueryProcedures.GetMessagesRet.class, list(2048, plain(String.class)));
    }

    /** What parameters and errors are made of. */
    private static void values() {
        record(ParamValue.Int.class, plain(int.class));
        record(ParamValue.UInt.class, unsigned(int.class));
        record(ParamValue.LLong.class, plain(long.class));
        record(ParamValue.ULLong.class, unsigned(long.class));
        record(ParamValue.Real.class, plain(double.class));
        record(ParamValue.Bool.class, plain(int.class));
        record(ParamValue.Text.class, plain(String.class));
        union(ParamValue.class, Map.of(1, ParamValue.Int.class, 2, ParamValue.UInt.class, 3, ParamValue.LLong.class,
                4, ParamValue.ULLong.class, 5, ParamValue.Real.class, 6, ParamValue.Bool.class,
                7, ParamValue.Text.class));
        record(TypedParam.class, plain(String.class), plain(ParamValue.class));
        record(NonnullNetwork.class, plain(String.class), plain(UUID.class));
        record(RemoteError.class, plain(int.class), plain(int.class), optional(plain(String.class)), plain(int.class),
                optional(plain(NonnullDomain.class)), optional(plain(String.class)), optional(plain(String.class)),
                optional(plain(String.class)), plain(int.class), plain(int.class),
                optional(plain(NonnullNetwork.class)));
    }

    private static void migration() {
        Repeated params = list(Limits.PARAMS, plain(TypedParam.class));
        Repeated cookie = atMost(Limits.COOKIE, Opaque.class);
        record(MigrationProcedures.BeginArgs.class, plain(NonnullDomain.class), params, unsigned(int.class));
        record(MigrationProcedures.BeginRet.class, cookie, plain(String.class));
        record(MigrationProcedures.PrepareArgs.class, params, cookie, unsigned(int.class));
        record(MigrationProcedures.PrepareRet.class, cookie, optional(plain(String.class)));
        record(MigrationProcedures.PerformArgs.class, plain(NonnullDomain.class), optional(plain(String.class)), params,
                cookie, unsigned(int.class));
        record(MigrationProcedures.PerformRet.class, cookie);
        record(MigrationProcedures.FinishArgs.class, params, cookie, unsigned(int.class), plain(int.class));
        record(MigrationProcedures.FinishRet.class, plain(NonnullDomain.class), cookie);
        record(MigrationProcedures.ConfirmArgs.class, plain(NonnullDomain.class), params, cookie, unsigned(int.class),
                plain(int.class));
        record(JobProcedures.GetJobStatsRet.class, plain(int.class), params);
    }
}
