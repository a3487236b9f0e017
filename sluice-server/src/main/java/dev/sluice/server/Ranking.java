package dev.sluice.server;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.MostHeld;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Finds the subjects of a flow that hold the most. No index knows them, because it would have to be written with every
 * held occurrence; so all subjects are read, up to a bound, when somebody looks.
 */
final class Ranking {
    /** Subjects that are read at most: about a quarter of a second. */
    static final int MOST_READ = 50_000;

    private static final Comparator<Explanation> LEAST_FIRST = Comparator.comparingLong(
                    (Explanation about) -> about.state().held())
            .thenComparingLong(about -> about.state().lastSeen());

    private final FlowConfig flow;
    private final Predicate<Key> sought;
    private final int limit;
    private final PriorityQueue<Explanation> most = new PriorityQueue<>(LEAST_FIRST);

    Ranking(FlowConfig flow, Predicate<Key> sought, int limit) {
        this.flow = flow;
        this.sought = sought;
        this.limit = limit;
    }

    MostHeld over(Keys keys) {
        long now = keys.now();
        boolean all = keys.states(flow.name(), MOST_READ, (key, state) -> take(key, state, now));
        List<Explanation> rows = new ArrayList<>(most);
        rows.sort(LEAST_FIRST.reversed());
        return new MostHeld(rows, all);
    }

    private void take(Key key, State state, long now) {
        Rule rule = flow.plan().rules().get(key.variant());
        if (rule == null || !sought.test(key)) {
            return;
        }
        most.add(Explanation.of(key, rule, state, now));
        if (most.size() > limit) {
            most.remove();
        }
    }
}
