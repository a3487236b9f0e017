package dev.sluice.outbox;

import dev.sluice.Micros;
import dev.sluice.sql.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The few forms in which the outbox talks to its tables. Times are microseconds, NULL if absent. */
final class Rows {
    private static final char NUL = '\0';
    private static final char REPLACEMENT = '\ufffd';

    private Rows() {}

    /** Reads one row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Writes within a unit of work; how many rows changed. */
    static int update(UnitOfWork unit, String sql, @Nullable Object... values) throws SQLException {
        return bound(unit.prepare(sql), values).executeUpdate();
    }

    /** Reads within a unit of work. */
    static <T> List<T> list(UnitOfWork unit, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        return read(bound(unit.prepare(sql), values), reader);
    }

    /** Reads at most one row within a unit of work. */
    static <T> Optional<T> find(UnitOfWork unit, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        return list(unit, sql, reader, values).stream().findFirst();
    }

    /** Reads outside of a unit of work. */
    static <T> List<T> list(Connection connection, String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return read(bound(statement, values), reader);
        }
    }

    private static <T> List<T> read(PreparedStatement statement, Reader<T> reader) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(reader.read(row));
            }
        }
        return rows;
    }

    private static PreparedStatement bound(PreparedStatement statement, @Nullable Object... values)
            throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i] instanceof String text ? storable(text) : values[i]);
        }
        return statement;
    }

    /** PostgreSQL keeps no NUL in a text; nobody could see one. */
    static String storable(String text) {
        return text.indexOf(NUL) < 0 ? text : text.replace(NUL, REPLACEMENT);
    }

    /** The column value of a time. */
    static @Nullable Long time(Optional<Instant> time) {
        return time.map(Micros::of).orElse(null);
    }

    /** The time in a column. */
    static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Micros.instant(micros));
    }
}
