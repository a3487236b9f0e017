package dev.sluice.jobs;

import dev.sluice.Micros;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The few forms in which jobs talk to their database. Times are microseconds, NULL if absent. */
final class Statements {
    /** What the standard calls the violation of a constraint, and what SQLite does. */
    private static final String TAKEN = "23";

    private static final int TAKEN_IN_SQLITE = 19;

    private Statements() {}

    /** Reads one row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** What is done over one connection. */
    @FunctionalInterface
    interface Work<T> {
        T over(Connection connection) throws SQLException;
    }

    /** How many rows changed. */
    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    static <T> List<T> list(Connection connection, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            List<T> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(reader.read(row));
                }
            }
            return rows;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /** Each statement commits by itself. */
    static <T> T each(DataSource source, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            return work.over(connection);
        } catch (SQLException e) {
            throw away(e);
        }
    }

    /** All of {@code work}, or nothing of it; once more if somebody else made the same row in the meantime. */
    static <T> T together(DataSource source, Work<T> work) {
        try {
            try {
                return once(source, work);
            } catch (SQLException e) {
                if (!isTaken(e)) {
                    throw e;
                }
                return once(source, work);
            }
        } catch (SQLException e) {
            throw away(e);
        }
    }

    private static boolean isTaken(SQLException e) {
        return e.getSQLState() == null
                ? e.getErrorCode() == TAKEN_IN_SQLITE
                : e.getSQLState().startsWith(TAKEN);
    }

    private static <T> T once(DataSource source, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T done = work.over(connection);
                connection.commit();
                return done;
            } catch (Throwable e) {
                rollBack(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static void rollBack(Connection connection, Throwable why) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    static StoreException away(Exception e) {
        return new StoreException("the database of the jobs does not answer: " + e.getMessage(), e);
    }

    static @Nullable Long time(Optional<Instant> time) {
        return time.map(Micros::of).orElse(null);
    }

    static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Micros.instant(micros));
    }
}
