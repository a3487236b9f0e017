package dev.sluice.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What the works of one commit read and changed: each key once, however many of them step it. */
final class Batch {
    private final Session session;
    private final Set<String> held;
    private long fenceFloor;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Set<String> armed = new HashSet<>();
    private final Map<Class<?>, UnitOfWork.Gathered> gathered = new LinkedHashMap<>();

    /**
     * A batch in the transaction that is open.
     *
     * @param held keys that nobody may ask for, because that would have to wait
     */
    Batch(Session session, Set<String> held) {
        this.session = session;
        this.held = held;
        this.fenceFloor = session.fenceFloor();
    }

    Dialect dialect() {
        return session.dialect();
    }

    /** A work wants a key that somebody else holds. */
    static final class HeldKeyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        HeldKeyException(String key) {
            super(key + " is held by another transaction", null, false, false);
        }
    }

    Slot slot(String key) throws SQLException {
        Slot known = slots.get(key);
        if (known != null) {
            return known;
        }
        if (held.contains(key)) {
            throw new HeldKeyException(key);
        }
        Slot read = new Slot(key, session.read(key));
        slots.put(key, read);
        return read;
    }

    <G extends UnitOfWork.Gathered> G gathered(Class<G> kind, Supplier<G> fresh) {
        return kind.cast(gathered.computeIfAbsent(kind, absent -> fresh.get()));
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return session.prepare(sql);
    }

    void probe() throws SQLException {
        session.probe();
    }

    long fenceFloor() {
        return fenceFloor;
    }

    /** Other processes may know the key as it was before. */
    void armed(String key) {
        armed.add(key);
    }

    /** A key with this fence was forgotten; fences of keys that come back must be higher. */
    void raiseFenceFloor(long fence) {
        fenceFloor = Math.max(fenceFloor, fence);
    }

    /** Writes all that changed, and commits. */
    void commit() throws SQLException {
        Unit last = new Unit(this, session.now(), Unit.Savepoints.NONE);
        for (UnitOfWork.Gathered each : gathered.values()) {
            each.write(last);
        }
        last.keep();
        session.commit(new Changes(slots.values(), fenceFloor, armed));
    }
}
