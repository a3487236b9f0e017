package dev.sluice.sql;

import java.time.Duration;

/**
 * How a store on SQLite runs.
 *
 * @param waiting most works that may wait or be under way, at least 1; one more fails at once
 * @param batch most works in one commit, at least 1
 * @param readers most queries at the same time, at least 1
 * @param hotKeys how many states are kept decoded, so that a key that is used again need not be read; 0 for none
 * @param durability what an answer promises
 * @param patience how long a query waits for its turn, and a write for a lock of another program; at least 250 ms
 */
public record SqliteSettings(
        int waiting, int batch, int readers, int hotKeys, Durability durability, Duration patience) {
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(250);
    private static final Duration MOST_PATIENCE = Duration.ofHours(1);

    /** 10,000 waiting, 512 to a commit, 4 readers, 2,000 hot keys (some 1 MB), on disk, 5 s. */
    public static final SqliteSettings STANDARD =
            new SqliteSettings(10_000, 512, 4, 2_000, Durability.DISK, Duration.ofSeconds(5));

    /** What has happened when a work is answered. */
    public enum Durability {
        /** It is on the disk, and survives a crash and a power cut. */
        DISK,
        /** It is committed for this process only: for a file that goes when the process ends. */
        PROCESS
    }

    /** These settings with another durability. */
    public SqliteSettings with(Durability other) {
        return new SqliteSettings(waiting, batch, readers, hotKeys, other, patience);
    }

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
