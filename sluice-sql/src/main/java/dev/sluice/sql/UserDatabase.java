package dev.sluice.sql;

import dev.sluice.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A database of the user's, which is only read: over connections of its own, in transactions that may not write, with a
 * limit to the time of each statement. Safe for use by many threads; a read holds a connection until it ends.
 *
 * <p>Values come as text, as the database writes them; names of columns in lower case; a NULL is not there. What a session
 * makes of times without a zone does not depend on the zone of this process: in PostgreSQL it is UTC unless the URL says
 * {@code ?options=-c%20TimeZone=...}, in MariaDB that of the server.
 */
public final class UserDatabase implements AutoCloseable {
    /** A result of any length is held in memory by so many rows at a time. */
    private static final int FETCH = 1_000;

    private final UserPool pool;

    private UserDatabase(UserPool pool) {
        this.pool = pool;
    }

    /** Takes rows as they come. */
    @FunctionalInterface
    public interface Reader {
        /** The next row; whether it wants another. */
        boolean row(Map<String, String> values);

        /**
         * What the columns are called, before the first row comes.
         *
         * @throws StoreException if one is missing that is needed
         */
        default void columns(Set<String> names) {}
    }

    /**
     * A database that can be read. Nothing is connected yet: that it is away is found by the first read.
     *
     * @param url as {@link SqlStore#open(String, SqlSettings)} takes it
     * @param connections the most at a time
     * @param timeout for a connection, and for each statement
     * @throws IllegalArgumentException if the URL is none; what is said does not quote it
     */
    public static UserDatabase of(String url, int connections, Duration timeout) {
        return new UserDatabase(UserPool.of(url, connections, timeout, UserPool.Access.READ));
    }

    /**
     * A condition that a column has a value, which takes its {@link #parameters}. Other values that the database takes for
     * equal may be there, too.
     */
    public String equal(String column) {
        return pool.dialect() == Dialect.SQLITE ? column + " in (?, cast(? as numeric))" : column + " = ?";
    }

    /** A condition that a column has a value or a later one; see {@link #equal}. */
    public String since(String column) {
        return pool.dialect() == Dialect.SQLITE
                ? column + " >= case typeof(" + column + ") when 'text' then ? else cast(? as numeric) end"
                : column + " >= ?";
    }

    /** What a condition takes: in SQLite a text equals no number where neither has a type by itself, so it takes both. */
    public List<String> parameters(String value) {
        return pool.dialect() == Dialect.SQLITE ? List.of(value, value) : List.of(value);
    }

    /**
     * How rows are sorted by a column so that equal values, and only those, come one behind the other: many collations take
     * different texts for equal.
     *
     * @param column its name
     */
    public String sorting(String column) {
        return switch (pool.dialect()) {
            case SQLITE -> column + " collate binary";
            case POSTGRESQL -> "cast(" + column + " as text) collate \"C\"";
            case MARIADB -> "cast(" + column + " as binary)";
        };
    }

    /**
     * Reads the rows of a query, which may be many: they are not held in memory.
     *
     * @throws StoreException if the database does not answer, in time or at all, or the query is none; with what it said
     */
    public void read(String query, List<String> parameters, Reader reader) {
        List<Optional<String>> values = parameters.stream().map(Optional::of).toList();
        try {
            pool.run(query, values, statement -> {
                statement.setFetchSize(FETCH);
                read(statement, reader);
            });
        } catch (SQLException e) {
            throw new StoreException(pool + " could not be read: " + e.getMessage(), e);
        }
    }

    /** The first value of the first row; empty if there is no row, or it is NULL. */
    public Optional<String> first(String query, List<String> parameters) {
        Map<String, String> row = new LinkedHashMap<>();
        read(query, parameters, values -> {
            row.putAll(values);
            return false;
        });
        return row.values().stream().findFirst();
    }

    private static void read(PreparedStatement statement, Reader reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            ResultSetMetaData columns = rows.getMetaData();
            String[] names = new String[columns.getColumnCount()];
            for (int i = 0; i < names.length; i++) {
                names[i] = columns.getColumnLabel(i + 1).toLowerCase(Locale.ROOT);
            }
            reader.columns(new LinkedHashSet<>(List.of(names)));
            boolean more = true;
            while (more && rows.next()) {
                more = reader.row(row(rows, names));
            }
        }
    }

    private static Map<String, String> row(ResultSet rows, String[] names) throws SQLException {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            String value = rows.getString(i + 1);
            if (value != null) {
                row.put(names[i], value);
            }
        }
        return row;
    }

    /** Closes the connections. */
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
