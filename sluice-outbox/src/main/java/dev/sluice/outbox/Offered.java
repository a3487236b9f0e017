package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Decision;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Reason;
import dev.sluice.Rule;
import dev.sluice.State;
import java.util.Optional;

/**
 * An occurrence with the step that decided it.
 *
 * @param key the one that was asked in the end
 * @param outcome of the step; where it passes in shadow, of one that was only tried
 * @param untaken the offer of a step that was only tried as well, and is to be taken if budgets let it pass
 */
record Offered(
        Occurrence occurrence,
        FlowPlan plan,
        Rule rule,
        Key key,
        Outcome outcome,
        Decision decision,
        Optional<Event.Offer> untaken) {
    static final String SUPPRESS = "suppress";

    static Offered of(Occurrence occurrence, FlowPlan plan, Rule rule, Key key, Outcome outcome) {
        return new Offered(occurrence, plan, rule, key, outcome, Decision.of(key, rule, outcome), Optional.empty());
    }

    /** The step of this offer was only tried, and passed. */
    Offered untaken(Event.Offer offer) {
        return new Offered(occurrence, plan, rule, key, outcome, decision, Optional.of(offer));
    }

    /** Passed in shadow: the step that would hold it was only tried, at {@code now}. */
    Offered shadowed(long now) {
        Decision.Facts held = decision.facts();
        Decision.Facts facts = new Decision.Facts(
                key,
                Reason.SHADOW,
                held.occurrences(),
                held.delivered(),
                held.held() - 1,
                Optional.of(Micros.instant(now)),
                Optional.empty());
        Decision pass = new Decision.Pass(facts, Optional.empty(), Optional.of(held.reason()));
        return new Offered(occurrence, plan, rule, key, outcome, pass, Optional.empty());
    }

    /** In shadow: the reason for which it would have been held. */
    Optional<Reason> would() {
        return decision instanceof Decision.Pass pass ? pass.would() : Optional.empty();
    }

    Reason reason() {
        return key.equals(occurrence.key()) ? decision.facts().reason() : Reason.OVERFLOW;
    }

    State state() {
        return outcome.state();
    }

    /** The state of the key without what was only tried. */
    State taken() {
        return untaken.isPresent() || would().isPresent() ? outcome.before() : outcome.state();
    }

    /** Whether the same id has the claim already, from before. */
    boolean again() {
        return outcome.answer() instanceof Answer.Granted granted
                && outcome.before().live().stream()
                        .mapToLong(Live::fence)
                        .anyMatch(fence -> fence == granted.claim().fence());
    }

    Acceptance.Decided answer(
            String reason, long held, Optional<Claim> claim, Optional<Acceptance.MessageRef> message) {
        Decision.Facts facts = decision.facts();
        return new Acceptance.Decided(
                word(),
                reason,
                key,
                new Acceptance.Counts(facts.occurrences(), facts.delivered(), held),
                facts.next(),
                claim,
                message,
                would().map(Acceptance.Would::new));
    }

    /** The answer where a budget refused what the rule let pass, and the key has {@code state} now. */
    Acceptance.Decided refused(Charges.Refusal by, State state) {
        Decision.Facts facts = decision.facts();
        return new Acceptance.Decided(
                SUPPRESS,
                Reason.BUDGET.word(),
                key,
                new Acceptance.Counts(facts.occurrences(), state.done(), state.held()),
                by.next(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Acceptance.Refused(by.budget())));
    }

    private String word() {
        return decision instanceof Decision.Suppress
                ? SUPPRESS
                : decision instanceof Decision.Summary ? "summary" : "pass";
    }
}
