package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** A database on a server, which any number of processes write to. */
final class SharedDatabase implements Database {
    private static final System.Logger LOG = System.getLogger(SharedDatabase.class.getName());

    /** How long another server may take to change the tables. */
    private static final Duration TO_LOCK_TABLES = Duration.ofMinutes(1);

    private final SqlUrl url;
    private final SqlSettings settings;
    private final ServerClock clock;
    private final SharedSql sql;
    private final DataSource source;
    private final AtomicBoolean looked = new AtomicBoolean();
    private volatile Optional<Listening> listening = Optional.empty();

    SharedDatabase(SqlUrl url, SqlSettings settings, ServerClock clock) {
        this.url = url;
        this.settings = settings;
        this.clock = clock;
        this.sql = url.dialect() == Dialect.POSTGRESQL ? new PostgresSql() : new MariaDbSql();
        this.source = sql.source(url, settings.timeout());
    }

    @Override
    public Dialect dialect() {
        return sql.dialect();
    }

    @Override
    public void install(Schema schema) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            if (settings.tables() == SqlSettings.Tables.CHECK) {
                schema.check(connection, dialect());
                return;
            }
            // One server at a time; the lock goes with the connection in any case.
            sql.lockTables(statement, TO_LOCK_TABLES);
            try {
                schema.apply(connection, dialect());
            } catch (SQLException | RuntimeException e) {
                statement.execute(sql.undoTables());
                throw e;
            }
            statement.execute(sql.unlockTables());
        }
    }

    @Override
    public Session open() throws SQLException {
        Connection connection = source.getConnection();
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql.setUp(settings.timeout()));
                if (looked.compareAndSet(false, true)) {
                    warn(statement);
                }
            }
            return new SharedSession(connection, sql, clock);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Tells once of a server that does not keep what was answered; whether that matters is for the operator to say. */
    private void warn(Statement statement) throws SQLException {
        try (ResultSet risk = statement.executeQuery(sql.risks())) {
            while (risk.next()) {
                LOG.log(
                        Level.WARNING,
                        "{0} does not keep every commit: {1}. Until then a power cut loses what was answered, and what passed may pass again",
                        url,
                        risk.getString(1));
            }
        }
    }

    @Override
    public DataSource readers() {
        return source;
    }

    @Override
    public void writers(HikariConfig pool, int most) {
        pool.setDataSource(source);
        pool.setConnectionInitSql(sql.setUp(settings.timeout()));
        pool.setMaximumPoolSize(most);
    }

    @Override
    public StoreException explained(SQLException e) {
        return new StoreException(
                sql.explained(e, url)
                        .map(why -> url + " " + why)
                        .orElseGet(() -> "a statement on " + url + " failed: " + e.getMessage()),
                e);
    }

    @Override
    public Fate fate(SQLException e) {
        return e instanceof CommitException commit ? commit.fate() : sql.fate(e);
    }

    @Override
    public long now(long server) {
        return clock.read(server);
    }

    @Override
    public void listen(Store.Listener listener) {
        if (dialect() == Dialect.POSTGRESQL) {
            listening = Optional.of(new Listening(source, listener));
        }
    }

    @Override
    public Store joined(Connection connection) throws SQLException {
        JoinedStore store = new JoinedStore(connection, sql, this);
        store.requireTransaction();
        return store;
    }

    @Override
    public long now() {
        return clock.now();
    }

    /** Where it is, without the password. */
    @Override
    public String toString() {
        return url.toString();
    }

    @Override
    public void close() {
        listening.ifPresent(Listening::close);
    }
}
