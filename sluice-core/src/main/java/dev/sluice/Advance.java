package dev.sluice;

import java.util.List;

/**
 * Lets time pass over a draft: everything due happens at its own time and in time order, so that the result never
 * depends on who looks first. Every interval is half-open: at its end it is over.
 */
final class Advance {
    private final Draft draft;
    private final Rule rule;
    private final List<Effect> effects;

    Advance(Draft draft, Rule rule, List<Effect> effects) {
        this.draft = draft;
        this.rule = rule;
        this.effects = effects;
    }

    /** The transitions, in the order in which those of the same time happen. */
    private enum Transition {
        CLAIM_LOST,
        REARM,
        WINDOW_OVER,
        NO_WINDOW_CAME,
        IDLE
    }

    void to(long now) {
        while (true) {
            Transition next = Transition.CLAIM_LOST;
            long at = Micros.FOREVER;
            for (Transition candidate : TRANSITIONS) {
                long due = due(candidate);
                if (due < at) {
                    at = due;
                    next = candidate;
                }
            }
            if (at > now) {
                return;
            }
            happen(next, at);
        }
    }

    private static final Transition[] TRANSITIONS = Transition.values();

    /** When the transition is due, {@link Micros#FOREVER} if it is not to come. */
    private long due(Transition transition) {
        return switch (transition) {
            case CLAIM_LOST -> firstDeadline(draft);
            case REARM -> draft.resetAt == Micros.ABSENT ? Micros.FOREVER : draft.resetAt;
            case WINDOW_OVER -> windowEnd(draft, rule);
            case NO_WINDOW_CAME -> draft.out == null ? patienceEnd(draft, rule) : Micros.FOREVER;
            case IDLE -> idleEnd(draft, rule);
        };
    }

    private void happen(Transition transition, long at) {
        switch (transition) {
            case CLAIM_LOST -> lose(oldestDue(), at);
            case REARM -> arm(Out.Cause.RESET, at);
            case WINDOW_OVER -> {
                draft.closeWindow();
                close(Out.Cause.WINDOW, at);
            }
            case NO_WINDOW_CAME -> close(Out.Cause.FAILED, at);
            case IDLE -> {
                draft.lastSeen = Micros.ABSENT;
                arm(Out.Cause.IDLE, at);
            }
        }
    }

    private Live oldestDue() {
        Live oldest = draft.live.get(0);
        for (Live claim : draft.live) {
            if (claim.until() < oldest.until()) {
                oldest = claim;
            }
        }
        return oldest;
    }

    private void lose(Live claim, long at) {
        draft.settle(claim, Settled.End.LOST, rule.limit());
        boolean assumed = rule.onLost() == OnLost.DROP;
        if (assumed) {
            draft.count(claim, at);
        } else {
            draft.hold(1, at, at);
        }
        effects.add(new Effect.Lost(claim, assumed));
    }

    void arm(Out.Cause cause, long at) {
        draft.closeWindow();
        draft.failures = 0;
        draft.retryAt = Micros.ABSENT;
        draft.resetAt = Micros.ABSENT;
        draft.armed = draft.fence;
        effects.add(new Effect.Armed(cause));
        close(cause, at);
    }

    private void close(Out.Cause cause, long at) {
        draft.seen = 0;
        if (draft.held == 0) {
            return;
        }
        if (rule.digest() == Digest.OFF) {
            effects.add(new Effect.Kept(draft.held));
            draft.emptyTally();
        } else if (draft.out == null) {
            Out closed = new Out(draft.nextFence(at), draft.held, draft.first, draft.last, cause);
            draft.out = closed;
            draft.emptyTally();
            effects.add(new Effect.Closed(closed));
        }
    }

    /** Deadline of the claim that is lost first, {@link Micros#FOREVER} if there is none. */
    static long firstDeadline(Draft draft) {
        long first = Micros.FOREVER;
        // By index: each step asks this several times, nearly always of an empty list.
        for (int i = 0; i < draft.live.size(); i++) {
            first = Math.min(first, draft.live.get(i).until());
        }
        return first;
    }

    /** End of the open window, {@link Micros#FOREVER} if there is none or only a reset ends it. */
    static long windowEnd(Draft draft, Rule rule) {
        return draft.done == 0 ? Micros.FOREVER : Micros.plus(draft.start, rule.window());
    }

    /** When held occurrences are told although no window ever opened. */
    static long patienceEnd(Draft draft, Rule rule) {
        return draft.done == 0 && draft.held > 0 ? draft.first + patience(rule) : Micros.FOREVER;
    }

    /** How long held occurrences wait for a window. */
    static long patience(Rule rule) {
        return rule.finite() ? rule.window() : rule.idle();
    }

    /** When an episode that only a reset ends is forgotten. */
    static long idleEnd(Draft draft, Rule rule) {
        return rule.finite() || draft.lastSeen == Micros.ABSENT ? Micros.FOREVER : draft.lastSeen + rule.idle();
    }
}
