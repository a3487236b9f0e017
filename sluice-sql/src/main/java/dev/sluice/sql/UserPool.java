package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/** Connections to a database of the user's, whose statements end in a time. Safe for use by many threads. */
final class UserPool implements AutoCloseable {
    private static final String SQLITE = "sqlite:";
    private static final Pattern ZONE = Pattern.compile("(?i)\\btimezone=([A-Za-z0-9_/+-]+)");

    /** So many steps of its machine SQLite makes between two looks at the time. */
    private static final int STEPS = 100_000;

    private final Dialect dialect;
    private final String name;
    private final Duration timeout;
    private final HikariDataSource pool;

    private UserPool(Dialect dialect, String name, Duration timeout, HikariDataSource pool) {
        this.dialect = dialect;
        this.name = name;
        this.timeout = timeout;
        this.pool = pool;
    }

    /** Whether transactions may write. */
    enum Access {
        READ,
        WRITE
    }

    /**
     * Connects to nothing yet.
     *
     * @throws IllegalArgumentException if the URL is none; what is said does not quote it
     */
    static UserPool of(String url, int connections, Duration timeout, Access access) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("sluice-user-database");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(Math.max(250, timeout.toMillis()));
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(access == Access.READ);
        // With transactions of its own, SQLite begins the next one with the end of each: idle, it would lock others
        // out.
        config.setAutoCommit(access == Access.WRITE);
        // Else what a connection is told at its beginning goes with the first rollback.
        config.setIsolateInternalQueries(true);
        return url.startsWith(SQLITE)
                ? sqlite(config, Path.of(url.substring(SQLITE.length())), timeout, access)
                : shared(config, SqlUrl.parse(url), timeout, access);
    }

    private static UserPool sqlite(HikariConfig config, Path file, Duration timeout, Access access) {
        config.setJdbcUrl("jdbc:sqlite:" + file);
        // As SQLite numbers them: 1 reads, 2 writes what is there.
        config.addDataSourceProperty("open_mode", access == Access.READ ? "1" : "2");
        if (access == Access.WRITE) {
            config.addDataSourceProperty("busy_timeout", Long.toString(timeout.toMillis()));
        }
        return new UserPool(Dialect.SQLITE, SQLITE + file, timeout, new HikariDataSource(config));
    }

    private static UserPool shared(HikariConfig config, SqlUrl url, Duration timeout, Access access) {
        SharedSql sql = url.dialect() == Dialect.POSTGRESQL ? new PostgresSql() : new MariaDbSql();
        DataSource source = sql.source(url, timeout);
        if (source instanceof PGSimpleDataSource postgres) {
            // A text is then of the type of what it is compared with.
            postgres.setStringType("unspecified");
            // The text of a value must not depend on how often it was read: the binary form of a number is written
            // otherwise.
            postgres.setBinaryTransfer(false);
        }
        config.setDataSource(source);
        if (url.dialect() == Dialect.POSTGRESQL) {
            config.setConnectionInitSql("SET TIME ZONE '" + zone(url) + "'");
        } else if (access == Access.READ) {
            config.setConnectionInitSql("SET SESSION TRANSACTION READ ONLY");
        }
        return new UserPool(url.dialect(), url.toString(), timeout, new HikariDataSource(config));
    }

    /** The driver names the zone of this process at the begin of a session, so it must be named again. */
    private static String zone(SqlUrl url) {
        Matcher named = ZONE.matcher(url.parameter("options").orElse(""));
        return named.find() ? named.group(1) : "UTC";
    }

    Dialect dialect() {
        return dialect;
    }

    /** Does something with a statement that is given its parameters. */
    @FunctionalInterface
    interface Doing {
        void with(PreparedStatement statement) throws SQLException;
    }

    /** Runs a statement with these parameters, of which an empty one is NULL, in a transaction of its own; what it writes is committed. */
    void run(String sql, List<Optional<String>> parameters, Doing doing) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setQueryTimeout((int) Math.max(1, timeout.toSeconds()));
                for (int i = 0; i < parameters.size(); i++) {
                    if (parameters.get(i).isPresent()) {
                        statement.setString(i + 1, parameters.get(i).get());
                    } else {
                        statement.setNull(i + 1, Types.NULL);
                    }
                }
                limit(connection);
                doing.with(statement);
            } finally {
                unlimited(connection);
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
            }
        }
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
