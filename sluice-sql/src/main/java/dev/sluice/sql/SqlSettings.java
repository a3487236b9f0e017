package dev.sluice.sql;

import java.time.Duration;

/**
 * How a store on a shared database runs.
 *
 * @param waiting most works that may wait or be under way, at least 1; one more fails at once
 * @param batch most works in one commit, 1 to 10,000
 * @param connections most connections of this store, at least 3: one writes, one listens, the others read
 * @param timeout how long it may take to connect, to get a lock, or to run a statement; 250 ms to 1 h. Nobody waits for
 *     the answer of a work for longer, whatever the server does; a query may take twice as long
 * @param tables what is done with the tables when they are opened or installed
 */
public record SqlSettings(int waiting, int batch, int connections, Duration timeout, Tables tables) {
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(250);
    private static final Duration MOST_TIMEOUT = Duration.ofHours(1);
    private static final int LEAST_CONNECTIONS = 3;
    private static final int MOST_BATCH = 10_000;

    /** 10,000 waiting, 512 to a commit, 8 connections, 5 s, and the tables are made. */
    public static final SqlSettings STANDARD = new SqlSettings(10_000, 512, 8, Duration.ofSeconds(5), Tables.CREATE);

    /** What is done with the tables. */
    public enum Tables {
        /** They are made, or brought to the newest version. */
        CREATE,
        /** It is an error if they are not there in the newest version. */
        CHECK
    }

    /** @throws IllegalArgumentException if a part is out of its range */
    public SqlSettings {
        require("waiting", waiting, 1, Integer.MAX_VALUE);
        require("batch", batch, 1, MOST_BATCH);
        require("connections", connections, LEAST_CONNECTIONS, Integer.MAX_VALUE);
        if (timeout.compareTo(LEAST_TIMEOUT) < 0 || timeout.compareTo(MOST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be from 250 ms to 1 h, not " + timeout);
        }
    }

    /** The same for a file. */
    SqliteSettings sqlite() {
        SqliteSettings standard = SqliteSettings.STANDARD;
        return new SqliteSettings(
                waiting, batch, connections - 2, standard.hotKeys(), SqliteSettings.Durability.DISK, timeout);
    }

    /** How many connections read. */
    int readers() {
        return connections - 2;
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be at least " + least + " and at most " + most + ", not " + value);
        }
    }
}
