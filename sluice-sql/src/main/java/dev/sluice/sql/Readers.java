package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Connections that only read, each for one query at a time; they see what is committed. */
final class Readers implements AutoCloseable {
    private final Database database;
    private final int most;
    private final long patienceNanos;
    private final HikariDataSource pool;

    /** At most {@code most} connections; a query waits for one no longer than {@code patience}, nor is it run again then. */
    Readers(Database database, int most, Duration patience) {
        this.database = database;
        this.most = most;
        this.patienceNanos = patience.toNanos();
        HikariConfig config = new HikariConfig();
        config.setPoolName("sluice-sql-readers");
        config.setDataSource(database.readers());
        config.setReadOnly(true);
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(patience.toMillis());
        this.pool = opened(config);
    }

    private static HikariDataSource opened(HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new StoreException("the database cannot be opened for reading: " + e.getMessage(), e);
        }
    }

    <T extends @Nullable Object> T query(SqlStore.Query<T> query) {
        if (pool.isClosed()) {
            throw new StoreException("the store is closed");
        }
        try {
            long start = System.nanoTime();
            for (int cuts = 1; ; cuts++) {
                try (Connection connection = pool.getConnection()) {
                    return run(query, connection);
                } catch (CutException e) {
                    // The pool has put it away; the next one may have been lost with it.
                    if (cuts > most || System.nanoTime() - start > patienceNanos) {
                        throw e.why;
                    }
                }
            }
        } catch (SQLException e) {
            throw database.explained(e);
        }
    }

    private <T extends @Nullable Object> T run(SqlStore.Query<T> query, Connection connection)
            throws SQLException, CutException {
        try {
            return query.run(connection);
        } catch (SQLException e) {
            if (database.fate(e) == Database.Fate.CUT) {
                throw new CutException(e);
            }
            throw e;
        }
    }

    /** A connection that waited in the pool had been lost meanwhile; a query can be run again. */
    private static final class CutException extends Exception {
        private static final long serialVersionUID = 1;

        private final SQLException why;

        CutException(SQLException why) {
            super(why);
            this.why = why;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
