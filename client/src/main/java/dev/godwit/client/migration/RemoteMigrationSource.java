package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.WireNames;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Stands in for the source at the far end of a connection: every phase is one call (remote protocol,
 * procedures 302, 305 and 307). Belongs to one migration.
 *
 * <p>Between BEGIN and CONFIRM the source protects the guest for as long as the connection stands. A
 * source that cannot do that (feature 7) keeps no job between calls, so there is nothing to confirm with
 * a cancel.
 *
 * <p>A phase that has been asked for is waited for, also by an interrupted thread: what it did must be known.
 */
public final class RemoteMigrationSource implements MigrationSource {

    private final Connection connection;
    private final Duration progressEvery;
    private boolean keepsJob;

    /**
     * A stand-in.
     *
     * @param connection    to the source
     * @param progressEvery how often the source is asked how far the transfer has come
     */
    public RemoteMigrationSource(Connection connection, Duration progressEvery) {
        this.connection = connection;
        this.progressEvery = progressEvery;
    }

    @Override
    public Offer begin(MigrationRequest request) {
        Features.requireParameters(connection);
        keepsJob = connection.supports(Feature.CHANGE_PROTECTION);
        MigrationProcedures.BeginRet ret = connection.callToTheEnd(MigrationProcedures.BEGIN,
                new MigrationProcedures.BeginArgs(WireNames.wire(request.guest()), MigrationParams.of(request),
                        flags(request)));
        boolean paused;
        try {
            paused = domain(request).state().state() == DomainState.PAUSED;
        } catch (VirtException e) {
            forget(request, e);
            throw e;
        }
        return new Offer(ret.xml(), cookie(ret.cookieOut()), paused);
    }

    /** BEGIN has to clean up after itself, so what follows it must not leave its job behind. */
    private void forget(MigrationRequest request, VirtException why) {
        try {
            confirm(request, Cookie.NONE, Verdict.CANCEL);
        } catch (VirtException e) {
            why.addSuppressed(e);
        }
    }

    @Override
    public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
        MigrationProcedures.PerformRet ret = new Transfer(domain(request), control, progressEvery).run(
                () -> connection.call(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(
                        WireNames.wire(request.guest()), Optional.empty(), MigrationParams.of(request),
                        opaque(receiver.cookie()), flags(request))));
        return new Sent(cookie(ret.cookieOut()));
    }

    @Override
    public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
        if (verdict == Verdict.CANCEL && !keepsJob) {
            return;
        }
        connection.callToTheEnd(MigrationProcedures.CONFIRM, new MigrationProcedures.ConfirmArgs(
                WireNames.wire(request.guest()), MigrationParams.of(request), opaque(cookie), flags(request),
                cancelled(verdict)));
    }

    /**
     * Gives the connection up: that is how a source learns that nobody drives it any more, and it does then
     * what is right there.
     */
    @Override
    public void abandon(MigrationRequest request) {
        connection.close();
    }

    private Domain domain(MigrationRequest request) {
        return connection.domains().of(request.guest());
    }

    private int flags(MigrationRequest request) {
        Set<MigrationFlag> flags = EnumSet.noneOf(MigrationFlag.class);
        flags.addAll(request.flags());
        if (keepsJob) {
            flags.add(MigrationFlag.CHANGE_PROTECTION);
        } else {
            flags.remove(MigrationFlag.CHANGE_PROTECTION);
        }
        return WireFlag.mask(flags);
    }

    static int cancelled(Verdict verdict) {
        return verdict == Verdict.CANCEL ? 1 : 0;
    }

    static Cookie cookie(Opaque bytes) {
        return Cookie.of(bytes.toByteArray());
    }

    static Opaque opaque(Cookie cookie) {
        return Opaque.of(cookie.bytes());
    }
}
