package dev.sluice.sql;

import dev.sluice.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * MariaDB: lists are written out, filled up to a power of two with their last element, so that there are few different
 * texts.
 */
final class MariaDbSql implements SharedSql {
    /** The time is that of the start of the statement, which is sent behind the one that locks. */
    private static final String LOOK = """
            SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)), floor
            FROM sluice_fence_floor WHERE id = 1""";

    /** A scan, which is what few rows are taken for, would wait for keys that nobody asked for. */
    private static final String BY_KEY = "sluice_key FORCE INDEX (PRIMARY)";

    /** Deadlock, and a record changed since it was read. */
    private static final Set<Integer> AGAIN = Set.of(1213, 1020);

    private static final int HELD = 1205;

    private static final int TAKEN = 1062;

    /** The server stops, or ended the session: on its own, or because its transaction was idle. */
    private static final Set<Integer> CUT = Set.of(1053, 1927, 1928, 4031, 1129, 1040);

    private static final String CONNECTION_CLASS = "08";

    /** How much longer the socket waits than a statement may take, so that the server has the first word. */
    private static final Duration BEHIND_STATEMENT = Duration.ofSeconds(2);

    @Override
    public Dialect dialect() {
        return Dialect.MARIADB;
    }

    @Override
    public String begin() {
        return "START TRANSACTION";
    }

    @Override
    public String look() {
        return LOOK;
    }

    @Override
    public Part lock(List<byte[]> keys) {
        return lock(keys, "");
    }

    private static Part lock(List<byte[]> keys, String otherwise) {
        return new Part(
                "SELECT `key`, state FROM " + BY_KEY + " WHERE `key` IN (" + list("?", keys)
                        + ") ORDER BY `key` FOR UPDATE" + otherwise,
                (statement, first) -> bytes(statement, first, keys));
    }

    /** The statements say it themselves. */
    @Override
    public String hurry() {
        return "DO 0";
    }

    @Override
    public Part find(List<byte[]> keys) {
        return new Part(
                "SELECT `key` FROM sluice_key WHERE `key` IN (" + list("?", keys) + ")",
                (statement, first) -> bytes(statement, first, keys));
    }

    @Override
    public Part lockFree(List<byte[]> keys) {
        return lock(keys, " SKIP LOCKED");
    }

    /** By asking for the locks: a row that is not committed can be met, and a gap is not locked. */
    @Override
    public Part seize(List<byte[]> keys) {
        return lock(keys, " NOWAIT");
    }

    @Override
    public Part insert(List<Row> rows) {
        // Not filled up: the same key twice would be an error.
        String values = String.join(", ", Collections.nCopies(rows.size(), "(?, ?, ?)"));
        return new Part("INSERT INTO sluice_key (`key`, state, due_at) VALUES " + values, (statement, first) -> {
            int next = first;
            for (Row row : rows) {
                next = row(statement, next, row);
            }
            return next;
        });
    }

    @Override
    public Part insertIfAbsent(Row row) {
        return new Part(
                "INSERT IGNORE INTO sluice_key (`key`, state, due_at) VALUES (?, ?, ?)",
                (statement, first) -> row(statement, first, row));
    }

    @Override
    public Part update(List<Row> rows) {
        String sql = "INSERT INTO sluice_key (`key`, state, due_at) VALUES " + list("(?, ?, ?)", rows)
                + " ON DUPLICATE KEY UPDATE state = VALUES(state), due_at = VALUES(due_at)";
        return new Part(sql, (statement, first) -> {
            int next = first;
            for (int i = 0; i < filled(rows.size()); i++) {
                next = row(statement, next, rows.get(Math.min(i, rows.size() - 1)));
            }
            return next;
        });
    }

    private static int row(PreparedStatement statement, int at, Row row) throws SQLException {
        statement.setBytes(at, row.key());
        statement.setBytes(at + 1, row.state());
        if (row.isDue()) {
            statement.setLong(at + 2, row.due());
        } else {
            statement.setNull(at + 2, Types.BIGINT);
        }
        return at + 3;
    }

    @Override
    public Part delete(List<byte[]> keys) {
        return new Part(
                "DELETE sluice_key FROM " + BY_KEY + " WHERE `key` IN (" + list("?", keys) + ")",
                (statement, first) -> bytes(statement, first, keys));
    }

    private static int bytes(PreparedStatement statement, int first, List<byte[]> keys) throws SQLException {
        int behind = first + filled(keys.size());
        for (int i = 0; first + i < behind; i++) {
            statement.setBytes(first + i, keys.get(Math.min(i, keys.size() - 1)));
        }
        return behind;
    }

    private static String list(String one, List<?> all) {
        return String.join(", ", Collections.nCopies(filled(all.size()), one));
    }

    /** The next power of two. */
    private static int filled(int size) {
        return size <= 1 ? size : Integer.highestOneBit(size - 1) << 1;
    }

    @Override
    public List<Part> tell(List<byte[]> keys) {
        return List.of();
    }

    @Override
    public boolean isTaken(SQLException e) {
        return e.getErrorCode() == TAKEN;
    }

    @Override
    public Database.Fate fate(SQLException e) {
        String state = e.getSQLState();
        if (AGAIN.contains(e.getErrorCode())) {
            return Database.Fate.AGAIN;
        } else if (e.getErrorCode() == HELD) {
            return Database.Fate.HELD;
        }
        boolean cut = (state != null && state.startsWith(CONNECTION_CLASS)) || CUT.contains(e.getErrorCode());
        return cut ? Database.Fate.CUT : Database.Fate.FAILED;
    }

    @Override
    public Optional<String> explained(SQLException e, SqlUrl url) {
        return Optional.ofNullable(
                switch (e.getErrorCode()) {
                    case 1045 -> "refuses the login; check user and password";
                    case 1044 ->
                        "does not let the user into the database; create it, and grant the user rights on it"
                                + rights(url);
                    case 1049 -> "does not exist; create the database";
                    case 1021, 1114 -> "has no room left on its disk; make room, the store then works again";
                    case 1040, 1203 -> "has no connection left; allow more, or open fewer";
                    case 1290 -> "can only be read; it is a replica, name the primary";
                    case 1142, 1227 -> "refuses what the user may not do: " + e.getMessage() + rights(url);
                    case HELD -> "did not give a lock in time; another transaction holds it for too long";
                    case 1969 -> "did not finish a statement in time";
                    default -> fate(e) == Database.Fate.CUT ? "does not answer: " + e.getMessage() : null;
                });
    }

    private static String rights(SqlUrl url) {
        return "; let an administrator say: GRANT ALL ON `" + url.database() + "`.* TO '" + url.user() + "'";
    }

    @Override
    public DataSource source(SqlUrl url, Duration timeout) {
        try {
            MariaDbDataSource source = new MariaDbDataSource(url.jdbc(Map.of(
                    "allowMultiQueries",
                    "true",
                    "connectTimeout",
                    Long.toString(timeout.toMillis()),
                    "socketTimeout",
                    Long.toString(timeout.plus(BEHIND_STATEMENT).toMillis()))));
            source.setUser(url.user());
            source.setPassword(url.password());
            return source;
        } catch (SQLException e) {
            // Its text may quote the URL.
            throw new IllegalArgumentException("the driver does not take the parameters in the URL of the database");
        }
    }

    @Override
    public String setUp(Duration timeout) {
        long seconds = Math.max(1, timeout.toSeconds());
        return "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
                // The shortest there is: a lock that is not to be had within a second is held by no mere commit.
                + "SET innodb_lock_wait_timeout = 1, max_statement_time = " + (seconds + 1)
                // A process that was stopped in mid-transaction lets go of its keys before others give up.
                + ", idle_transaction_timeout = " + Math.max(1, seconds / 2)
                + ", sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";
    }

    @Override
    public String risks() {
        return "SELECT CONCAT('innodb_flush_log_at_trx_commit is ', @@global.innodb_flush_log_at_trx_commit,"
                + " ', set it to 1') FROM DUAL WHERE @@global.innodb_flush_log_at_trx_commit <> 1";
    }

    @Override
    public void lockTables(Statement statement, Duration patience) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT GET_LOCK(CONCAT('sluice_schema.', DATABASE()), " + patience.toSeconds() + ")")) {
            if (!row.next() || row.getInt(1) != 1) {
                throw new StoreException("another server has been changing the tables for more than "
                        + patience.toSeconds() + " s; start again when it is done");
            }
        }
    }

    @Override
    public String unlockTables() {
        return "SELECT RELEASE_LOCK(CONCAT('sluice_schema.', DATABASE()))";
    }

    /** What was made stays; each statement of a script can be run again. */
    @Override
    public String undoTables() {
        return unlockTables();
    }
}
