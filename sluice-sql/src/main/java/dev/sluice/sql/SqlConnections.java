package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.sluice.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Connections for a component that writes by itself, in a database that {@link SqlStore} knows how to open: with its
 * time-outs, its durability, and its way to make tables. Safe for use by many threads.
 *
 * <p>A SQLite file belongs to one process and to one opening of it, so such a component has a file of its own beside
 * that of the store. On a server it shares the database.
 */
public final class SqlConnections implements AutoCloseable {
    private static final String SQLITE = "sqlite:";

    private final Database database;
    private final HikariDataSource pool;

    private SqlConnections(Database database, HikariDataSource pool) {
        this.database = database;
        this.pool = pool;
    }

    /**
     * Opens the database that {@code url} names, as {@link SqlStore#open(String, SqlSettings)} reads it, and makes or
     * checks the tables of {@code schema}. A file has one connection, a server at most {@link SqlSettings#connections}.
     *
     * @throws IllegalArgumentException if the URL is none; what is said does not quote it
     * @throws StoreException if the database cannot be opened, or its tables not be made
     */
    public static SqlConnections open(String url, SqlSettings settings, Schema schema) {
        if (url.startsWith(SQLITE)) {
            return open(Path.of(url.substring(SQLITE.length())), settings.sqlite(), schema);
        }
        Database database = new SharedDatabase(SqlUrl.parse(url), settings, ServerClock.of(Optional.empty()));
        return open(database, settings.connections(), settings.timeout(), schema);
    }

    /** As {@link #open(String, SqlSettings, Schema)}, for a SQLite file, which is made if it is not there. */
    public static SqlConnections open(Path file, SqliteSettings settings, Schema schema) {
        return open(Sqlite.of(file, settings, InstantSource.system()), 1, settings.patience(), schema);
    }

    private static SqlConnections open(Database database, int most, Duration patience, Schema schema) {
        try {
            database.install(schema);
            HikariConfig config = new HikariConfig();
            config.setPoolName("sluice-sql-connections");
            config.setMinimumIdle(1);
            config.setConnectionTimeout(patience.toMillis());
            database.writers(config, most);
            return new SqlConnections(database, new HikariDataSource(config));
        } catch (SQLException e) {
            database.close();
            throw database.explained(e);
        } catch (PoolInitializationException e) {
            database.close();
            throw new StoreException("the database cannot be opened for writing: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Hands out connections in auto-commit mode; a caller waits for a free one no longer than the time-out. */
    public DataSource source() {
        return pool;
    }

    /** Which database it is. */
    public Dialect dialect() {
        return database.dialect();
    }

    /** What {@code e} means to an operator. */
    public StoreException explained(SQLException e) {
        return database.explained(e);
    }

    /** Closes the connections, and the file. */
    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
