package dev.sluice.sql;

import dev.sluice.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the works of one commit read and changed: each key once, however many of them step it. */
final class Batch {
    private final Statements statements;
    private final KeyTable table;
    private final HotStates hot;
    private final long floorBefore;
    private long fenceFloor;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Map<Class<?>, UnitOfWork.Gathered> gathered = new LinkedHashMap<>();

    Batch(Statements statements, KeyTable table, HotStates hot, long fenceFloor) {
        this.statements = statements;
        this.table = table;
        this.hot = hot;
        this.floorBefore = fenceFloor;
        this.fenceFloor = fenceFloor;
    }

    Slot slot(String key) throws SQLException {
        Slot known = slots.get(key);
        if (known != null) {
            return known;
        }
        State state = hot.get(key);
        Slot read = new Slot(key, state == null ? table.read(key) : state);
        slots.put(key, read);
        return read;
    }

    <G extends UnitOfWork.Gathered> G gathered(Class<G> kind, Supplier<G> fresh) {
        return kind.cast(gathered.computeIfAbsent(kind, absent -> fresh.get()));
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return statements.prepare(sql);
    }

    void probe() throws SQLException {
        table.probe();
    }

    Connection connection() {
        return statements.connection();
    }

    long fenceFloor() {
        return fenceFloor;
    }

    /** A key with this fence was forgotten; fences of keys that come back must be higher. */
    void raiseFenceFloor(long fence) {
        fenceFloor = Math.max(fenceFloor, fence);
    }

    /** Writes all that changed. */
    void write(long now) throws SQLException {
        Unit last = new Unit(this, now);
        for (UnitOfWork.Gathered each : gathered.values()) {
            each.write(last);
        }
        last.keep();
        table.write(slots.values());
        if (fenceFloor > floorBefore) {
            table.writeFloor(fenceFloor);
        }
    }

    Collection<Slot> slots() {
        return slots.values();
    }
}
