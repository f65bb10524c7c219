package dev.godwit.daemon.peer;

import dev.godwit.client.Connection;
import dev.godwit.client.Pending;
import dev.godwit.client.migration.DestinationInquiry;
import dev.godwit.client.migration.PeerUri;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.DestinationQuestion;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** This daemon as a source that asks a destination what has become of a guest: see {@link DestinationInquiry}. */
public final class PeerQuestions implements DestinationQuestion {

    /**
     * How long one URI may take, from the first packet to the answer. Longer than a stock daemon lets a call wait for a job
     * that is in its way, which is 30 seconds, and than the connection to one address may take.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(45);

    /**
     * So long after a guest was sent its absence at a stock destination proves that it never ran there. Nobody shuts a guest down or
     * moves it on within a few minutes of its arrival without looking; after an outage of hours that is ordinary life.
     */
    public static final Duration RECENT = Duration.ofMinutes(5);

    private static final System.Logger LOG = System.getLogger(PeerQuestions.class.getName());

    private final Supplier<String> hostName;
    private final Function<ConnectUri, Connection> opener;
    private final Waiting waiting;
    private final Duration patience;

    /**
     * A source that asks.
     *
     * @param hostName what this host is called in messages
     * @param opener   opens a connection, with the daemon's own credentials and keepalive; throws {@link VirtException} like
     *                 {@link Connection#open}
     * @param waiting  how it waits for an answer
     * @param patience how long one URI may take
     */
    public PeerQuestions(Supplier<String> hostName, Function<ConnectUri, Connection> opener, Waiting waiting,
            Duration patience) {
        this.hostName = hostName;
        this.opener = opener;
        this.waiting = waiting;
        this.patience = patience;
    }

    @Override
    public Standing ask(List<String> uris, MigrationId migration, DomainRef guest) {
        return ask(uris, migration, guest, Duration.ZERO);
    }

    @Override
    public Standing ask(List<String> uris, MigrationId migration, DomainRef guest, Duration sent) {
        if (uris.isEmpty()) {
            throw failed("Nobody has told host " + hostName.get() + " under which connection URI the destination of guest '"
                    + guest.name() + "' can be asked");
        }
        List<String> reasons = new ArrayList<>();
        for (String uri : uris) {
            try {
                return within(PeerUri.parse(uri), migration, guest, sent.compareTo(RECENT) <= 0);
            } catch (VirtException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LOG.log(System.Logger.Level.DEBUG, () -> "Guest " + guest.name() + ", migration " + migration
                        + ": no answer by " + uri + ": " + e.getMessage());
                reasons.add(e.host().map(host -> host + " ").orElse("") + "by " + uri + ": " + e.getMessage());
            }
        }
        throw failed("Host " + hostName.get() + " could not ask the destination of guest '" + guest.name() + "' as user "
                + System.getProperty("user.name") + " (" + String.join("; ", reasons) + ")");
    }

    private VirtException failed(String why) {
        return VirtException.raw(ErrorCode.OPERATION_FAILED, ErrorDomain.NONE, why).at(hostName.get());
    }

    /** One URI, for as long as it may take. */
    private Standing within(ConnectUri uri, MigrationId migration, DomainRef guest, boolean recent) {
        Attempt attempt = new Attempt(uri, migration, guest, recent);
        Pending<Standing> answer =
                Pending.start(Thread.ofVirtual().name("question to " + uri), waiting, attempt::ask);
        try {
            if (!answer.await(patience.toNanos())) {
                throw new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.NONE,
                        "no answer within " + patience.toSeconds() + " s").at(uri.host().orElse("localhost"));
            }
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.NONE,
                    "interrupted while asking the destination of guest '" + guest.name() + "'", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VirtException reason) {
                throw reason;
            }
            throw new IllegalStateException("A mistake in the question to " + uri, e.getCause());
        } finally {
            attempt.giveUp();
        }
    }

    /** One URI: its connection, which somebody who does not want to wait any more may take away. */
    private final class Attempt {

        private final ConnectUri uri;
        private final MigrationId migration;
        private final DomainRef guest;
        private final boolean recent;
        private final Object lock = new Object();
        /** Guarded by the lock, as all below. */
        private Optional<Thread> asks = Optional.empty();
        private Optional<Connection> connection = Optional.empty();
        private boolean givenUp;

        Attempt(ConnectUri uri, MigrationId migration, DomainRef guest, boolean recent) {
            this.uri = uri;
            this.migration = migration;
            this.guest = guest;
            this.recent = recent;
        }

        Standing ask() {
            synchronized (lock) {
                if (givenUp) {
                    throw nobodyWaits();
                }
                asks = Optional.of(Thread.currentThread());
            }
            try {
                return askOpenly();
            } finally {
                synchronized (lock) {
                    asks = Optional.empty();
                    connection = Optional.empty();
                }
            }
        }

        private Standing askOpenly() {
            try (Connection peer = opener.apply(uri)) {
                synchronized (lock) {
                    if (givenUp) {
                        throw nobodyWaits();
                    }
                    connection = Optional.of(peer);
                }
                return new DestinationInquiry(peer).ask(migration, guest, AskUris.hostIn(uri), recent);
            }
        }

        private VirtException nobodyWaits() {
            return new LostConnectionException(uri.host().orElse("localhost"), "nobody waits for the answer any more", null);
        }

        /** Ends what waits for the other host: a connection that is being made, or a call. Nothing when it is over. */
        void giveUp() {
            Optional<Connection> open;
            synchronized (lock) {
                givenUp = true;
                asks.ifPresent(Thread::interrupt);
                open = connection;
            }
            open.ifPresent(Connection::close);
        }
    }
}
