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
 * @param replicas how many replicas must have a pass before it is answered, so that it survives a failover; 0 for none.
 *     If they do not have it within half of {@code timeout}, the pass fails, and its claim is lost in time
 * @param trusted certificates, PEM, that a server with TLS is trusted by; empty for those that the JVM trusts
 */
public record RedisSettings(
        String prefix,
        Duration timeout,
        Duration connectTimeout,
        int queue,
        boolean books,
        int replicas,
        Optional<Path> trusted) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** {@code sluice}, a second, five seconds to connect, 20,000 commands, books, no replicas, the JVM's trust. */
    public static final RedisSettings STANDARD = new RedisSettings(
            "sluice", Duration.ofSeconds(1), Duration.ofSeconds(5), 20_000, true, 0, Optional.empty());

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
        if (replicas < 0) {
            throw new IllegalArgumentException("a pass cannot wait for " + replicas + " replicas");
        }
    }

    /** The same with another prefix. */
    public RedisSettings withPrefix(String other) {
        return new RedisSettings(other, timeout, connectTimeout, queue, books, replicas, trusted);
    }

    /** The same with another time that a command may take. */
    public RedisSettings withTimeout(Duration other) {
        return new RedisSettings(prefix, other, connectTimeout, queue, books, replicas, trusted);
    }

    /** The same with or without books. */
    public RedisSettings withBooks(boolean kept) {
        return new RedisSettings(prefix, timeout, connectTimeout, queue, kept, replicas, trusted);
    }

    /** The same, with that many replicas that must have a pass. */
    public RedisSettings withReplicas(int most) {
        return new RedisSettings(prefix, timeout, connectTimeout, queue, books, most, trusted);
    }

    /** The same, trusting only the certificates of a file. */
    public RedisSettings withTrusted(Path certificates) {
        return new RedisSettings(prefix, timeout, connectTimeout, queue, books, replicas, Optional.of(certificates));
    }
}
