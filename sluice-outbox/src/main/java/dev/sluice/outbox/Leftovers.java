package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.sql.SqlStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Finds what the database keeps beside keys that their store has forgotten by itself: goes round, a few keys at a time. A
 * key that comes back in the moment between the look and the deletion loses its first example.
 */
final class Leftovers {
    private static final int BATCH = 100;

    private static final String NEXT = "select key_text from (select key_text from sluice_subject where key_text > ?"
            + " union select key_text from sluice_sample where key_text > ? and message_id is null"
            + " union select key_text from sluice_budget_told where key_text > ?"
            + " union select key_text from sluice_budget_target where key_text > ?) as kept order by key_text limit ?";

    private final SqlStore database;
    private final Store keys;
    private String last = "";

    Leftovers(SqlStore database, Store keys) {
        this.database = database;
        this.keys = keys;
    }

    private record Look(Key key, CompletionStage<Optional<State>> state) {}

    /** Looks at the next few. Only the due-loop asks. */
    void drop() {
        String after = last;
        List<Key> kept = database.query(connection -> Rows.list(
                connection, NEXT, row -> Key.parse(row.getString("key_text")), after, after, after, after, BATCH));
        last = kept.size() < BATCH ? "" : kept.get(kept.size() - 1).text();
        List<Look> looks =
                kept.stream().map(key -> new Look(key, keys.read(key))).toList();
        List<Key> gone = looks.stream()
                .filter(look -> Desk.await(look.state).isEmpty())
                .map(Look::key)
                .toList();
        if (!gone.isEmpty()) {
            Desk.await(database.transactAhead(unit -> {
                for (Key key : gone) {
                    Retention.forget(unit, key);
                }
                return gone.size();
            }));
        }
    }
}
