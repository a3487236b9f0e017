package dev.sluice.server.scan;

import dev.sluice.Micros;
import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Candidates that an operator keeps back, for a time or for good. They are looked at before a candidate is offered and before
 * each attempt. Safe for use by many threads. Stages fail with {@link dev.sluice.StoreException} if the database does not
 * answer; everything else may block, and throws it.
 */
public final class Holds {
    /** Most of one flow: a scan knows all of them. */
    public static final int MOST = 10_000;

    private static final Schema SCHEMA = Schema.of("scan", Holds.class);

    private static final String SELECT = "SELECT subject, forgotten, at, until, held_by FROM sluice_candidate_hold"
            + " WHERE flow = ? AND (until IS NULL OR until > ?)";
    private static final String OVER = "DELETE FROM sluice_candidate_hold WHERE flow = ? AND until <= ?";
    private static final String COUNT = "SELECT COUNT(*) FROM sluice_candidate_hold WHERE flow = ? AND subject <> ?";
    private static final String DELETE = "DELETE FROM sluice_candidate_hold WHERE flow = ? AND subject = ?";
    private static final String INSERT = "INSERT INTO sluice_candidate_hold"
            + " (flow, subject, forgotten, at, until, held_by) VALUES (?, ?, ?, ?, ?, ?)";

    private final SqlStore database;

    /**
     * Makes its table where it is not there.
     *
     * @throws dev.sluice.StoreException if the database does not answer
     */
    public Holds(SqlStore database) {
        this.database = database;
        database.install(SCHEMA);
    }

    /** Its table. */
    public static Schema schema() {
        return SCHEMA;
    }

    /**
     * A candidate that is kept back.
     *
     * @param subject of its key
     * @param forgotten whether it was given up for good
     * @param at since when
     * @param until when it may go out again; empty: when somebody lets it
     * @param by who did it
     */
    public record Hold(String subject, boolean forgotten, Instant at, Optional<Instant> until, String by) {
        /** Why it does not go out, in words. */
        public String why() {
            return (forgotten ? "forgotten by " : "held by ") + by;
        }
    }

    /** All of a flow that hold now, by subject, in their order. */
    public Map<String, Hold> of(String flow) {
        Map<String, Hold> all = new TreeMap<>();
        list(SELECT, flow, database.now()).forEach(hold -> all.put(hold.subject(), hold));
        return all;
    }

    /** That of one candidate, if it holds now. */
    public Optional<Hold> of(String flow, String subject) {
        return list(SELECT + " AND subject = ?", flow, database.now(), subject).stream()
                .findFirst();
    }

    /** Keeps a candidate back, whatever held it before; false if there are too many of its flow. */
    public CompletionStage<Boolean> put(String flow, Hold hold) {
        return database.transact(unit -> {
            update(unit, OVER, flow, unit.now());
            if (count(unit, flow, hold.subject()) >= MOST) {
                return false;
            }
            update(unit, DELETE, flow, hold.subject());
            insert(unit, flow, hold);
            return true;
        });
    }

    private static void insert(UnitOfWork unit, String flow, Hold hold) throws SQLException {
        PreparedStatement insert =
                bind(unit.prepare(INSERT), flow, hold.subject(), hold.forgotten() ? 1 : 0, Micros.of(hold.at()));
        if (hold.until().isPresent()) {
            insert.setLong(5, Micros.of(hold.until().get()));
        } else {
            insert.setNull(5, Types.BIGINT);
        }
        insert.setString(6, hold.by());
        insert.executeUpdate();
    }

    /** Lets a candidate go out again; whether it was kept back. */
    public CompletionStage<Boolean> remove(String flow, String subject) {
        return database.transact(unit -> update(unit, DELETE, flow, subject) == 1);
    }

    private static long count(UnitOfWork unit, String flow, String but) throws SQLException {
        try (ResultSet row = bind(unit.prepare(COUNT), flow, but).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static int update(UnitOfWork unit, String sql, Object... values) throws SQLException {
        return bind(unit.prepare(sql), values).executeUpdate();
    }

    private List<Hold> list(String sql, Object... values) {
        return database.query(connection -> {
            List<Hold> holds = new ArrayList<>();
            try (PreparedStatement statement = bind(connection.prepareStatement(sql), values);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    holds.add(hold(row));
                }
            }
            return holds;
        });
    }

    private static Hold hold(ResultSet row) throws SQLException {
        long until = row.getLong("until");
        Optional<Instant> ends = row.wasNull() ? Optional.empty() : Optional.of(Micros.instant(until));
        return new Hold(
                row.getString("subject"),
                row.getInt("forgotten") == 1,
                Micros.instant(row.getLong("at")),
                ends,
                row.getString("held_by"));
    }

    private static PreparedStatement bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
