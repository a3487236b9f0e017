package dev.sluice.sql;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.Store.Forgotten;
import dev.sluice.Store.RuleBook;
import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes round the keys in the order of the table, a page at a time, to find those that can be forgotten. A reader looks;
 * the writer looks again at the few that were found, and deletes them.
 */
final class Sweep {
    private static final System.Logger LOG = System.getLogger(Sweep.class.getName());
    private static final int PAGE = 256;
    private static final int MOST_WARNINGS = 100;

    private final Readers readers;
    private final KeyQueries queries;
    private final Set<String> damaged = new HashSet<>();
    private String cursor = "";

    Sweep(Readers readers, KeyQueries queries) {
        this.readers = readers;
        this.queries = queries;
    }

    /** Some of the keys that can probably be forgotten. */
    record Page(List<Candidate> candidates) {
        List<Key> keys() {
            return candidates.stream().map(Candidate::key).toList();
        }

        /** Forgets those that still can be. */
        List<Forgotten> forget(UnitOfWork unit, SqlStore.Bookkeeping bookkeeping) throws SQLException {
            List<Forgotten> all = new ArrayList<>();
            for (Candidate candidate : candidates) {
                Optional<Outcome> outcome = unit.forget(candidate.key(), candidate.rule());
                if (outcome.isPresent()) {
                    Forgotten forgotten =
                            new Forgotten(candidate.key(), outcome.get().books(new Event.Take()));
                    bookkeeping.forgotten(unit, forgotten);
                    all.add(forgotten);
                }
            }
            return all;
        }
    }

    /** A key that looked as if nobody could observe it any more, and the rule at hand. */
    record Candidate(Key key, Rule rule) {}

    /** Looks at the next {@code most} keys, but at none twice; what comes back can forget those that were found. */
    synchronized List<Page> next(RuleBook rules, int most, long now) {
        List<Page> pages = new ArrayList<>();
        String start = cursor;
        boolean fromTheTop = start.isEmpty();
        for (int left = most; left > 0; ) {
            int size = Math.min(PAGE, left);
            List<KeyQueries.Stored> page = page(size);
            List<Candidate> found = candidates(page, rules, now);
            if (!found.isEmpty()) {
                pages.add(new Page(found));
            }
            left -= page.size();
            boolean bottom = page.size() < size;
            boolean round = fromTheTop && !start.isEmpty() && cursor.compareTo(start) >= 0;
            if (bottom) {
                cursor = "";
            }
            if (round || (bottom && fromTheTop)) {
                break;
            }
            fromTheTop |= bottom;
        }
        return pages;
    }

    private List<KeyQueries.Stored> page(int size) {
        String behind = cursor;
        List<KeyQueries.Stored> page = readers.query(connection -> queries.page(connection, behind, size));
        if (!page.isEmpty()) {
            cursor = page.get(page.size() - 1).key();
        }
        return page;
    }

    private List<Candidate> candidates(List<KeyQueries.Stored> page, RuleBook rules, long now) {
        List<Candidate> found = new ArrayList<>();
        for (KeyQueries.Stored stored : page) {
            try {
                candidate(stored, rules, now).ifPresent(found::add);
            } catch (StoreException | IllegalArgumentException e) {
                warn(stored.key(), e);
            }
        }
        return found;
    }

    private static Optional<Candidate> candidate(KeyQueries.Stored stored, RuleBook rules, long now) {
        Key key = Key.parse(stored.key());
        State state = stored.state();
        return rules.rule(key)
                .filter(rule -> Step.forget(state, rule, now) != null)
                .map(rule -> new Candidate(key, rule));
    }

    /** One damaged row must not keep the others from being forgotten; it is told of once. */
    private void warn(String key, RuntimeException why) {
        if (damaged.size() < MOST_WARNINGS && damaged.add(key)) {
            LOG.log(Level.WARNING, "The key {0} is damaged, and is left alone: {1}", key, why.getMessage());
        }
    }
}
