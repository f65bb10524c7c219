package dev.godwit.driver.qemu.qmp;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Parameters of a migration: those QEMU has, or those to be set.
 *
 * <p>They are kept as QEMU says them, because all of them have to be put back after a migration,
 * whichever they are. The methods below name those that we read and set ourselves.
 *
 * @param values name to value
 */
public record MigrationParameters(Json.Obj values) {

    /** No parameters. */
    public static final MigrationParameters NONE = new MigrationParameters(Json.EMPTY);

    /**
     * The limit for the whole transfer.
     *
     * @return in bytes a second; 0 is none
     */
    public OptionalLong maxBandwidth() {
        return values.optInteger("max-bandwidth");
    }

    /**
     * The longest pause at the switchover.
     *
     * @return in milliseconds
     */
    public OptionalLong downtimeLimit() {
        return values.optInteger("downtime-limit");
    }

    /**
     * The limit for the transfer after the switch to post-copy.
     *
     * @return in bytes a second; 0 is none
     */
    public OptionalLong maxPostcopyBandwidth() {
        return values.optInteger("max-postcopy-bandwidth");
    }

    /**
     * The size of the cache for {@code xbzrle}.
     *
     * @return in bytes
     */
    public OptionalLong xbzrleCacheSize() {
        return values.optInteger("xbzrle-cache-size");
    }

    /**
     * The credentials for TLS.
     *
     * @return the id of a {@code tls-creds} object; an empty text is no TLS
     */
    public Optional<String> tlsCreds() {
        return values.optText("tls-creds");
    }

    /**
     * These with another limit for the whole transfer.
     *
     * @param bytesPerSecond the limit; 0 is none
     * @return new parameters
     */
    public MigrationParameters withMaxBandwidth(long bytesPerSecond) {
        return new MigrationParameters(values.with("max-bandwidth", bytesPerSecond));
    }

    /**
     * These with another longest pause at the switchover.
     *
     * @param milliseconds the pause, at most 2,000,000
     * @return new parameters
     */
    public MigrationParameters withDowntimeLimit(long milliseconds) {
        return new MigrationParameters(values.with("downtime-limit", milliseconds));
    }

    /**
     * These with other credentials for TLS.
     *
     * @param credentials the id of a {@code tls-creds} object; empty text for no TLS
     * @param hostname    the name the peer's certificate must have; empty text for the URI's host
     * @return new parameters
     */
    public MigrationParameters withTls(String credentials, String hostname) {
        return new MigrationParameters(values.with("tls-creds", credentials).with("tls-hostname", hostname));
    }

    /**
     * Those of a list of names, for putting them back.
     *
     * @param names the names; those that are not here are skipped
     * @return new parameters
     */
    public MigrationParameters only(Collection<String> names) {
        var kept = new LinkedHashMap<>(values.members());
        kept.keySet().retainAll(names);
        return new MigrationParameters(Json.object(kept));
    }
}
