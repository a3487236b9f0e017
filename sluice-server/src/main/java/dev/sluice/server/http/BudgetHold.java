package dev.sluice.server.http;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a budget refused of a subject, and has not told yet, or has told while the subject still holds it.
 *
 * @param budget the key of the budget
 * @param held how many
 * @param until when the budget has room again; empty if it has
 */
public record BudgetHold(Key budget, long held, Optional<Instant> until) {
    /** What budgets refused of a subject. May block. */
    public static List<BudgetHold> of(Engine engine, Key key) {
        List<BudgetHold> all = new ArrayList<>();
        engine.entrusted(key).forEach((budget, held) -> {
            Optional<Instant> until = engine.explain(budget)
                    .filter(about -> about.reason() == Reason.LIMIT)
                    .flatMap(Explanation::next);
            all.add(new BudgetHold(budget, held, until));
        });
        return all;
    }

    /** In words. */
    public String sentence() {
        return held + " held by budget " + budget.variant() + " for " + budget.subject()
                + until.map(time -> " until " + time).orElse(", which has room again") + "; its digest tells them.";
    }
}
