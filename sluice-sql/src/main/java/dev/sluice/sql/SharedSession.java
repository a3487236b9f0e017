package dev.sluice.sql;

import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection that writes to a database that others write to, too: nothing is known of a key before it is locked. A
 * transaction of steps costs two round trips: one begins, locks, reads and asks for the time; one writes and commits.
 *
 * <p>A key that is not there cannot be locked. Who makes it second waits for the first, gets an error, and begins again.
 * For a key that is locked, or being made, it waits only for a moment: longer than any commit takes.
 */
final class SharedSession implements Session {
    private static final String WRITE_FLOOR =
            "UPDATE sluice_fence_floor SET floor = CASE WHEN floor < ? THEN ? ELSE floor END WHERE id = 1";

    private static final String PROBE = "UPDATE sluice_probe SET written = written + 1 WHERE id = 1";
    private static final String LOOK_AT = "UPDATE sluice_key SET due_at = ? WHERE due_at > ?";

    /** Fails where a statement before it failed and a work made nothing of that: then there is nothing to commit. */
    private static final Part STILL_GOOD = Part.of("SELECT 1");

    private static final Part COMMIT = Part.of("COMMIT");

    private final Connection connection;
    private final SharedSql sql;
    private final ServerClock clock;
    private final Statements statements;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, byte[]> found = new HashMap<>();
    private long now;
    private long fenceFloor;

    /** A session on a connection that commits by itself; the transactions are begun by statements. */
    SharedSession(Connection connection, SharedSql sql, ServerClock clock) {
        this.connection = connection;
        this.sql = sql;
        this.clock = clock;
        this.statements = new Statements(connection);
        this.now = clock.now();
    }

    @Override
    public Dialect dialect() {
        return sql.dialect();
    }

    @Override
    public void begin(Collection<String> keys) throws SQLException {
        asked.clear();
        found.clear();
        List<Part> parts = new ArrayList<>(List.of(Part.of(sql.begin())));
        if (!keys.isEmpty()) {
            parts.add(sql.lock(sorted(keys)));
        }
        parts.add(Part.of(sql.look()));
        asked.addAll(keys);
        take(Part.run(statements, parts), !keys.isEmpty());
    }

    static List<byte[]> sorted(Collection<String> keys) {
        return keys.stream().map(Row::bytes).sorted(Arrays::compareUnsigned).toList();
    }

    private void take(PreparedStatement opened, boolean withKeys) throws SQLException {
        if (withKeys) {
            try (ResultSet rows = next(opened)) {
                while (rows.next()) {
                    found.put(Row.text(rows.getBytes(1)), rows.getBytes(2));
                }
            }
        }
        try (ResultSet row = next(opened)) {
            if (!row.next()) {
                throw new StoreException("the fence floor is missing from the database; it is damaged");
            }
            now = clock.read(row.getLong(1));
            fenceFloor = row.getLong(2);
        }
    }

    /** The next result that has rows. */
    static ResultSet next(PreparedStatement statement) throws SQLException {
        while (!statement.getMoreResults()) {
            if (statement.getUpdateCount() < 0) {
                throw new SQLException("a statement gave fewer results than it was asked for");
            }
        }
        return statement.getResultSet();
    }

    @Override
    public Set<String> held(Collection<String> keys) throws SQLException {
        Set<String> held = keys.isEmpty() ? Set.of() : HeldKeys.of(keys, sql, statements);
        drain(Part.run(statements, List.of(Part.of("ROLLBACK"))));
        return held;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long fenceFloor() {
        return fenceFloor;
    }

    @Override
    public @Nullable State read(String key) throws SQLException {
        if (asked.add(key)) {
            try (ResultSet row = Part.run(statements, List.of(sql.lock(List.of(Row.bytes(key)))))
                    .getResultSet()) {
                if (row.next()) {
                    found.put(key, row.getBytes(2));
                }
            }
        }
        byte[] packed = found.get(key);
        return packed == null ? null : KeyTable.decode(key, packed);
    }

    @Override
    public PreparedStatement prepare(String text) throws SQLException {
        return statements.prepare(text);
    }

    @Override
    public void lookAtAll(long time) throws SQLException {
        PreparedStatement lookAt = statements.prepare(LOOK_AT);
        lookAt.setLong(1, time);
        lookAt.setLong(2, time);
        lookAt.executeUpdate();
    }

    @Override
    public void probe() throws SQLException {
        if (statements.prepare(PROBE).executeUpdate() != 1) {
            throw new StoreException("the row to probe is missing from the database; it is damaged");
        }
    }

    @Override
    public void commit(Changes changes) throws SQLException {
        List<Part> parts = rows(changes.slots());
        if (changes.fenceFloor() > fenceFloor) {
            parts.add(floor(changes.fenceFloor()));
        }
        if (!changes.armed().isEmpty()) {
            parts.addAll(sql.tell(sorted(changes.armed())));
        }
        if (parts.isEmpty()) {
            parts.add(STILL_GOOD);
        }
        parts.add(COMMIT);
        try {
            drain(Part.run(statements, parts));
        } catch (SQLException e) {
            throw sql.isTaken(e)
                    ? CommitException.taken(e)
                    : sql.fate(e) == Database.Fate.CUT ? CommitException.lost(e) : e;
        }
    }

    private static Part floor(long least) {
        return new Part(WRITE_FLOOR, (statement, first) -> {
            statement.setLong(first, least);
            statement.setLong(first + 1, least);
            return first + 2;
        });
    }

    private List<Part> rows(Collection<Slot> slots) {
        List<Row> fresh = new ArrayList<>();
        List<Row> changed = new ArrayList<>();
        List<byte[]> gone = new ArrayList<>();
        for (Slot slot : slots) {
            Rule rule = slot.rule();
            State state = slot.state();
            if (rule != null && state != null) {
                (found.containsKey(slot.key()) ? changed : fresh).add(Row.of(slot.key(), state, rule));
            } else if (rule != null && found.containsKey(slot.key())) {
                gone.add(Row.bytes(slot.key()));
            }
        }
        List<Part> parts = new ArrayList<>();
        addIfAny(parts, changed, rows -> sql.update(rows));
        if (!gone.isEmpty()) {
            gone.sort(Arrays::compareUnsigned);
            parts.add(sql.delete(gone));
        }
        addIfAny(parts, fresh, rows -> sql.insert(rows));
        return parts;
    }

    private static void addIfAny(List<Part> parts, List<Row> rows, Function<List<Row>, Part> part) {
        if (!rows.isEmpty()) {
            rows.sort(Row.ORDER);
            parts.add(part.apply(rows));
        }
    }

    /** Looks at every result, one of which may be an error. */
    static void drain(PreparedStatement statement) throws SQLException {
        while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
            // On to the next one.
        }
    }

    @Override
    public boolean rollback() {
        try {
            drain(Part.run(statements, List.of(Part.of("ROLLBACK"))));
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
