package dev.sluice.server.http;

import dev.sluice.Budget;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One page of what is charged to budgets, in the order of the text of the keys.
 *
 * @param rows how each key of a budget stands
 * @param next behind which key the next page begins; empty if there is none
 */
public record BudgetPage(List<Explanation> rows, Optional<Key> next) {
    /** Reads a page of at most {@code limit} rows. May block. */
    public static BudgetPage of(Engine engine, Optional<Key> after, int limit) {
        List<Key> keys = engine.keys(Budget.FLOW, after, limit + 1);
        boolean more = keys.size() > limit;
        List<Key> shown = more ? keys.subList(0, limit) : keys;
        List<Explanation> rows = new ArrayList<>(shown.size());
        shown.forEach(key -> engine.explain(key).ifPresent(rows::add));
        return new BudgetPage(rows, more ? Optional.of(shown.get(shown.size() - 1)) : Optional.empty());
    }

    /** When the open window of a key ends; empty if none is open. */
    public static Optional<Instant> windowEnd(Explanation about) {
        return about.state().done() == 0
                ? Optional.empty()
                : Optional.of(
                        Micros.instant(about.state().start() + about.rule().window()));
    }
}
