package dev.sluice.jobs;

import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlConnections;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import javax.sql.DataSource;

/** Where jobs are kept. Several {@link Jobs} of a process may share one. Safe for use by many threads. */
public final class JobDatabase implements AutoCloseable {
    private static final Schema SCHEMA = Schema.of("jobs", JobDatabase.class);

    /** The name of the file beside a SQLite store. */
    private static final String FILE = "jobs.db";

    private static final String SQLITE = "sqlite:";

    private final DataSource source;
    private final AutoCloseable owner;

    /** Over connections of the caller's, to a database that has the tables. */
    JobDatabase(DataSource source, AutoCloseable owner) {
        this.source = source;
        this.owner = owner;
    }

    /**
     * Opens the database that belongs to the one of {@code url}: on a server it is that one; beside a SQLite file it is
     * {@code jobs.db} in its directory, because a file has one who writes.
     *
     * @throws IllegalArgumentException if the URL is none; what is said does not quote it
     * @throws dev.sluice.StoreException if it cannot be opened, is in use by another process, or its tables cannot be made
     */
    public static JobDatabase beside(String url, SqlSettings settings) {
        if (!url.startsWith(SQLITE)) {
            return of(SqlConnections.open(url, settings, SCHEMA));
        }
        Path store = Path.of(url.substring(SQLITE.length())).toAbsolutePath();
        return of(SqlConnections.open(SQLITE + store.resolveSibling(FILE), settings, SCHEMA));
    }

    /** Opens jobs in a SQLite file of their own, with durability of the caller's choice. */
    public static JobDatabase sqlite(Path file, SqliteSettings settings) {
        return of(SqlConnections.open(file, settings, SCHEMA));
    }

    private static JobDatabase of(SqlConnections connections) {
        return new JobDatabase(connections.source(), connections);
    }

    /** The tables, for those who make them by hand. */
    public static Schema schema() {
        return SCHEMA;
    }

    DataSource source() {
        return source;
    }

    /** Closes the connections. Close the {@link Jobs} before. */
    @Override
    public void close() {
        try {
            owner.close();
        } catch (Exception e) {
            throw new IllegalStateException("the database of the jobs did not close", e);
        }
    }
}
