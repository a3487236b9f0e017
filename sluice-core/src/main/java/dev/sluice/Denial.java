package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One key whose window is known to be full, and what was held of it here since. Times are microseconds: {@code tick} of
 * a clock that only passes, all others of the store. Safe for use by many threads, without locks.
 */
final class Denial {
    /**
     * So long before its window ends a key is left to its store: what was held here is then counted before the window's
     * tally closes, and a digest needs to wait for nobody.
     */
    static final long MARGIN = 250_000;

    private static final List<Effect> CACHED = List.of(new Effect.Elsewhere(Effect.Decider.CACHE));

    /** The count when it has ended: whoever then counts one sees that it came too late, however many do. */
    private static final long ENDED = Long.MIN_VALUE / 2;

    private final Key key;
    private final Rule rule;
    private final State state;
    private final long asked;
    private final long until;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong first = new AtomicLong(Micros.ABSENT);
    private volatile long last = Micros.ABSENT;

    /**
     * @param command the offer that the store held
     * @param state as it was after that
     * @param asked the tick before the store was asked
     * @param lasts what {@link #lasts} gave
     */
    Denial(Command command, State state, long asked, long lasts) {
        this.key = command.key();
        this.rule = command.rule();
        this.state = state;
        this.asked = asked;
        this.until = asked + lasts;
    }

    /**
     * For how long the state, as a step left it, can only deny; 0 or less if it may do anything else. A rule whose resets
     * wait for a dwell is never cached: an occurrence that is reported late would call off a reset that came after it.
     */
    static long lasts(State state, Rule rule, long age) {
        boolean full = state.done() >= rule.limit()
                && state.resetAt() == Micros.ABSENT
                && (state.retryAt() == Micros.ABSENT || state.retryAt() <= state.touched())
                && !(rule.onReset() instanceof OnReset.After);
        if (!full) {
            return 0;
        }
        if (!rule.finite()) {
            // An episode must not become idle between an occurrence that was held here and its report.
            return rule.idle() < 2 * age ? 0 : age;
        }
        return Math.min(age, state.start() + rule.window() - state.touched() - MARGIN);
    }

    Key key() {
        return key;
    }

    boolean over(long tick) {
        return tick >= until;
    }

    /** Whether an id is one that the store would answer again rather than hold. */
    boolean remembers(long id) {
        for (int i = 0; i < state.live().size(); i++) {
            if (state.live().get(i).id() == id) {
                return true;
            }
        }
        for (int i = 0; i < state.settled().size(); i++) {
            if (state.settled().get(i).id() == id) {
                return true;
            }
        }
        return false;
    }

    /** Whether the rule at hand is another one than that of the answer that is kept. */
    boolean underAnother(Rule other) {
        return rule != other;
    }

    /** Holds one more; null if this ended, and only the store can tell. */
    @Nullable
    Outcome hold(long tick) {
        long now = state.touched() + tick - asked;
        if (first.get() == Micros.ABSENT) {
            first.compareAndSet(Micros.ABSENT, now);
        }
        last = now;
        long count = held.incrementAndGet();
        if (count <= 0) {
            return null;
        }
        long all = state.held() + count;
        Answer.Counts counts = new Answer.Counts(state.seen() + count, state.done(), all, next());
        return new Outcome(state, state, new Answer.Held(Reason.LIMIT, Step.isSample(all), counts), CACHED);
    }

    private long next() {
        return rule.finite() ? state.start() + rule.window() : Micros.FOREVER;
    }

    /** How many were held here and are not handed back. */
    long held() {
        return Math.max(0, held.get());
    }

    /** Whether the next one would be worth keeping as an example. */
    boolean nextIsSample() {
        return Step.isSample(state.held() + held() + 1);
    }

    /** Ends it, once; what was held is then to be reported. Empty if that is nothing. */
    Optional<Owed> end() {
        long count = held.getAndUpdate(counted -> counted < 0 ? counted : ENDED);
        return count <= 0 ? Optional.empty() : Optional.of(Owed.held(key, rule, count, first.get(), last));
    }
}
