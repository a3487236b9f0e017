package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Subjects that have a message and no address, as far as this process found: their next occurrence is a reason to look
 * again. Safe for use by many threads.
 */
final class Unaddressed {
    /** Beyond this, only time is a reason. */
    private static final int MOST = 10_000;

    /** However often a subject occurs. */
    private static final long EVERY = Micros.of(Duration.ofSeconds(1));

    private static final String DUE = "update sluice_delivery set due_at = ? where state = 'waiting'"
            + " and lost_since is not null and message_id in"
            + " (select id from sluice_message where key_text = ? and closed_at is null)";

    private static final String LIST = "select message_id, key_text, lost_since from sluice_delivery"
            + " join sluice_message on sluice_message.id = sluice_delivery.message_id"
            + " where lost_since is not null and sluice_delivery.state = 'waiting' order by lost_since limit ?";

    private final Map<Key, Long> looked = new ConcurrentHashMap<>();

    /** Nobody was found at {@code now}. */
    void lost(Key key, long now) {
        if (looked.size() < MOST || looked.containsKey(key)) {
            looked.put(key, now);
        }
    }

    void found(Key key) {
        looked.remove(key);
    }

    /** Whether it is time to look again, because the key occurred. */
    boolean isDue(Key key, long now) {
        Long last = looked.get(key);
        return last != null && (now < last || now - last >= EVERY) && looked.replace(key, last, now);
    }

    /** What waits for an address of the key is due now. */
    static int due(UnitOfWork unit, Key key) throws SQLException {
        return Rows.update(unit, DUE, unit.now(), key.text());
    }

    /** Those that wait longest first. */
    static List<Outbox.Lost> list(SqlStore store, int limit) {
        return store.query(connection -> Rows.list(
                connection,
                LIST,
                row -> new Outbox.Lost(
                        row.getLong("message_id"),
                        Key.parse(row.getString("key_text")),
                        Micros.instant(row.getLong("lost_since"))),
                limit));
    }
}
