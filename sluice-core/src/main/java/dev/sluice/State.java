package dev.sluice;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The state of a key: counts, times and numbers only. Immutable. Every time may be {@link Micros#ABSENT}. What moves it
 * is {@link Step}; how it is stored is {@link Packed}.
 */
public final class State {
    /** The state of a key that nobody ever asked for. */
    public static final State EMPTY = new State(new Draft());

    private final long touched;
    private final long lastSeen;
    private final long fence;
    private final long armed;
    private final long start;
    private final int done;
    private final List<Live> live;
    private final List<Settled> settled;
    private final int failures;
    private final long retryAt;
    private final long resetAt;
    private final long seen;
    private final long held;
    private final long first;
    private final long last;
    private final @Nullable Out out;
    private final OptionalDouble mark;
    private final List<Reporter> reporters;

    State(Draft from) {
        touched = from.touched;
        lastSeen = from.lastSeen;
        fence = from.fence;
        armed = from.armed;
        start = from.start;
        done = from.done;
        live = List.copyOf(from.live);
        settled = List.copyOf(from.settled);
        failures = from.failures;
        retryAt = from.retryAt;
        resetAt = from.resetAt;
        seen = from.seen;
        held = from.held;
        first = from.first;
        last = from.last;
        out = from.out;
        mark = from.mark;
        reporters = List.copyOf(from.reporters);
    }

    /** An absent key in a store that has already given out fences up to {@code floor} and forgot the keys. */
    public static State absent(long floor) {
        if (floor == 0) {
            return EMPTY;
        }
        Draft draft = new Draft();
        draft.fence = floor;
        return new State(draft);
    }

    /** Last store time used. */
    public long touched() {
        return touched;
    }

    /** Last offer or report. */
    public long lastSeen() {
        return lastSeen;
    }

    /** Highest number given to a claim or tally. */
    public long fence() {
        return fence;
    }

    /** Value of {@link #fence} when the key was last armed; claims up to it no longer count. */
    public long armed() {
        return armed;
    }

    /** Time of the first completion in the open window. */
    public long start() {
        return start;
    }

    /** Completions in the open window; 0 if there is none. */
    public int done() {
        return done;
    }

    /** Claims that are not settled, oldest first. */
    public List<Live> live() {
        return live;
    }

    /** Claims that ended, oldest first, the newest few. */
    public List<Settled> settled() {
        return settled;
    }

    /** Failed attempts in a row. */
    public int failures() {
        return failures;
    }

    /** Until when the key rests. */
    public long retryAt() {
        return retryAt;
    }

    /** When a pending reset becomes true. */
    public long resetAt() {
        return resetAt;
    }

    /** Occurrences since the last close. */
    public long seen() {
        return seen;
    }

    /** Held ones in the open tally. */
    public long held() {
        return held;
    }

    /** When the first of the open tally was held. */
    public long first() {
        return first;
    }

    /** When the last of the open tally was held. */
    public long last() {
        return last;
    }

    /** The closed tally that waits to be told. */
    public @Nullable Out out() {
        return out;
    }

    /** The number given with the last claim that counted in the open window. */
    public OptionalDouble mark() {
        return mark;
    }

    /** Who reported to the key and how far they are; the last 64 of them, the most recent last. */
    public List<Reporter> reporters() {
        return reporters;
    }

    /** Slots of the window in use: completed and claimed. */
    public int used() {
        return done + live.size();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof State state && java.util.Arrays.equals(Packed.encode(this), Packed.encode(state));
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(Packed.encode(this));
    }

    @Override
    public String toString() {
        return "State[touched=%s lastSeen=%s fence=%s armed=%s start=%s done=%s live=%s settled=%s failures=%s retryAt=%s resetAt=%s seen=%s held=%s first=%s last=%s out=%s mark=%s reporters=%s]"
                .formatted(
                        touched, lastSeen, fence, armed, start, done, live, settled, failures, retryAt, resetAt, seen,
                        held, first, last, out, mark, reporters);
    }
}
