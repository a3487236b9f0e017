package dev.sluice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Charges passes and digests of flows to their budgets, each budget a step of its own. What one refuses costs the later
 * ones nothing; what was charged before stays charged. Safe for use by many threads.
 */
final class Budgets {
    private static final CompletionStage<Optional<Refusal>> NONE = CompletableFuture.completedStage(Optional.empty());

    private final Map<String, List<Budget>> byFlow;
    private final Store store;
    private final RandomGenerator random;

    Budgets(Map<String, List<Budget>> byFlow, Store store, RandomGenerator random) {
        this.byFlow = Map.copyOf(new HashMap<>(byFlow));
        this.store = store;
        this.random = random;
    }

    /** The same budgets in another store. */
    Budgets over(Store other) {
        return new Budgets(byFlow, other, random);
    }

    /**
     * A budget refused, and holds what it refused.
     *
     * @param next when it would pass one; {@link Micros#FOREVER} if that is not known, because its key found no room
     * @param sample whether what it refused is worth keeping as an example
     */
    record Refusal(long next, boolean sample) {}

    /** Whether the flow of the key is charged to any. */
    boolean charge(Key key) {
        return byFlow.containsKey(key.flow());
    }

    /** Charges a pass; the first budget that refuses it holds it. Empty if none does. */
    CompletionStage<Optional<Refusal>> pass(Key key) {
        long now = store.now();
        return ask(key, left(key), Event.Report.held(random.nextLong(), 1, now, now));
    }

    /**
     * Charges a digest; the first budget that refuses it holds what it would have told. A budget is looked at before it
     * is charged, and holds by the number of the tally: so a repeated call counts nothing again, unless a pass took the
     * last place of the budget between the look and the charge, and the process ended then.
     */
    CompletionStage<Optional<Refusal>> digest(Key key, Out tally) {
        Event.Report refused = Event.Report.untold(key, tally, tally.held());
        return look(key, left(key), refused)
                .thenCompose(full ->
                        full.isPresent() ? CompletableFuture.completedStage(full) : ask(key, left(key), refused));
    }

    private List<Budget> left(Key key) {
        return new ArrayList<>(byFlow.getOrDefault(key.flow(), List.of()));
    }

    private CompletionStage<Optional<Refusal>> look(Key key, List<Budget> left, Event.Report refused) {
        if (left.isEmpty()) {
            return NONE;
        }
        Budget budget = left.remove(0);
        Key charged = budget.key(key.flow());
        return store.apply(new Command(charged, budget.rule(), new Event.Take()))
                .thenCompose(now -> now.state().done() >= budget.rule().limit()
                        ? hold(charged, budget.rule(), refused)
                        : look(key, left, refused));
    }

    private CompletionStage<Optional<Refusal>> ask(Key key, List<Budget> left, Event.Report refused) {
        if (left.isEmpty()) {
            return NONE;
        }
        Budget budget = left.remove(0);
        Key charged = budget.key(key.flow());
        Event one = new Event.Offer(random.nextLong(), 0, OptionalDouble.empty(), Event.Settle.NOW);
        return store.apply(new Command(charged, budget.rule(), one)).thenCompose(outcome -> {
            if (outcome.answer() instanceof Answer.Held held) {
                return holdRest(charged, budget.rule(), refused, held);
            }
            return outcome.answer() instanceof Answer.Full
                    ? hold(charged, budget.rule(), refused)
                    : ask(key, left, refused);
        });
    }

    /** The refusal itself counted one. */
    private CompletionStage<Optional<Refusal>> holdRest(Key budget, Rule rule, Event.Report refused, Answer.Held held) {
        Optional<Refusal> refusal = Optional.of(new Refusal(held.counts().next(), held.sample()));
        if (refused.held() <= 1) {
            return CompletableFuture.completedStage(refusal);
        }
        return hold(budget, rule, refused.without(1)).thenApply(done -> refusal);
    }

    /**
     * Where the key of a budget finds no room, its overflow key holds, and never passes: two keys that both pass would
     * pass twice as many, once there is room.
     */
    private CompletionStage<Optional<Refusal>> hold(Key budget, Rule rule, Event.Report refused) {
        return store.apply(new Command(budget, rule, refused))
                .thenCompose(outcome -> outcome.answer() instanceof Answer.Full
                        ? store.apply(new Command(budget.overflow(), rule, refused))
                        : CompletableFuture.completedStage(outcome))
                .thenApply(outcome -> Optional.of(refusal(rule, outcome.state())));
    }

    private static Refusal refusal(Rule rule, State state) {
        long next = state.done() < rule.limit() ? Micros.FOREVER : state.start() + rule.window();
        return new Refusal(next, Step.isSample(state.held()));
    }
}
