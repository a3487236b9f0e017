package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Locale;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/** All that is peculiar to SQLite: how a connection is opened, how a transaction runs, what an error means. */
final class Sqlite implements Database {
    /** What {@code PRAGMA synchronous} gives for FULL: the log is on disk when a commit returns. */
    private static final int FULL = 2;

    /**
     * Pages of the log, of 4 KiB, at which a commit carries it over into the file: sixteen times what SQLite would do. A
     * commit of 512 far-apart keys writes some 450 pages; done at every other commit, this would cost more than the rest.
     */
    private static final int CHECKPOINT_PAGES = 16_000;

    /** What the log is cut down to when it has been carried over. */
    private static final int LOG_BYTES_KEPT = 64 << 20;

    /** Pages that the writer keeps; taken only as the file grows. A million keys are some 80 MiB. */
    private static final int WRITER_CACHE_KIB = 128 << 10;

    /** Where the disk has a cache of its own, that is emptied, too. */
    private static final String FULL_FSYNC = "PRAGMA fullfsync = 1";

    private final Path file;
    private final SqliteSettings settings;
    private final InstantSource clock;
    private final Ownership ownership;

    private Sqlite(Path file, SqliteSettings settings, InstantSource clock, Ownership ownership) {
        this.file = file;
        this.settings = settings;
        this.clock = clock;
        this.ownership = ownership;
    }

    /**
     * The database in {@code file}, which nobody else may use until it is closed.
     *
     * @throws StoreException if somebody does, or its directory cannot be made
     */
    static Sqlite of(Path file, SqliteSettings settings, InstantSource clock) {
        Path located = located(file);
        return new Sqlite(located, settings, clock, Ownership.of(located));
    }

    /** The file under its one real name, so that two names of it cannot be opened side by side. */
    private static Path located(Path file) {
        try {
            if (Files.exists(file)) {
                return file.toRealPath();
            }
            Path absolute = file.toAbsolutePath();
            Path directory = absolute.getParent();
            if (directory == null) {
                throw new StoreException(file + " is no file");
            }
            return Files.createDirectories(directory).toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new StoreException("the directory of " + file + " cannot be made; check its path and permissions", e);
        }
    }

    @Override
    public Dialect dialect() {
        return Dialect.SQLITE;
    }

    @Override
    public void install(Schema schema) throws SQLException {
        try (Connection connection = openWriter()) {
            begin(connection);
            try {
                schema.apply(connection, Dialect.SQLITE);
                commit(connection);
            } catch (SQLException | RuntimeException e) {
                rollback(connection);
                throw e;
            }
        }
    }

    @Override
    public Session open() throws SQLException {
        Connection connection = openWriter();
        try {
            return new SqliteSession(this, connection, settings.hotKeys());
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Fate fate(SQLException e) {
        return Fate.FAILED;
    }

    @Override
    public long now(long server) {
        return now();
    }

    /** Nobody else can do anything. */
    @Override
    public void listen(Store.Listener listener) {}

    @Override
    public Store joined(Connection connection) {
        throw new IllegalStateException(
                "only one connection writes to SQLite, and it is the store's own; run your statements in transact");
    }

    @Override
    public long now() {
        return Micros.of(clock.instant());
    }

    @Override
    public void close() {
        ownership.close();
    }

    /** The one connection that writes. If it is to be durable, it commits to disk or it is not opened. */
    Connection openWriter() throws SQLException {
        SQLiteConfig config = writer();
        config.setCacheSize(-WRITER_CACHE_KIB);
        Connection connection = config.createConnection(url());
        try {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(FULL_FSYNC);
            }
            pragma(connection, "wal_autocheckpoint = " + CHECKPOINT_PAGES);
            if (isDurable()) {
                requireDurable(connection);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Refuses a connection whose commits could be lost with the power. */
    void requireDurable(Connection connection) throws SQLException {
        String journal = pragma(connection, "journal_mode").toLowerCase(Locale.ROOT);
        int synchronous = Integer.parseInt(pragma(connection, "synchronous"));
        if (!journal.equals("wal") || synchronous < FULL) {
            throw new StoreException(file + " cannot be written durably: its journal mode is " + journal
                    + " (needed: wal) and its synchronous level " + synchronous + " (needed: " + FULL
                    + "). Use a local disk");
        }
    }

    /** Makes connections that can only read. */
    @Override
    public SQLiteDataSource readers() {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url());
        return source;
    }

    /** One connection, however many are allowed: SQLite writes one transaction after the other in any case. */
    @Override
    public void writers(HikariConfig pool, int most) {
        SQLiteDataSource source = new SQLiteDataSource(writer());
        source.setUrl(url());
        pool.setDataSource(source);
        pool.setConnectionInitSql(FULL_FSYNC);
        pool.setMaximumPoolSize(1);
    }

    private SQLiteConfig writer() {
        SQLiteConfig config = config();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(isDurable() ? SynchronousMode.FULL : SynchronousMode.OFF);
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        config.setJournalSizeLimit(LOG_BYTES_KEPT);
        return config;
    }

    private boolean isDurable() {
        return settings.durability() == SqliteSettings.Durability.DISK;
    }

    private SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        // The driver would ask for the last row id behind every INSERT; whoever wants it writes RETURNING.
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout((int) settings.patience().toMillis());
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }

    static String pragma(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /** BEGIN IMMEDIATE: this driver begins at once, in the mode the connection was opened with. */
    static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    /** COMMIT, and nothing begun after it; {@link Connection#commit} of this driver would hold the write lock on. */
    static void commit(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
    }

    /** Ends the transaction without it; SQLite may have done so itself, on a full disk for one. */
    static void rollback(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("ROLLBACK");
        } catch (SQLException alreadyRolledBack) {
            // Then there is nothing left to roll back; if there is, the next BEGIN fails and comes here again.
        }
        try {
            connection.setAutoCommit(true);
        } catch (SQLException nothingToCommit) {
            // Expected: the driver sends a COMMIT with it, after the ROLLBACK above.
        }
    }

    /** Carries the log over into the file and empties it. */
    static void checkpoint(Connection connection) throws SQLException {
        pragma(connection, "wal_checkpoint(TRUNCATE)");
    }

    /** What {@code e} means to an operator. */
    @Override
    public StoreException explained(SQLException e) {
        int code = e.getErrorCode() & 0xff;
        if (code == SQLiteErrorCode.SQLITE_FULL.code) {
            return new StoreException("the disk of " + file + " is full; make room, the store then works again", e);
        } else if (code == SQLiteErrorCode.SQLITE_NOTADB.code || code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            return new StoreException(
                    file + " is damaged or no database; put a backup in its place. It was not overwritten", e);
        } else if (code == SQLiteErrorCode.SQLITE_BUSY.code) {
            return new StoreException(file + " is locked by another program that writes to it; end that", e);
        } else if (code == SQLiteErrorCode.SQLITE_IOERR.code) {
            return new StoreException("the disk of " + file + " reports an error; look after the disk", e);
        } else if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || code == SQLiteErrorCode.SQLITE_READONLY.code
                || code == SQLiteErrorCode.SQLITE_PERM.code) {
            return new StoreException(file + " cannot be opened for writing; check its permissions", e);
        }
        return new StoreException("a statement on " + file + " failed: " + e.getMessage(), e);
    }
}
