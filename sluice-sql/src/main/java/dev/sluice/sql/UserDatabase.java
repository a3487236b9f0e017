package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * A database of the user's, which is only read: over connections of its own, in transactions that may not write, with a
 * limit to the time of each statement. Safe for use by many threads; a read holds a connection until it ends.
 *
 * <p>Values come as text, as the database writes them; names of columns in lower case; a NULL is not there. What a session
 * makes of times without a zone does not depend on the zone of this process: in PostgreSQL it is UTC unless the URL says
 * {@code ?options=-c%20TimeZone=...}, in MariaDB that of the server.
 */
public final class UserDatabase implements AutoCloseable {
    private static final String SQLITE = "sqlite:";
    private static final Pattern ZONE = Pattern.compile("(?i)\\btimezone=([A-Za-z0-9_/+-]+)");

    /** So many steps of its machine SQLite makes between two looks at the time. */
    private static final int STEPS = 100_000;

    /** A result of any length is held in memory by so many rows at a time. */
    private static final int FETCH = 1_000;

    private final Dialect dialect;
    private final String name;
    private final Duration timeout;
    private final HikariDataSource pool;

    private UserDatabase(Dialect dialect, String name, Duration timeout, HikariDataSource pool) {
        this.dialect = dialect;
        this.name = name;
        this.timeout = timeout;
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
        HikariConfig config = new HikariConfig();
        config.setPoolName("sluice-user-database");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(Math.max(250, timeout.toMillis()));
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(true);
        config.setAutoCommit(false);
        // Else what a connection is told at its beginning goes with the first rollback.
        config.setIsolateInternalQueries(true);
        if (url.startsWith(SQLITE)) {
            Path file = Path.of(url.substring(SQLITE.length()));
            config.setJdbcUrl("jdbc:sqlite:" + file);
            config.addDataSourceProperty("open_mode", "1");
            return new UserDatabase(Dialect.SQLITE, SQLITE + file, timeout, new HikariDataSource(config));
        }
        SqlUrl parsed = SqlUrl.parse(url);
        SharedSql sql = parsed.dialect() == Dialect.POSTGRESQL ? new PostgresSql() : new MariaDbSql();
        DataSource source = sql.source(parsed, timeout);
        if (source instanceof PGSimpleDataSource postgres) {
            // A text is then of the type of what it is compared with.
            postgres.setStringType("unspecified");
            // The text of a value must not depend on how often it was read: the binary form of a number is written
            // otherwise.
            postgres.setBinaryTransfer(false);
        }
        config.setDataSource(source);
        if (parsed.dialect() == Dialect.POSTGRESQL) {
            config.setConnectionInitSql("SET TIME ZONE '" + zone(parsed) + "'");
        } else if (parsed.dialect() == Dialect.MARIADB) {
            config.setConnectionInitSql("SET SESSION TRANSACTION READ ONLY");
        }
        return new UserDatabase(parsed.dialect(), parsed.toString(), timeout, new HikariDataSource(config));
    }

    /** The driver names the zone of this process at the begin of a session, so it must be named again. */
    private static String zone(SqlUrl url) {
        Matcher named = ZONE.matcher(url.parameter("options").orElse(""));
        return named.find() ? named.group(1) : "UTC";
    }

    /**
     * A condition that a column has a value, which takes its {@link #parameters}. Other values that the database takes for
     * equal may be there, too.
     */
    public String equal(String column) {
        return dialect == Dialect.SQLITE ? column + " in (?, cast(? as numeric))" : column + " = ?";
    }

    /** A condition that a column has a value or a later one; see {@link #equal}. */
    public String since(String column) {
        return dialect == Dialect.SQLITE
                ? column + " >= case typeof(" + column + ") when 'text' then ? else cast(? as numeric) end"
                : column + " >= ?";
    }

    /** What a condition takes: in SQLite a text equals no number where neither has a type by itself, so it takes both. */
    public List<String> parameters(String value) {
        return dialect == Dialect.SQLITE ? List.of(value, value) : List.of(value);
    }

    /**
     * How rows are sorted by a column so that equal values, and only those, come one behind the other: many collations take
     * different texts for equal.
     *
     * @param column its name
     */
    public String sorting(String column) {
        return switch (dialect) {
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
        try (Connection connection = pool.getConnection()) {
            try (PreparedStatement statement = connection.prepareStatement(query)) {
                statement.setFetchSize(FETCH);
                statement.setQueryTimeout((int) Math.max(1, timeout.toSeconds()));
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setString(i + 1, parameters.get(i));
                }
                limit(connection);
                read(statement, reader);
            } finally {
                unlimited(connection);
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new StoreException(name + " could not be read: " + e.getMessage(), e);
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

    /** The time-out of a statement is one for locks in SQLite. */
    private void limit(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            long end = System.nanoTime() + timeout.toNanos();
            ProgressHandler.setHandler(connection.unwrap(SQLiteConnection.class), STEPS, new ProgressHandler() {
                @Override
                protected int progress() {
                    return System.nanoTime() > end ? 1 : 0;
                }
            });
        }
    }

    private void unlimited(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            ProgressHandler.clearHandler(connection.unwrap(SQLiteConnection.class));
        }
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
        return name;
    }
}
