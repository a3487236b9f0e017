package dev.sluice.sql;

import dev.sluice.DamagedStateException;
import dev.sluice.Micros;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of keys as the writer uses it. For one thread. */
final class KeyTable {
    private static final String READ = "SELECT state FROM sluice_key WHERE key = ?";

    private static final String WRITE = """
            INSERT INTO sluice_key (key, state, due_at) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET state = excluded.state, due_at = excluded.due_at""";

    private static final String DELETE = "DELETE FROM sluice_key WHERE key = ?";

    private static final String READ_FLOOR = "SELECT floor FROM sluice_fence_floor WHERE id = 1";

    private static final String WRITE_FLOOR = "UPDATE sluice_fence_floor SET floor = ? WHERE id = 1";

    private static final String LOOK_AT = "UPDATE sluice_key SET due_at = ?1 WHERE due_at > ?1";

    private static final String PROBE = "UPDATE sluice_probe SET written = written + 1 WHERE id = 1";

    private final Statements statements;

    KeyTable(Statements statements) {
        this.statements = statements;
    }

    @Nullable
    State read(String key) throws SQLException {
        PreparedStatement read = statements.prepare(READ);
        read.setString(1, key);
        try (ResultSet row = read.executeQuery()) {
            return row.next() ? decode(key, row.getBytes(1)) : null;
        }
    }

    static State decode(String key, byte[] packed) {
        try {
            return Packed.decode(packed);
        } catch (IllegalArgumentException e) {
            throw new DamagedStateException(key, e);
        }
    }

    /** Writes what changed, in the order of the keys, which touches each page of the table once. */
    void write(Collection<Slot> slots) throws SQLException {
        List<Slot> changed = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            if (slot.rule() != null) {
                changed.add(slot);
            }
        }
        changed.sort(Comparator.comparing(Slot::key));
        PreparedStatement write = statements.prepare(WRITE);
        boolean any = false;
        for (Slot slot : changed) {
            Rule rule = slot.rule();
            State state = slot.state();
            if (state == null || rule == null) {
                delete(slot.key());
            } else {
                bind(write, slot.key(), state, Step.dueAt(state, rule));
                write.addBatch();
                any = true;
            }
        }
        if (any) {
            write.executeBatch();
        }
    }

    private static void bind(PreparedStatement write, String key, State state, long due) throws SQLException {
        write.setString(1, key);
        write.setBytes(2, Packed.encode(state));
        if (due == Micros.FOREVER) {
            write.setNull(3, Types.BIGINT);
        } else {
            write.setLong(3, due);
        }
    }

    private void delete(String key) throws SQLException {
        PreparedStatement delete = statements.prepare(DELETE);
        delete.setString(1, key);
        delete.executeUpdate();
    }

    /** Makes every key due that would be due later: its times may be those of a clock that was set back since. */
    void lookAtAll(long now) throws SQLException {
        PreparedStatement lookAt = statements.prepare(LOOK_AT);
        lookAt.setLong(1, now);
        lookAt.executeUpdate();
    }

    /** Changes a row, as only a store does that can still write. */
    void probe() throws SQLException {
        if (statements.prepare(PROBE).executeUpdate() != 1) {
            throw new StoreException("the row to probe is missing from the database; it is damaged");
        }
    }

    long readFloor() throws SQLException {
        try (ResultSet row = statements.prepare(READ_FLOOR).executeQuery()) {
            if (!row.next()) {
                throw new StoreException("the fence floor is missing from the database; it is damaged");
            }
            return row.getLong(1);
        }
    }

    void writeFloor(long floor) throws SQLException {
        PreparedStatement write = statements.prepare(WRITE_FLOOR);
        write.setLong(1, floor);
        write.executeUpdate();
    }
}
