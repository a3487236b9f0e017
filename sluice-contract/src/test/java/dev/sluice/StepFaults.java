package dev.sluice;

import java.util.List;
import java.util.OptionalDouble;

/** Steps with one fault each, for the histories to find. They stand in the package of the step to reach its draft. */
public enum StepFaults {
    /** A window, a lease and a back-off still hold at their end. */
    BOUNDARY_INCLUSIVE {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            return Step.apply(state, rule, event, now - 1);
        }
    },
    /** The window begins anew with every occurrence, so that a steady one mutes itself for ever. */
    WINDOW_SLIDES {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            if (!(outcome.answer() instanceof Answer.Held) || outcome.state().done() == 0) {
                return outcome;
            }
            Draft draft = new Draft(outcome.state());
            draft.start = draft.touched;
            return with(outcome, draft);
        }
    },
    /** A released claim keeps its slot. */
    REFUND_LOST {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            boolean release = event instanceof Event.Release;
            Outcome outcome = Step.apply(state, rule, release ? new Event.Take() : event, now);
            return release ? new Outcome(state, outcome.state(), new Answer.Ok(), outcome.effects()) : outcome;
        }
    },
    /** The fence is the time and nothing else: a clock set back gives old numbers out again. */
    FENCE_REUSED {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Draft draft = new Draft(state);
            draft.fence = draft.live.stream().mapToLong(Live::fence).max().orElse(0);
            return as(state, Step.apply(new State(draft), rule, event, now));
        }
    },
    /** Whoever takes a tally empties it: a crash before it is told loses it. */
    DIGEST_CLEARED_BY_TAKE {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            if (!(event instanceof Event.Take)) {
                return outcome;
            }
            Draft draft = new Draft(outcome.state());
            draft.out = null;
            return with(outcome, draft);
        }
    },
    /** A tally that is told empties the next one, too, which is held already. */
    DIGEST_CLEARS_THE_NEXT {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            if (outcome.effects().stream().noneMatch(Effect.Told.class::isInstance)) {
                return outcome;
            }
            Draft draft = new Draft(outcome.state());
            draft.emptyTally();
            return with(outcome, draft);
        }
    },
    /** A repeated id is counted again. */
    REPEAT_COUNTED {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            return event instanceof Event.Offer offer
                    ? Step.apply(
                            state,
                            rule,
                            new Event.Offer(offer.id() ^ state.fence(), offer.nonce(), offer.mark(), offer.settle()),
                            now)
                    : Step.apply(state, rule, event, now);
        }
    },
    /** Who reports is forgotten as soon as something else happens. */
    REPORTER_FORGOTTEN {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            if (event instanceof Event.Report) {
                return outcome;
            }
            Draft draft = new Draft(outcome.state());
            draft.reporters = List.of();
            return with(outcome, draft);
        }
    },
    /** One more than the rule allows, under load: while a claim is out. */
    LIMIT_OFF_BY_ONE {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Draft draft = new Draft(state);
            boolean more = event instanceof Event.Offer && draft.done > 1 && !draft.live.isEmpty();
            draft.done -= more ? 1 : 0;
            Outcome outcome = Step.apply(new State(draft), rule, event, now);
            if (!more || outcome.state().done() == 0) {
                return as(state, outcome);
            }
            Draft after = new Draft(outcome.state());
            after.done++;
            return as(state, with(outcome, after));
        }
    },
    /** A lost claim vanishes: its occurrence is neither held nor assumed. */
    LOSS_UNCOUNTED {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Draft draft = new Draft(state);
            draft.live =
                    draft.live.stream().filter(claim -> claim.until() > now).toList();
            return as(state, Step.apply(new State(draft), rule, event, now));
        }
    },
    /** A late completion above the limit is not told. */
    OVERSHOOT_UNTOLD {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            List<Effect> told = outcome.effects().stream()
                    .filter(effect -> !(effect instanceof Effect.Overshoot))
                    .toList();
            return new Outcome(outcome.before(), outcome.state(), outcome.answer(), told);
        }
    },
    /** What is due happens when somebody looks, not at its own time. */
    TIME_OF_THE_LOOK {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Draft draft = new Draft(state);
            draft.live = draft.live.stream()
                    .map(claim -> claim.until() < now ? claim.extended(now) : claim)
                    .toList();
            return as(state, Step.apply(new State(draft), rule, event, now));
        }
    },
    /** What is let out and not told yet does not say what is enough. */
    OPEN_MARK_IGNORED {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            if (!(event instanceof Event.Reset) || state.mark().isPresent()) {
                return Step.apply(state, rule, event, now);
            }
            return Step.apply(state, rule, new Event.Reset(OptionalDouble.empty()), now);
        }
    },
    /** What somebody else told earlier makes an open window shorter. */
    INHERITING_SHORTENS {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Outcome outcome = Step.apply(state, rule, event, now);
            if (!(event instanceof Event.ToldBefore told) || outcome.state().start() <= told.at()) {
                return outcome;
            }
            Draft draft = new Draft(outcome.state());
            draft.start = told.at();
            return with(outcome, draft);
        }
    },
    /** What was told before a reset mutes the key again when it is taken over once more. */
    INHERITED_AFTER_RESET {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            boolean told = event instanceof Event.ToldBefore;
            Draft draft = new Draft(state);
            draft.armed = told ? 0 : draft.armed;
            Outcome outcome = Step.apply(new State(draft), rule, event, now);
            if (!told || outcome.state().armed() != 0) {
                return as(state, outcome);
            }
            Draft after = new Draft(outcome.state());
            after.armed = state.armed();
            return as(state, with(outcome, after));
        }
    },
    /** A claim from before a reset still counts when it completes. */
    ARMED_CLAIM_COUNTS {
        @Override
        public Outcome apply(State state, Rule rule, Event event, long now) {
            Draft draft = new Draft(state);
            draft.armed = 0;
            return as(state, Step.apply(new State(draft), rule, event, now));
        }
    };

    /** The step, with the fault. */
    public abstract Outcome apply(State state, Rule rule, Event event, long now);

    private static Outcome with(Outcome outcome, Draft draft) {
        return new Outcome(outcome.before(), new State(draft), outcome.answer(), outcome.effects());
    }

    private static Outcome as(State before, Outcome outcome) {
        return new Outcome(before, outcome.state(), outcome.answer(), outcome.effects());
    }
}
