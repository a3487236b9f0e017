package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys that were armed, and without an episode, when that was looked at last: a level that says so again needs no database.
 * Each is asked again after a while, in front of a database that others write sooner. Safe for use by many threads.
 */
final class KnownSafe {
    private static final int MOST = 200_000;
    private static final long ALONE = Micros.of(Duration.ofMinutes(10));
    private static final long SHARED = Micros.of(Duration.ofSeconds(30));
    private static final long SWEEP = Micros.of(Duration.ofSeconds(1));

    private final Map<Key, Long> keys = new ConcurrentHashMap<>();
    private final long age;
    private volatile long swept = Micros.ABSENT;

    /** @param shared whether other processes write the same keys */
    KnownSafe(boolean shared) {
        age = shared ? SHARED : ALONE;
    }

    boolean isKnown(Key key, long now) {
        Long since = keys.get(key);
        return since != null && now >= since && now - since < age;
    }

    /** Beyond the bound, keys are asked about each time. */
    void know(Key key, long now) {
        if (keys.size() >= MOST && (swept == Micros.ABSENT || now < swept || now - swept >= SWEEP)) {
            swept = now;
            keys.values().removeIf(since -> now < since || now - since >= age);
        }
        if (keys.size() < MOST) {
            keys.put(key, now);
        }
    }

    void doubt(Key key) {
        keys.remove(key);
    }
}
