package dev.sluice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The one decision of the product: (state, rule, event, now) gives (new state, answer). Pure: no clock, no random, no
 * I/O, no threads. Every store carries it, none adds a policy of its own. {@code docs/semantics.md} draws it.
 */
public final class Step {
    /** How far the clock may stand behind a key before it is taken as moved, rather than as jitter. */
    public static final long JITTER = Micros.of(Duration.ofSeconds(10));

    /** How long a key keeps what it owes, or how often it failed, beyond the time when that was due. */
    static final long GRACE = Micros.of(Duration.ofDays(7));

    /** When a key is due that is due whatever the time is: also after the clock of its store was set back. */
    public static final long AT_ONCE = 0;

    private final Draft draft;
    private final Rule rule;
    private final List<Effect> effects = new ArrayList<>(0);
    private final Advance advance;

    private Step(State state, Rule rule) {
        this.draft = new Draft(state);
        this.rule = rule;
        this.advance = new Advance(draft, rule, effects);
    }

    /**
     * Applies one event.
     *
     * @param now store time in microseconds, read after the key was locked
     */
    public static Outcome apply(State state, Rule rule, Event event, long now) {
        Step step = new Step(state, rule);
        long time = step.clock(now);
        step.advance.to(time);
        Answer answer = step.happen(event, time);
        step.advance.to(time);
        return new Outcome(state, new State(step.draft), answer, step.effects);
    }

    /** Lets time pass and nothing else happen. */
    public static State advance(State state, Rule rule, long now) {
        Step step = new Step(state, rule);
        step.advance.to(step.clock(now));
        return new State(step.draft);
    }

    /**
     * When somebody must look at the key although nobody asks: the only index a store keeps.
     *
     * @return microseconds; {@link #AT_ONCE} if a tally waits to be told; {@link Micros#FOREVER} if nothing is due
     */
    public static long dueAt(State state, Rule rule) {
        if (rule.digest() != Digest.AT_CLOSE) {
            return Micros.FOREVER;
        }
        if (state.out() != null) {
            return AT_ONCE;
        }
        Draft draft = new Draft(state);
        long due = rule.onLost() == OnLost.RETRY ? Advance.firstDeadline(draft) : Micros.FOREVER;
        if (draft.held > 0) {
            due = Math.min(due, Advance.windowEnd(draft, rule));
            due = Math.min(due, Advance.patienceEnd(draft, rule));
            due = Math.min(due, Advance.idleEnd(draft, rule));
            due = draft.resetAt == Micros.ABSENT ? due : Math.min(due, draft.resetAt);
        }
        return due;
    }

    /**
     * Before when the state cannot be deleted, if nothing touches it: one lease after the last use, once no claim,
     * window, back-off, reset, tally or closed tally is left, nor comes by itself. Also the time to live in a store that
     * has one.
     *
     * @return microseconds; {@link Micros#FOREVER} while a digest must still be told
     */
    public static long forgetAt(State state, Rule rule) {
        return forgetAt(new Draft(state), rule);
    }

    /**
     * Deletes the state if nobody could ever observe that: what is left of counts is then kept in the books.
     *
     * @return the outcome with an empty state, or null if the key must stay
     */
    public static @Nullable Outcome forget(State state, Rule rule, long now) {
        Step step = new Step(state, rule);
        if (now < state.touched()) {
            return null;
        }
        step.advance.to(now);
        if (forgetAt(step.draft, rule) > now) {
            return null;
        }
        Out out = step.draft.out;
        long left = step.draft.held + (out == null ? 0 : out.held());
        if (left > 0) {
            step.effects.add(new Effect.Kept(left));
        }
        return new Outcome(state, State.EMPTY, new Answer.Ok(), step.effects);
    }

    private static long forgetAt(Draft draft, Rule rule) {
        boolean owing = draft.held > 0 || draft.out != null;
        owing |= rule.onLost() == OnLost.RETRY && !draft.live.isEmpty();
        if (owing && rule.digest() == Digest.AT_CLOSE) {
            return Micros.FOREVER;
        }
        long patience = Advance.patience(rule);
        long at = draft.touched == Micros.ABSENT ? Micros.ABSENT : draft.touched + rule.lease();
        long used = draft.touched;
        for (Live claim : draft.live) {
            used = Math.max(used, claim.until());
            at = Math.max(at, used + patience);
        }
        at = Math.max(at, Math.max(draft.resetAt, draft.failures > 0 ? draft.retryAt + GRACE : draft.retryAt));
        if (draft.done > 0) {
            at = Math.max(at, rule.finite() ? Advance.windowEnd(draft, rule) : Advance.idleEnd(draft, rule));
        }
        return owing ? Math.max(at, used + patience + (rule.digest() == Digest.OFF ? 0 : GRACE)) : at;
    }

    /** When the next occurrence may pass, for a state advanced to {@code now}; see {@link Answer.Counts#next}. */
    static long nextPass(State state, Rule rule, long now) {
        return new Step(state, rule).next(now);
    }

    /** Takes a clock that is a little behind as standing still, and one that is far behind as moved. */
    private long clock(long now) {
        long behind = draft.touched == Micros.ABSENT ? 0 : draft.touched - now;
        if (behind > JITTER) {
            draft.shift(behind);
        }
        long time = behind > 0 && behind <= JITTER ? draft.touched : now;
        draft.touched = time;
        return time;
    }

    private Answer happen(Event event, long now) {
        if (event instanceof Event.Offer offer) {
            return offer(offer, now);
        } else if (event instanceof Event.Complete complete) {
            return complete(complete, now);
        } else if (event instanceof Event.Release release) {
            return release(release, now);
        } else if (event instanceof Event.Extend extend) {
            return extend(extend, now);
        } else if (event instanceof Event.Evict evict) {
            return evict(evict);
        } else if (event instanceof Event.Reset reset) {
            return reset(reset.level(), now);
        } else if (event instanceof Event.Report report) {
            return report(report, now);
        } else if (event instanceof Event.ToldBefore told) {
            return toldBefore(told, now);
        } else if (event instanceof Event.InHandSince inHand) {
            return inHandSince(inHand, now);
        } else if (event instanceof Event.Told told) {
            return told(told.number());
        }
        return new Answer.Taken(Optional.ofNullable(draft.out));
    }

    private Answer offer(Event.Offer offer, long now) {
        for (Live claim : draft.live) {
            if (claim.id() == offer.id()) {
                return new Answer.Granted(claim, counts(now));
            }
        }
        for (Settled before : draft.settled) {
            if (before.id() == offer.id()) {
                return new Answer.Repeated(before, counts(now));
            }
        }
        draft.resetAt = Micros.ABSENT;
        draft.lastSeen = now;
        draft.seen++;
        if (draft.retryAt != Micros.ABSENT && now < draft.retryAt) {
            return hold(Reason.BACKOFF, now);
        }
        if (draft.used() >= rule.limit()) {
            return hold(draft.done >= rule.limit() ? Reason.LIMIT : Reason.IN_FLIGHT, now);
        }
        return rule.charged() ? charge(now) : grant(offer, now);
    }

    private Answer hold(Reason reason, long now) {
        draft.hold(1, now, now);
        return new Answer.Held(reason, isSample(draft.held), counts(now));
    }

    private Answer charge(long now) {
        draft.count(now, 1);
        return new Answer.Passed(false, counts(now));
    }

    private Answer grant(Event.Offer offer, long now) {
        boolean summary = rule.summaryAt() >= 2 && draft.used() + 1 == rule.summaryAt();
        long fence = draft.nextFence(now);
        Live claim = new Live(fence, offer.nonce(), offer.id(), now + rule.lease(), summary, offer.mark());
        draft.add(claim);
        if (offer.settle() == Event.Settle.NOW) {
            done(claim, now);
            return new Answer.Passed(summary, counts(now));
        }
        return new Answer.Granted(claim, counts(now));
    }

    private Answer complete(Event.Complete event, long now) {
        Live claim = live(event.fence(), event.nonce());
        if (claim != null) {
            done(claim, now);
            effects.add(new Effect.Ended(claim, Bucket.DELIVERED));
            return new Answer.Ok();
        }
        Settled before = settled(event.fence());
        if (before == null) {
            return new Answer.Stale();
        }
        if (before.end() == Settled.End.LOST) {
            completeLate(before, now);
        }
        return before.end() == Settled.End.DONE ? new Answer.Ok() : new Answer.Stale();
    }

    private void done(Live claim, long now) {
        draft.settle(claim, Settled.End.DONE, rule.limit());
        draft.failures = 0;
        draft.retryAt = Micros.ABSENT;
        draft.count(claim, now);
    }

    private void completeLate(Settled before, long now) {
        draft.replace(before, new Settled(before.fence(), before.id(), Settled.End.LATE));
        if (rule.onLost() == OnLost.RETRY && !rule.exclusive() && before.fence() > draft.armed) {
            countBeyond(1, now);
        }
    }

    private Answer release(Event.Release event, long now) {
        Live claim = live(event.fence(), event.nonce());
        if (claim == null) {
            Settled before = settled(event.fence());
            return before != null && before.end() == Settled.End.BACK ? new Answer.Ok() : new Answer.Stale();
        }
        boolean forId = event.why() != Event.Why.REFUSED;
        draft.settle(claim, forId ? claim.id() : Settled.NOBODY, Settled.End.BACK, rule.limit());
        effects.add(new Effect.Ended(claim, bucket(event.why())));
        switch (event.why()) {
            case BUDGET -> draft.hold(1, now, now);
            case FAILED, DEAD -> rest(now);
            case WITHDRAWN, REFUSED -> {}
        }
        return new Answer.Ok();
    }

    private static Bucket bucket(Event.Why why) {
        return switch (why) {
            case FAILED, WITHDRAWN, REFUSED -> Bucket.WITHDRAWN;
            case DEAD -> Bucket.DEAD;
            case BUDGET -> Bucket.HELD;
        };
    }

    private void rest(long now) {
        rule.backoff().ifPresent(backoff -> {
            draft.failures++;
            draft.retryAt = now + backoff.rest(draft.failures);
        });
    }

    private Answer extend(Event.Extend event, long now) {
        Live claim = live(event.fence(), event.nonce());
        if (claim == null) {
            return new Answer.Stale();
        }
        draft.replace(claim, claim.extended(Math.max(event.until(), now)));
        return new Answer.Ok();
    }

    private Answer evict(Event.Evict event) {
        for (Live claim : draft.live) {
            if (claim.fence() == event.fence()) {
                draft.settle(claim, Settled.End.BACK, rule.limit());
                effects.add(new Effect.Ended(claim, Bucket.WITHDRAWN));
                return new Answer.Ok();
            }
        }
        Settled before = settled(event.fence());
        return before != null && before.end() == Settled.End.BACK ? new Answer.Ok() : new Answer.Stale();
    }

    private Answer reset(OptionalDouble level, long now) {
        OptionalDouble mark = draft.newestMark();
        if (level.isPresent() && mark.isPresent() && level.getAsDouble() < mark.getAsDouble()) {
            return new Answer.Ok();
        }
        if (rule.onReset() instanceof OnReset.Rearm) {
            advance.arm(Out.Cause.RESET, now);
        } else if (rule.onReset() instanceof OnReset.After after && !idle() && draft.resetAt == Micros.ABSENT) {
            draft.resetAt = now + Micros.of(after.dwell());
        }
        return new Answer.Ok();
    }

    private boolean idle() {
        return draft.used() == 0 && draft.held == 0 && draft.failures == 0;
    }

    private Answer report(Event.Report report, long now) {
        boolean isNew = draft.hears(report.reporter(), report.sequence());
        if (!isNew
                || (report.occurrence().isPresent() && knows(report.occurrence().getAsLong(), now))) {
            return new Answer.Ok();
        }
        draft.resetAt = Micros.ABSENT;
        draft.lastSeen = now;
        draft.seen += report.done() + report.held();
        effects.add(new Effect.Reported(report.done(), report.held()));
        countBeyond(report.done(), now);
        draft.hold(report.held(), Math.min(report.first(), now), Math.min(report.last(), now));
        return new Answer.Ok();
    }

    /**
     * Whether an occurrence that passed elsewhere was counted here: because this key granted it, and its answer was lost
     * or late. From now on it is known in any case.
     */
    private boolean knows(long occurrence, long now) {
        for (Settled before : draft.settled) {
            if (before.id() == occurrence) {
                return true;
            }
        }
        for (Live claim : draft.live) {
            if (claim.id() == occurrence) {
                done(claim, now);
                effects.add(new Effect.Ended(claim, Bucket.DELIVERED));
                return true;
            }
        }
        draft.remember(new Settled(draft.nextFence(now), occurrence, Settled.End.DONE), rule.limit());
        return false;
    }

    /** Counts completions that nobody asked this key for; slots used above the limit are told. */
    private void countBeyond(int times, long now) {
        int most = Math.max(draft.used(), rule.limit());
        draft.count(now, times);
        int over = draft.used() - most;
        if (over > 0) {
            effects.add(new Effect.Overshoot(over));
        }
    }

    private Answer toldBefore(Event.ToldBefore told, long now) {
        Live inHand = liveFor(told.id());
        if (inHand != null) {
            draft.settle(inHand, Settled.End.DONE, rule.limit());
            effects.add(new Effect.Ended(inHand, Bucket.DELIVERED));
        }
        inherit(Math.min(told.at(), now), now);
        return new Answer.Ok();
    }

    /** As if a pass had been completed at {@code at}, unless its window is over, or the key was armed since. */
    private void inherit(long at, long now) {
        if (at + Advance.patience(rule) <= now || at <= draft.armed) {
            return;
        }
        // What is armed from now on is armed after this, too: told again, it counts no more.
        draft.fence = Math.max(draft.fence, at);
        draft.lastSeen = Math.max(draft.lastSeen, at);
        if (draft.done == 0) {
            effects.add(new Effect.Inherited(at));
            countBeyond(1, at);
        } else if (draft.start < at) {
            effects.add(new Effect.Inherited(at));
            draft.start = at;
        }
    }

    private Answer inHandSince(Event.InHandSince inHand, long now) {
        long since = Math.min(inHand.since(), now);
        long until = since + rule.lease();
        boolean known =
                liveFor(inHand.id()) != null || draft.settled.stream().anyMatch(before -> before.id() == inHand.id());
        if (known) {
            return new Answer.Ok();
        }
        if (until > now) {
            takeOver(inHand, since, now);
        } else if (rule.onLost() == OnLost.DROP) {
            inherit(until, now);
        }
        return new Answer.Ok();
    }

    private void takeOver(Event.InHandSince inHand, long since, long now) {
        if (rule.charged() || draft.used() >= rule.limit() || since <= draft.armed) {
            return;
        }
        draft.lastSeen = now;
        draft.seen++;
        long until = since + rule.lease();
        Live claim = new Live(draft.nextFence(now), inHand.nonce(), inHand.id(), until, false, OptionalDouble.empty());
        draft.add(claim);
        effects.add(new Effect.TakenOver(claim));
    }

    private @Nullable Live liveFor(long id) {
        for (Live claim : draft.live) {
            if (claim.id() == id) {
                return claim;
            }
        }
        return null;
    }

    private Answer told(long number) {
        Out out = draft.out;
        if (out != null && out.number() == number) {
            draft.out = null;
            effects.add(new Effect.Told(out));
        }
        return new Answer.Ok();
    }

    private Answer.Counts counts(long now) {
        return new Answer.Counts(draft.seen, draft.done, draft.held, next(now));
    }

    private long next(long now) {
        if (draft.retryAt != Micros.ABSENT && now < draft.retryAt) {
            return draft.retryAt;
        }
        if (draft.used() < rule.limit()) {
            return now;
        }
        return Math.min(Advance.windowEnd(draft, rule), Advance.firstDeadline(draft));
    }

    private @Nullable Live live(long fence, long nonce) {
        for (Live claim : draft.live) {
            if (claim.fence() == fence && claim.nonce() == nonce) {
                return claim;
            }
        }
        return null;
    }

    private @Nullable Settled settled(long fence) {
        for (Settled before : draft.settled) {
            if (before.fence() == fence) {
                return before;
            }
        }
        return null;
    }

    /** Whether a held one is worth keeping as an example: the 1st, 10th, 100th ... of its tally. */
    static boolean isSample(long held) {
        long rest = held;
        while (rest % 10 == 0 && rest > 0) {
            rest /= 10;
        }
        return rest == 1;
    }
}
