package dev.sluice.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out which keys transactions of others hold, in a transaction of its own that waits for nobody and changes nothing.
 *
 * <p>Those that are there are looked at in one statement, which skips what is locked. One that somebody else is making
 * cannot be seen: the rest is made, and where that fails, half of it is, until it is known for which keys it does.
 */
final class HeldKeys {
    /** How often making keys is tried; what is not known then counts as held until somebody looks again. */
    private static final int MOST_TRIES = 64;

    private static final Part SAVE = Part.of("SAVEPOINT look");
    private static final Part BACK = Part.of("ROLLBACK TO SAVEPOINT look");

    private final SharedSql sql;
    private final Statements statements;
    private final Set<String> held = new HashSet<>();
    private int tries;

    private HeldKeys(SharedSql sql, Statements statements) {
        this.sql = sql;
        this.statements = statements;
    }

    /** Those of {@code keys} that are held; the transaction is still open then. */
    static Set<String> of(Collection<String> keys, SharedSql sql, Statements statements) throws SQLException {
        HeldKeys look = new HeldKeys(sql, statements);
        look.look(SharedSession.sorted(keys));
        return look.held;
    }

    private void look(List<byte[]> keys) throws SQLException {
        PreparedStatement opened = Part.run(
                statements, List.of(Part.of(sql.begin()), Part.of(sql.hurry()), sql.find(keys), sql.lockFree(keys)));
        Set<String> absent = new HashSet<>();
        keys.forEach(key -> absent.add(Row.text(key)));
        try (ResultSet there = SharedSession.next(opened)) {
            while (there.next()) {
                String key = Row.text(there.getBytes(1));
                absent.remove(key);
                held.add(key);
            }
        }
        try (ResultSet locked = SharedSession.next(opened)) {
            while (locked.next()) {
                held.remove(Row.text(locked.getBytes(1)));
            }
        }
        make(SharedSession.sorted(absent));
    }

    private void make(List<byte[]> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        if (tries++ >= MOST_TRIES) {
            keys.forEach(key -> held.add(Row.text(key)));
            return;
        }
        try {
            SharedSession.drain(Part.run(statements, List.of(SAVE, sql.seize(keys))));
        } catch (SQLException e) {
            if (sql.fate(e) != Database.Fate.HELD) {
                throw e;
            }
            SharedSession.drain(Part.run(statements, List.of(BACK)));
            int half = keys.size() / 2;
            if (half == 0) {
                held.add(Row.text(keys.get(0)));
            } else {
                make(keys.subList(0, half));
                make(keys.subList(half, keys.size()));
            }
        }
    }
}
