package dev.sluice.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Rule;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Libraries that answer "may it go out now?" within one process, each set up as its documentation advises: five an hour
 * for each of many keys.
 */
public enum Rival {
    /** The gate over the memory store; it counts what it holds, tells it in a digest, and can say why. */
    SLUICE,
    /** A token bucket for each key in a concurrent map; it holds without counting, and its map only grows. */
    BUCKET4J,
    /** A limiter for each key in its registry; it holds without counting, and its registry only grows. */
    RESILIENCE4J,
    /** What one writes by hand: a count and a start in a cache that forgets; no digest, no claim, no refund. */
    CAFFEINE;

    /** How many may go out in {@link #WINDOW}. */
    static final int LIMIT = 5;

    /** How long a window is. */
    static final Duration WINDOW = Duration.ofHours(1);

    /** A fresh limiter that can hold so many keys. */
    Limiter limiter(int keys) {
        return switch (this) {
            case SLUICE -> sluice(keys);
            case BUCKET4J -> bucket4j();
            case RESILIENCE4J -> resilience4j();
            case CAFFEINE -> caffeine(keys);
        };
    }

    /** Answers for one key; whoever asks need not say what it was about. Safe for use by many threads. */
    interface Limiter extends AutoCloseable {
        /** Whether one more of {@code subject} may go out now. */
        boolean allow(String subject);

        @Override
        default void close() {}
    }

    private static Limiter sluice(int keys) {
        Gate gate = Gate.over(new MemoryStore(2 * keys, InstantSource.system()))
                .flow("errors", Rule.allow("5 per 1h").build())
                .onDigest((key, tally) -> {})
                .build();
        return new Limiter() {
            @Override
            public boolean allow(String subject) {
                return gate.tryPass(Key.of("errors", subject));
            }

            @Override
            public void close() {
                gate.close();
            }
        };
    }

    private static Limiter bucket4j() {
        Map<String, Bucket> buckets = new ConcurrentHashMap<>();
        Bandwidth bandwidth = Bandwidth.builder()
                .capacity(LIMIT)
                .refillIntervally(LIMIT, WINDOW)
                .build();
        return subject -> buckets.computeIfAbsent(
                        subject, any -> Bucket.builder().addLimit(bandwidth).build())
                .tryConsume(1);
    }

    private static Limiter resilience4j() {
        RateLimiterRegistry limiters = RateLimiterRegistry.of(RateLimiterConfig.custom()
                .limitForPeriod(LIMIT)
                .limitRefreshPeriod(WINDOW)
                .timeoutDuration(Duration.ZERO)
                .build());
        return subject -> limiters.rateLimiter(subject).acquirePermission();
    }

    private static Limiter caffeine(int keys) {
        Cache<String, Window> windows =
                Caffeine.newBuilder().maximumSize(keys).expireAfterWrite(WINDOW).build();
        return subject -> {
            long now = System.nanoTime();
            Window window = windows.asMap().compute(subject, (key, before) -> Window.next(before, now));
            return window.count <= LIMIT;
        };
    }

    private record Window(long start, int count) {
        static Window next(@org.jspecify.annotations.Nullable Window before, long now) {
            return before == null || now - before.start >= WINDOW.toNanos()
                    ? new Window(now, 1)
                    : new Window(before.start, before.count + 1);
        }
    }
}
