package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All guests of a host, by name, UUID and id. A name belongs to one UUID and a UUID to one name.
 *
 * <p>Whoever is about to make a guest claims it first; a claim keeps the name and the UUID, and a guest that
 * has neither a configuration nor a run when its last claim ends is forgotten.
 */
public final class GuestRegistry {

    private final ErrorDomain errorDomain;
    private final Duration patience;
    private final Waiting waiting;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentMap<UUID, Guest> byUuid = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Guest> byName = new ConcurrentHashMap<>();
    /** Guarded by the lock. */
    private final Map<Guest, Integer> claims = new HashMap<>();
    /** Guarded by the lock. */
    private int lastId;

    /**
     * A registry without guests.
     *
     * @param errorDomain the subsystem of "not found"
     * @param patience    how long the guests' jobs wait for each other
     * @param waiting     how they wait
     * @param clock       wall-clock time
     */
    public GuestRegistry(ErrorDomain errorDomain, Duration patience, Waiting waiting, InstantSource clock) {
        this.errorDomain = errorDomain;
        this.patience = patience;
        this.waiting = waiting;
        this.clock = clock;
    }

    /** Keeps a guest in the registry while it is worked on. */
    public final class Claim implements AutoCloseable {
        private final Guest guest;
        private boolean closed;

        private Claim(Guest guest) {
            this.guest = guest;
        }

        /** The guest. */
        public Guest guest() {
            return guest;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    claims.merge(guest, -1, (a, b) -> a + b == 0 ? null : a + b);
                    forgetIfEmpty(guest);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** All guests that can be seen, in no particular order. */
    public List<Guest> all() {
        return byUuid.values().stream().filter(Guest::visible).toList();
    }

    /** The guest with a name. */
    public Optional<Guest> find(String name) {
        return Optional.ofNullable(byName.get(name)).filter(Guest::visible);
    }

    /** The guest with a UUID. */
    public Optional<Guest> find(UUID uuid) {
        return Optional.ofNullable(byUuid.get(uuid)).filter(Guest::visible);
    }

    /**
     * The guest with a name.
     *
     * @throws VirtException 42 where there is none
     */
    public Guest byName(String name) {
        return find(name).orElseThrow(() -> notFound("no domain with matching name '" + name + "'"));
    }

    /**
     * The guest with a UUID.
     *
     * @throws VirtException 42 where there is none
     */
    public Guest byUuid(UUID uuid) {
        return find(uuid).orElseThrow(() -> notFound("no domain with matching uuid '" + uuid + "'"));
    }

    /**
     * The running guest with an id.
     *
     * @throws VirtException 42 where there is none
     */
    public Guest byId(int id) {
        for (Guest guest : byUuid.values()) {
            if (id != DomainRef.INACTIVE && guest.id() == id) {
                return guest;
            }
        }
        throw notFound("no domain with matching id " + id);
    }

    /**
     * The guest of a reference, by UUID alone.
     *
     * @throws VirtException 42 where there is none, with the name of the reference
     */
    public Guest of(DomainRef ref) {
        return find(ref.uuid()).orElseThrow(() -> gone(ref));
    }

    /**
     * Claims the guest with a name and a UUID, whether there is one or not.
     *
     * @param name its name
     * @param uuid its identity
     * @return the claim; close it
     * @throws VirtException 9 when the name or the UUID belongs to another guest
     */
    public Claim claim(String name, UUID uuid) {
        lock.lock();
        try {
            Guest guest = byUuid.get(uuid);
            if (guest != null && !guest.name().equals(name)) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN,
                        "domain '" + guest.name() + "' is already defined with uuid " + uuid);
            }
            if (guest == null) {
                Guest other = byName.get(name);
                if (other != null) {
                    throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN,
                            "domain '" + name + "' already exists with uuid " + other.uuid());
                }
                guest = new Guest(name, uuid, patience, waiting, clock.instant());
                byUuid.put(uuid, guest);
                byName.put(name, guest);
            }
            return pin(guest);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Claims a guest that is there.
     *
     * @param ref the guest, by UUID alone
     * @return the claim; close it
     * @throws VirtException 42 where there is none
     */
    public Claim claim(DomainRef ref) {
        lock.lock();
        try {
            return pin(of(ref));
        } finally {
            lock.unlock();
        }
    }

    /** The next id: above all that were handed out or seen. */
    int nextId() {
        lock.lock();
        try {
            return ++lastId;
        } finally {
            lock.unlock();
        }
    }

    /** Makes ids continue above one that is in use since before the daemon's start. */
    void seenId(int id) {
        lock.lock();
        try {
            lastId = Math.max(lastId, id);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a guest that has neither a configuration nor a run and is not claimed. */
    void release(Guest guest) {
        lock.lock();
        try {
            forgetIfEmpty(guest);
        } finally {
            lock.unlock();
        }
    }

    private Claim pin(Guest guest) {
        claims.merge(guest, 1, Integer::sum);
        return new Claim(guest);
    }

    private void forgetIfEmpty(Guest guest) {
        if (!claims.containsKey(guest) && !guest.visible()) {
            byUuid.remove(guest.uuid(), guest);
            byName.remove(guest.name(), guest);
        }
    }

    VirtException gone(DomainRef ref) {
        return notFound("no domain with matching uuid '" + ref.uuid() + "' (" + ref.name() + ")");
    }

    private VirtException notFound(String detail) {
        return new VirtException(ErrorCode.NO_DOMAIN, errorDomain, detail);
    }
}
