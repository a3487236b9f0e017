package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A closed tally that is about to be told, less what budgets tell of it.
 *
 * @param out the tally
 * @param entrusted how many of it are left to which budget, by the key of the budget
 * @param silent how many of those are told by nobody: their budgets tell nobody, or reach nobody
 */
record HeldBefore(Out out, Map<Key, Long> entrusted, long silent) {
    static HeldBefore of(UnitOfWork unit, Plans plans, Deliveries deliveries, Key key, Out out) throws SQLException {
        FlowPlan plan = plans.get(key);
        Map<Key, Long> entrusted = new LinkedHashMap<>();
        long untold = 0;
        for (Map.Entry<Key, Long> each :
                Entrusted.before(unit, key, out.number()).entrySet()) {
            boolean silent = plans.isSilent(each.getKey());
            boolean kept = silent || !deliveries.reaches(each.getKey(), plan);
            // What a budget would tell, but cannot, a caller can still say with its next pass.
            if (silent || !kept || !plan.channels().isEmpty()) {
                entrusted.put(each.getKey(), each.getValue());
                untold += kept ? each.getValue() : 0;
            }
        }
        return new HeldBefore(out, entrusted, untold);
    }

    /** How many there are to tell. */
    long held() {
        return out.held() - byBudgets();
    }

    Optional<Instant> first() {
        return held() == 0 ? Optional.empty() : Optional.of(Micros.instant(out.first()));
    }

    Optional<Instant> last() {
        return held() == 0 ? Optional.empty() : Optional.of(Micros.instant(out.last()));
    }

    /** Never more than there are: a note may come a moment before what it notes, and stand beside another tally. */
    private long byBudgets() {
        return Math.min(
                out.held(),
                entrusted.values().stream().mapToLong(Long::longValue).sum());
    }

    /** The rest was told without a message of ours; false if somebody else tells it. */
    boolean told(Journal journal, Key key, Rule rule) throws SQLException {
        if (!journal.tell(key, rule, out)) {
            return false;
        }
        journal.move(key, Books.moved(Bucket.REPORTED, Bucket.KEPT, Math.min(silent, out.held())));
        Samples.drop(journal.unit(), key, out.number());
        Entrusted.drop(journal.unit(), key, out.number());
        return true;
    }

    /** The rest goes out with a message that has taken over to tell it, and stays owed until that was delivered. */
    void tellWith(Journal journal, Key key, long message) throws SQLException {
        UnitOfWork unit = journal.unit();
        journal.move(key, Books.moved(Bucket.REPORTED, Bucket.OWED, held()));
        journal.move(key, Books.moved(Bucket.REPORTED, Bucket.KEPT, Math.min(silent, byBudgets())));
        Messages.owe(unit, message, held());
        Samples.attach(unit, key, out.number(), message);
        Entrusted.drop(unit, key, out.number());
    }
}
