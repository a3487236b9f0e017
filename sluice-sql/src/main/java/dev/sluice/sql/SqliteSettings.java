package dev.sluice.sql;

import java.time.Duration;

/**
 * How a store on SQLite runs.
 *
 * @param waiting most works that may wait or be under way, at least 1; one more fails at once
 * @param batch most works in one commit, at least 1
 * @param readers most queries at the same time, at least 1
 * @param hotKeys how many states are kept decoded, so that a key that is used again need not be read; 0 for none
 * @param patience how long a query waits for its turn, and a write for a lock of another program; at least 250 ms
 */
public record SqliteSettings(int waiting, int batch, int readers, int hotKeys, Duration patience) {
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(250);
    private static final Duration MOST_PATIENCE = Duration.ofHours(1);

    /** 10,000 waiting, 512 to a commit, 4 readers, 10,000 hot keys (some 5 MB), 5 s. */
    public static final SqliteSettings STANDARD = new SqliteSettings(10_000, 512, 4, 10_000, Duration.ofSeconds(5));

    /** @throws IllegalArgumentException if a part is out of its range */
    public SqliteSettings {
        require("waiting", waiting, 1);
        require("batch", batch, 1);
        require("readers", readers, 1);
        require("hotKeys", hotKeys, 0);
        if (patience.compareTo(LEAST_PATIENCE) < 0 || patience.compareTo(MOST_PATIENCE) > 0) {
            throw new IllegalArgumentException("patience must be from 250 ms to 1 h, not " + patience);
        }
    }

    private static void require(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }
}
