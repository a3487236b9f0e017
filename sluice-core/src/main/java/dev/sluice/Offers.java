package dev.sluice;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The way of an offer: the rule of its key decides, shadow may turn that, and budgets have the last word. */
final class Offers {
    private final Store store;
    private final Flows flows;
    private final Shadow shadow;
    private final Budgets budgets;

    Offers(Store store, Flows flows, Shadow shadow, Budgets budgets) {
        this.store = store;
        this.flows = flows;
        this.shadow = shadow;
        this.budgets = budgets;
    }

    /** The same in another store. */
    Offers over(Store other, Budgets there) {
        return new Offers(other, flows, shadow, there);
    }

    CompletionStage<Decision> ask(Key key, Event.Offer offer) {
        if (!budgets.charge(key)) {
            return decide(key, offer).thenApply(Asked::decision);
        }
        // What a budget may still refuse is not done yet.
        Event.Offer open = offer.settling(Event.Settle.LATER);
        CompletionStage<Decision> charged = decide(key, open).thenCompose(this::charged);
        return offer.settle() == Event.Settle.NOW ? charged.thenCompose(this::done) : charged;
    }

    /** @param again whether the claim was handed out before, to the same id */
    private record Asked(Decision decision, boolean again) {}

    private CompletionStage<Asked> decide(Key key, Event.Offer offer) {
        Rule rule = flows.require(key);
        return store.apply(new Command(key, rule, offer)).thenCompose(outcome -> {
            if (outcome.answer() instanceof Answer.Full) {
                return store.apply(new Command(key.overflow(), rule, offer))
                        .thenApply(rest -> asked(overflowed(Decision.of(key.overflow(), rule, rest)), rest));
            }
            return CompletableFuture.completedStage(asked(Decision.of(key, rule, outcome), outcome));
        });
    }

    private Asked asked(Decision decision, Outcome outcome) {
        boolean again = decision.claim()
                .map(claim -> outcome.before().live().stream().anyMatch(live -> live.fence() == claim.fence()))
                .orElse(false);
        return new Asked(shadow.turn(decision), again);
    }

    private static Decision overflowed(Decision decision) {
        Decision.Facts of = decision.facts();
        if (of.reason() == Reason.REPEATED) {
            return decision;
        }
        Decision.Facts facts = new Decision.Facts(
                of.key(), Reason.OVERFLOW, of.occurrences(), of.delivered(), of.held(), of.next(), of.heldBefore());
        if (decision instanceof Decision.Suppress suppress) {
            return new Decision.Suppress(facts, suppress.sample());
        } else if (decision instanceof Decision.Summary summary) {
            return new Decision.Summary(facts, summary.claim());
        }
        return new Decision.Pass(facts, decision.claim());
    }

    private CompletionStage<Decision> charged(Asked asked) {
        Decision decision = asked.decision;
        if (!decision.passes() || asked.again) {
            return CompletableFuture.completedStage(decision);
        }
        return budgets.pass(decision.facts().key())
                .thenCompose(refusal -> refusal.isPresent()
                        ? refused(decision, refusal.get())
                        : CompletableFuture.completedStage(decision));
    }

    /** What a budget refuses leaves its key for the one of the budget, which holds and tells it. */
    private CompletionStage<Decision> refused(Decision decision, Budgets.Refusal refusal) {
        Decision.Facts of = decision.facts();
        Decision.Facts facts = new Decision.Facts(
                of.key(),
                Reason.BUDGET,
                of.occurrences(),
                of.delivered(),
                of.held(),
                Micros.maybe(refusal.next()),
                Optional.empty());
        Decision suppress = new Decision.Suppress(facts, refusal.sample());
        if (decision.claim().isEmpty()) {
            return CompletableFuture.completedStage(suppress);
        }
        Claim claim = decision.claim().get();
        Event back = new Event.Release(claim.fence(), claim.nonce(), Event.Why.REFUSED);
        return settle(claim, back).thenApply(released -> suppress);
    }

    /** Decided and done: a pass counts now. */
    private CompletionStage<Decision> done(Decision decision) {
        if (decision.claim().isEmpty()) {
            return CompletableFuture.completedStage(decision);
        }
        Claim claim = decision.claim().get();
        Decision done = decision instanceof Decision.Summary
                ? new Decision.Summary(decision.facts(), Optional.empty())
                : new Decision.Pass(decision.facts(), Optional.empty());
        return settle(claim, new Event.Complete(claim.fence(), claim.nonce())).thenApply(outcome -> done);
    }

    private CompletionStage<Outcome> settle(Claim claim, Event event) {
        return store.apply(new Command(claim.key(), flows.require(claim.key()), event));
    }
}
