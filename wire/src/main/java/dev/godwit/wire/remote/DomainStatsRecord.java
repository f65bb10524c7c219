package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.AtMost;
import java.util.List;

/**
 * One guest's share of an answer to {@link ConnectProcedures#GET_ALL_DOMAIN_STATS}.
 *
 * @param dom    the guest
 * @param params its statistics by name
 */
public record DomainStatsRecord(NonnullDomain dom, @AtMost(Limits.STATS_PARAMS) List<TypedParam> params) {}
