package dev.sluice;

import java.time.Instant;
import java.util.Optional;

/** The answer to an occurrence: may it go out now? */
public sealed interface Decision {
    /** What the decision rests on. */
    Facts facts();

    /** The claim to settle; empty if it is held, or counted already, or decided before. */
    default Optional<Claim> claim() {
        return Optional.empty();
    }

    /** Whether it may go out now. False also for a repeated id that was settled: its effect is not due again. */
    boolean passes();

    /**
     * It may go out.
     *
     * @param would in shadow: the reason for which limiting would have held it
     */
    record Pass(Facts facts, Optional<Claim> claim, Optional<Reason> would) implements Decision {
        /** A pass that is one. */
        public Pass(Facts facts, Optional<Claim> claim) {
            this(facts, claim, Optional.empty());
        }

        @Override
        public boolean passes() {
            return facts.reason() != Reason.REPEATED;
        }
    }

    /** It may go out, and should say how many occurrences there were. */
    record Summary(Facts facts, Optional<Claim> claim) implements Decision {
        @Override
        public boolean passes() {
            return true;
        }
    }

    /**
     * It is held: counted, and told later.
     *
     * @param sample whether it is worth keeping as an example of what was held: the 1st, 10th, 100th ...
     */
    record Suppress(Facts facts, boolean sample) implements Decision {
        @Override
        public boolean passes() {
            return false;
        }
    }

    /**
     * What a decision rests on.
     *
     * @param key the key that was asked, or its overflow subject
     * @param reason why
     * @param occurrences since the window was last closed, this one included
     * @param delivered completions in the open window
     * @param held held ones in the open tally
     * @param next when the next one may pass; empty if only a reset helps
     * @param heldBefore under {@link Digest#WITH_NEXT}: what a pass must tell as held since the last one
     */
    record Facts(
            Key key,
            Reason reason,
            long occurrences,
            int delivered,
            long held,
            Optional<Instant> next,
            Optional<Out> heldBefore) {}

    /**
     * Reads the answer of a step to an offer.
     *
     * @throws IllegalArgumentException if the answer is not one to an offer
     */
    static Decision of(Key key, Rule rule, Outcome outcome) {
        Answer answer = outcome.answer();
        if (answer instanceof Answer.Granted granted) {
            Live live = granted.claim();
            Facts facts = facts(key, rule, Reason.ALLOWED, granted.counts(), outcome);
            Claim claim = new Claim(key, live.fence(), live.nonce(), Micros.instant(live.until()));
            return live.summary() ? new Summary(facts, Optional.of(claim)) : new Pass(facts, Optional.of(claim));
        } else if (answer instanceof Answer.Passed passed) {
            Reason reason = passed(rule, outcome);
            Facts facts = facts(key, rule, reason, passed.counts(), outcome);
            return passed.summary() ? new Summary(facts, Optional.empty()) : new Pass(facts, Optional.empty());
        } else if (answer instanceof Answer.Held held) {
            return new Suppress(facts(key, held.reason(), held.counts(), Optional.empty()), held.sample());
        } else if (answer instanceof Answer.Repeated repeated) {
            return new Pass(facts(key, Reason.REPEATED, repeated.counts(), Optional.empty()), Optional.empty());
        }
        throw new IllegalArgumentException("not the answer to an offer: " + answer);
    }

    private static Reason passed(Rule rule, Outcome outcome) {
        Optional<Effect.Decider> by = outcome.elsewhere();
        if (by.isPresent()) {
            return by.get() == Effect.Decider.OPEN ? Reason.OPEN : Reason.LOCAL;
        }
        return rule.charged() ? Reason.CHARGED : Reason.ALLOWED;
    }

    private static Facts facts(Key key, Rule rule, Reason reason, Answer.Counts counts, Outcome outcome) {
        boolean tells = rule.digest() == Digest.WITH_NEXT;
        return facts(
                key, reason, counts, tells ? Optional.ofNullable(outcome.state().out()) : Optional.empty());
    }

    private static Facts facts(Key key, Reason reason, Answer.Counts counts, Optional<Out> heldBefore) {
        Optional<Instant> next = Micros.maybe(counts.next());
        return new Facts(key, reason, counts.seen(), counts.done(), counts.held(), next, heldBefore);
    }
}
