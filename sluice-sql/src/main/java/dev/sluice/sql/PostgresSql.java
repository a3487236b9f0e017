package dev.sluice.sql;

import dev.sluice.Micros;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL: lists travel as arrays, so that there is one text for any number of keys. An array stands behind a SELECT of
 * its own: the planner then cannot look into it, finds no better plan for one than for another, and keeps the plan.
 */
final class PostgresSql implements SharedSql {
    /** What keys that were armed again are told on. */
    static final String CHANNEL = "sluice_rearmed";

    private static final String LOCK =
            "SELECT key, state FROM sluice_key WHERE key = ANY ((SELECT ?::bytea[])::bytea[]) ORDER BY key FOR UPDATE";

    private static final String FIND = "SELECT key FROM sluice_key WHERE key = ANY ((SELECT ?::bytea[])::bytea[])";

    private static final String INSERT = """
            INSERT INTO sluice_key (key, state, due_at)
            SELECT * FROM unnest((SELECT ?::bytea[]), (SELECT ?::bytea[]), (SELECT ?::bigint[]))""";

    private static final String IF_ABSENT = " ON CONFLICT DO NOTHING";

    private static final String UPDATE = """
            UPDATE sluice_key AS stored SET state = fresh.state, due_at = fresh.due_at
            FROM unnest((SELECT ?::bytea[]), (SELECT ?::bytea[]), (SELECT ?::bigint[])) AS fresh (key, state, due_at)
            WHERE stored.key = fresh.key""";

    private static final String DELETE = "DELETE FROM sluice_key WHERE key = ANY ((SELECT ?::bytea[])::bytea[])";

    private static final String LOOK = """
            SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT), floor
            FROM sluice_fence_floor WHERE id = 1""";

    private static final String TELL =
            "SELECT pg_notify('" + CHANNEL + "', encode(told, 'hex')) FROM unnest(?) AS told";

    /** Serialization, and deadlock. */
    private static final Set<String> AGAIN = Set.of("40001", "40P01");

    private static final String HELD = "55P03";

    private static final String QUOTE = String.valueOf('"');

    private static final String TAKEN = "23505";

    /** Connection failures, a server that stops or starts, a session that was ended, a plan that is out of date. */
    private static final Set<String> CUT = Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "0A000");

    private static final String CONNECTION_CLASS = "08";

    /** How much longer the socket waits than a statement may take, so that the server has the first word. */
    private static final Duration BEHIND_STATEMENT = Duration.ofSeconds(2);

    /** A lock that is not to be had within this time is held by no mere commit. */
    private static final long MOST_MILLIS_TO_LOCK = 250;

    /** Any number, the same for all. */
    private static final long LOCK_OF_TABLES = 7_302_111_845_301L;

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public String begin() {
        return "BEGIN";
    }

    @Override
    public String look() {
        return LOOK;
    }

    @Override
    public Part lock(List<byte[]> keys) {
        return new Part(LOCK, (statement, first) -> bytes(statement, first, keys));
    }

    /** The shortest time-out there is; 0 would be none. */
    @Override
    public String hurry() {
        return "SET LOCAL lock_timeout = 1";
    }

    @Override
    public Part find(List<byte[]> keys) {
        return new Part(FIND, (statement, first) -> bytes(statement, first, keys));
    }

    @Override
    public Part lockFree(List<byte[]> keys) {
        return new Part(LOCK + " SKIP LOCKED", (statement, first) -> bytes(statement, first, keys));
    }

    /** By making them: a row that is not committed cannot be seen, only met. */
    @Override
    public Part seize(List<byte[]> keys) {
        List<Row> rows = keys.stream()
                .map(key -> new Row(key, new byte[0], Micros.FOREVER))
                .toList();
        return new Part(INSERT + IF_ABSENT, (statement, first) -> rows(statement, first, rows));
    }

    @Override
    public Part insert(List<Row> rows) {
        return new Part(INSERT, (statement, first) -> rows(statement, first, rows));
    }

    @Override
    public Part insertIfAbsent(Row row) {
        return new Part(INSERT + IF_ABSENT, (statement, first) -> rows(statement, first, List.of(row)));
    }

    @Override
    public Part update(List<Row> rows) {
        return new Part(UPDATE, (statement, first) -> rows(statement, first, rows));
    }

    @Override
    public Part delete(List<byte[]> keys) {
        return new Part(DELETE, (statement, first) -> bytes(statement, first, keys));
    }

    @Override
    public List<Part> tell(List<byte[]> keys) {
        return List.of(new Part(TELL, (statement, first) -> bytes(statement, first, keys)));
    }

    private static int rows(PreparedStatement statement, int first, List<Row> rows) throws SQLException {
        int next = bytes(statement, first, rows.stream().map(Row::key).toList());
        next = bytes(statement, next, rows.stream().map(Row::state).toList());
        Long[] due = rows.stream().map(row -> row.isDue() ? row.due() : null).toArray(Long[]::new);
        Array array = statement.getConnection().createArrayOf("bigint", due);
        statement.setObject(next, array, Types.ARRAY);
        return next + 1;
    }

    private static int bytes(PreparedStatement statement, int at, List<byte[]> values) throws SQLException {
        Array array = statement.getConnection().createArrayOf("bytea", values.toArray(byte[][]::new));
        statement.setArray(at, array);
        return at + 1;
    }

    @Override
    public boolean isTaken(SQLException e) {
        return TAKEN.equals(e.getSQLState());
    }

    @Override
    public Database.Fate fate(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return Database.Fate.FAILED;
        } else if (AGAIN.contains(state)) {
            return Database.Fate.AGAIN;
        } else if (HELD.equals(state)) {
            return Database.Fate.HELD;
        }
        boolean cut = state.startsWith(CONNECTION_CLASS) || CUT.contains(state);
        return cut ? Database.Fate.CUT : Database.Fate.FAILED;
    }

    @Override
    public Optional<String> explained(SQLException e, SqlUrl url) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return Optional.ofNullable(
                switch (state) {
                    case "28P01", "28000" -> "refuses the login; check user and password";
                    case "3D000" -> "does not exist; create the database";
                    case "53100" -> "has no room left on its disk; make room, the store then works again";
                    case "53300" -> "has no connection left; allow more, or open fewer";
                    case "25006" -> "can only be read; it is a standby, name the primary";
                    case "42501" -> "refuses what the user may not do: " + e.getMessage() + rights(url);
                    case HELD -> "did not give a lock in time; another transaction holds it for too long";
                    case "57014" -> "did not finish a statement in time";
                    default -> state.startsWith(CONNECTION_CLASS) ? "does not answer: " + e.getMessage() : null;
                });
    }

    private static String rights(SqlUrl url) {
        String schema = quoted(url.parameter("currentSchema").orElse("public"));
        String user = quoted(url.user());
        return "; let the owner of its schema say: GRANT USAGE, CREATE ON SCHEMA " + schema + " TO " + user
                + "; and of tables that are there: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
                + schema
                + " TO " + user + "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA " + schema + " TO " + user;
    }

    private static String quoted(String name) {
        return QUOTE + name.replace(QUOTE, QUOTE + QUOTE) + QUOTE;
    }

    @Override
    public DataSource source(SqlUrl url, Duration timeout) {
        String seconds = Long.toString(Math.max(1, timeout.toSeconds()));
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url.jdbc(Map.of(
                "ApplicationName",
                "sluice",
                "connectTimeout",
                seconds,
                "loginTimeout",
                seconds,
                "socketTimeout",
                Long.toString(timeout.plus(BEHIND_STATEMENT).toSeconds()),
                "tcpKeepAlive",
                "true")));
        source.setUser(url.user());
        source.setPassword(url.password());
        return source;
    }

    @Override
    public String setUp(Duration timeout) {
        long millis = timeout.toMillis();
        return "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;"
                + "SET lock_timeout = " + Math.min(millis, MOST_MILLIS_TO_LOCK)
                + ";SET statement_timeout = " + millis
                // A process that was stopped in mid-transaction lets go of its keys before others give up.
                + ";SET idle_in_transaction_session_timeout = " + millis / 2
                // What is answered is on the disk, also where the server has another opinion.
                + ";SELECT set_config('synchronous_commit', 'on', false)"
                + " WHERE current_setting('synchronous_commit') = 'off'";
    }

    /** Full pages are what makes a torn one whole again. */
    @Override
    public String risks() {
        return "SELECT name || ' is ' || setting || ', set it to on' FROM pg_settings"
                + " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name";
    }

    /** The user may be one who reads if he says nothing else. */
    @Override
    public void lockTables(Statement statement, Duration patience) throws SQLException {
        // By itself: statements that are sent together are one transaction, and that has its rights already.
        statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
        statement.execute("SET lock_timeout = " + patience.toMillis() + "; BEGIN; SELECT pg_advisory_xact_lock("
                + LOCK_OF_TABLES + ")");
    }

    @Override
    public String unlockTables() {
        return "COMMIT";
    }

    @Override
    public String undoTables() {
        return "ROLLBACK";
    }
}
