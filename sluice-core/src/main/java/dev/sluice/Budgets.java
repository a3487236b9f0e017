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
    private final Map<String, List<Budget>> byFlow;
    private final Store store;
    private final RandomGenerator random;

    Budgets(Map<String, List<Budget>> byFlow, Store store, RandomGenerator random) {
        this.byFlow = Map.copyOf(new HashMap<>(byFlow));
        this.store = store;
        this.random = random;
    }

    /** A budget that refused. */
    record Refusal(Key budget, Rule rule, Answer.Held held) {}

    /** Whether the flow of the key is charged to any. */
    boolean charge(Key key) {
        return byFlow.containsKey(key.flow());
    }

    /** The first budget of the flow that refuses one more; empty if none does. */
    CompletionStage<Optional<Refusal>> one(Key key) {
        return ask(key, new ArrayList<>(byFlow.getOrDefault(key.flow(), List.of())));
    }

    private CompletionStage<Optional<Refusal>> ask(Key key, List<Budget> left) {
        if (left.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        Budget budget = left.remove(0);
        Key charged = budget.key(key.flow());
        return offer(charged, budget.rule())
                .thenCompose(answer -> answer instanceof Answer.Held held
                        ? CompletableFuture.completedStage(Optional.of(new Refusal(charged, budget.rule(), held)))
                        : ask(key, left));
    }

    private CompletionStage<Answer> offer(Key budget, Rule rule) {
        Event event = new Event.Offer(random.nextLong(), 0, OptionalDouble.empty(), Event.Settle.NOW);
        return store.apply(new Command(budget, rule, event))
                .thenCompose(outcome -> outcome.answer() instanceof Answer.Full
                        ? store.apply(new Command(budget.overflow(), rule, event))
                        : CompletableFuture.completedStage(outcome))
                .thenApply(Outcome::answer);
    }

    /** The budget tells what a digest that it refused would have told; the refusal itself counted one of them. */
    CompletionStage<Outcome> handOver(Refusal refusal, Key key, Out tally) {
        long id = Ids.number(key.text() + " " + tally.number());
        Event report = new Event.Report(id, 0, tally.held() - 1, tally.first(), tally.last());
        return store.apply(new Command(refusal.budget(), refusal.rule(), report));
    }
}
