package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;

/** Deletes what is over, in small batches: old ledger entries, closed messages, answers, and keys nobody can observe. */
final class Retention {
    private static final int BATCH = 500;
    private static final int MOST_BATCHES = 20;
    private static final int KEYS = 2_000;
    private static final long EVERY = Micros.of(Duration.ofSeconds(1));
    private static final long THIN_EVERY = Micros.of(Duration.ofMinutes(10));

    private static final String OLD_LEDGER = "delete from sluice_ledger where id in (select id from"
            + " (select id from sluice_ledger where at < ? order by at limit ?%s) as gone)";
    private static final String OLD_MESSAGES = "delete from sluice_message where id in (select id from"
            + " (select id from sluice_message where closed_at < ? order by closed_at limit ?%s) as gone)";
    private static final String OLD_EPISODES = "delete from sluice_episode where id in (select id from"
            + " (select id from sluice_episode where closed_at < ? order by closed_at limit ?%s) as gone)";
    private static final String OLD_ANSWERS = "delete from sluice_request where (flow, id) in (select flow, id from"
            + " (select flow, id from sluice_request where at < ? order by at limit ?%s) as gone)";

    private final SqlStore store;
    private final Works works;
    private final long kept;
    private long last = Micros.ABSENT;
    private long thinned = Micros.ABSENT;

    Retention(SqlStore store, Works works, Duration kept) {
        this.store = store;
        this.works = works;
        this.kept = Micros.of(kept);
    }

    /** Does a batch of each, unless it did so a short while ago; how many rows went. */
    int run() {
        long now = store.now();
        if (last != Micros.ABSENT && now >= last && now - last < EVERY) {
            return 0;
        }
        last = now;
        int gone = purge(OLD_LEDGER, now - kept)
                + purge(OLD_MESSAGES, now - kept)
                + purge(OLD_EPISODES, now - kept)
                + purge(OLD_ANSWERS, now - Micros.of(Requests.KEPT));
        gone += Desk.await(store.transactAhead(unit -> Posts.forgetTellings(unit, BATCH)));
        works.forget(KEYS);
        return gone + thin(now);
    }

    private int purge(String sql, long before) {
        int gone = 0;
        String text = sql.formatted(Phrases.lockedOrSkipped(store.dialect()));
        for (int batch = 0; batch < MOST_BATCHES; batch++) {
            int some = Desk.await(store.transactAhead(unit -> Rows.update(unit, text, before, BATCH)));
            gone += some;
            if (some < BATCH) {
                break;
            }
        }
        return gone;
    }

    private int thin(long now) {
        if (thinned != Micros.ABSENT && now >= thinned && now - thinned < THIN_EVERY) {
            return 0;
        }
        thinned = now;
        return Desk.await(store.transactAhead(BooksHistory::forget));
    }

    /** The state of a key is gone, and nobody can observe what is kept beside it. */
    static void forget(UnitOfWork unit, Key key) throws SQLException {
        Samples.drop(unit, key, Long.MAX_VALUE);
        Entrusted.drop(unit, key, Long.MAX_VALUE);
        BudgetTargets.drop(unit, key);
        Subjects.drop(unit, key);
    }
}
