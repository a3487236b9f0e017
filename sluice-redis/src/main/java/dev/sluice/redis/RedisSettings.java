package dev.sluice.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a store uses its server. Immutable; {@link #STANDARD}, changed where it must be.
 *
 * @param prefix begins every key and channel, so that several gates can share a server: letters, digits and {@code . _
 *     - :}, at most 64
 * @param timeout how long a command may take before it fails, at least a millisecond
 * @param connectTimeout how long connecting may take, at least a millisecond
 * @param queue most commands that wait for their answers on one connection; further ones fail at once
 * @param books whether the script keeps the books; a library that never asks for them saves two writes a step
 * @param acknowledgement how many replicas must have a pass before it is answered
 * @param trusted certificates, PEM, that a server with TLS is trusted by; empty for those that the JVM trusts
 */
public record RedisSettings(
        String prefix,
        Duration timeout,
        Duration connectTimeout,
        int queue,
        boolean books,
        Acknowledgement acknowledgement,
        Optional<Path> trusted) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** {@code sluice}, a second, two seconds to connect, 20,000 commands, books, no acknowledgement, the JVM's trust. */
    public static final RedisSettings STANDARD = new RedisSettings(
            "sluice",
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            20_000,
            true,
            Acknowledgement.NONE,
            Optional.empty());

    /**
     * How many replicas must have written a pass before it is answered, so that it survives a failover. Without it a
     * failover may lose the last moments of an asynchronous replica.
     *
     * @param replicas how many, at least 0; 0 waits for none
     * @param within how long to wait for them; the pass then fails with a StoreException, though the master has it
     */
    public record Acknowledgement(int replicas, Duration within) {
        /** Waits for no replica. */
        public static final Acknowledgement NONE = new Acknowledgement(0, Duration.ZERO);

        /** @throws IllegalArgumentException if {@code replicas} is negative, or above 0 without a time */
        public Acknowledgement {
            if (replicas < 0 || (replicas > 0 && within.toMillis() < 1)) {
                throw new IllegalArgumentException("an acknowledgement needs replicas and at least a millisecond");
            }
        }
    }

    /** @throws IllegalArgumentException if a part is out of its range */
    public RedisSettings {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "'" + prefix + "' cannot begin keys: 1 to 64 letters, digits and . _ - :");
        }
        if (timeout.toMillis() < 1 || connectTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("the timeouts of a Redis store must be at least a millisecond");
        }
        if (queue < 1) {
            throw new IllegalArgumentException("at least one command must be able to wait, not " + queue);
        }
    }

    /** The same with another prefix. */
    public RedisSettings withPrefix(String other) {
        return new RedisSettings(other, timeout, connectTimeout, queue, books, acknowledgement, trusted);
    }

    /** The same with another time that a command may take. */
    public RedisSettings withTimeout(Duration other) {
        return new RedisSettings(prefix, other, connectTimeout, queue, books, acknowledgement, trusted);
    }

    /** The same with or without books. */
    public RedisSettings withBooks(boolean kept) {
        return new RedisSettings(prefix, timeout, connectTimeout, queue, kept, acknowledgement, trusted);
    }

    /** The same with another acknowledgement. */
    public RedisSettings withAcknowledgement(Acknowledgement other) {
        return new RedisSettings(prefix, timeout, connectTimeout, queue, books, other, trusted);
    }

    /** The same, trusting only the certificates of a file. */
    public RedisSettings withTrusted(Path certificates) {
        return new RedisSettings(
                prefix, timeout, connectTimeout, queue, books, acknowledgement, Optional.of(certificates));
    }
}
