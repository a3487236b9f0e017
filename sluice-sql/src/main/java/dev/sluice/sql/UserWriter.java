package dev.sluice.sql;

import dev.sluice.StoreException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A database of the user's that is written to, over one connection of its own, with a limit to the time of each statement.
 * Each statement is a transaction. Safe for use by many threads, which wait for each other.
 *
 * <p>Values go in as text, which the database makes into what it needs. Zones are those of {@link UserDatabase}.
 */
public final class UserWriter implements AutoCloseable {
    private static final int CONNECTIONS = 1;

    private final UserPool pool;

    private UserWriter(UserPool pool) {
        this.pool = pool;
    }

    /**
     * A database that can be written. Nothing is connected yet: that it is away is found by the first statement.
     *
     * @param url as {@link SqlStore#open(String, SqlSettings)} takes it
     * @param timeout for a connection, and for each statement
     * @throws IllegalArgumentException if the URL is none; what is said does not quote it
     */
    public static UserWriter of(String url, Duration timeout) {
        return new UserWriter(UserPool.of(url, CONNECTIONS, timeout, UserPool.Access.WRITE));
    }

    /**
     * Runs a statement, and commits.
     *
     * @param parameters in their order; an empty one is NULL
     * @throws StoreException if the database does not answer, in time or at all, or refuses the statement; with what it said
     */
    public void write(String sql, List<Optional<String>> parameters) {
        try {
            pool.run(sql, parameters, PreparedStatement::execute);
        } catch (SQLException e) {
            throw new StoreException(pool + " could not be written: " + e.getMessage(), e);
        }
    }

    /** Closes the connection. */
    @Override
    public void close() {
        pool.close();
    }

    /** Where it is, without a password. */
    @Override
    public String toString() {
        return pool.toString();
    }
}
