package dev.sluice;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts of occurrences by bucket, or a change of them. Immutable. The books are closed when {@link #unaccounted} is 0,
 * and every step leaves them so.
 */
@SuppressWarnings("EnumOrdinal") // an array by ordinal, never stored: a step must not pay for a map
public final class Books {
    /** All zero. */
    public static final Books EMPTY = new Books(new long[Bucket.values().length]);

    private final long[] counts;

    private Books(long[] counts) {
        this.counts = counts;
    }

    /** Only {@code bucket}, changed by {@code count}. */
    public static Books only(Bucket bucket, long count) {
        return EMPTY.with(bucket, count);
    }

    /** These books with {@code change} added to one bucket. */
    public Books with(Bucket bucket, long change) {
        if (change == 0) {
            return this;
        }
        long[] sum = counts.clone();
        sum[bucket.ordinal()] += change;
        return new Books(sum);
    }

    /** {@code count} occurrences that leave one bucket for another. */
    public static Books moved(Bucket from, Bucket to, long count) {
        return only(from, -count).with(to, count);
    }

    /** The sum of both. */
    public Books plus(Books other) {
        long[] sum = counts.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.counts[i];
        }
        return new Books(sum);
    }

    /** Occurrences in {@code bucket}. */
    public long get(Bucket bucket) {
        return counts[bucket.ordinal()];
    }

    /** Occurrences that came in and are in no bucket: 0, or a fault of the product. */
    public long unaccounted() {
        long rest = get(Bucket.IN);
        for (Bucket bucket : Bucket.values()) {
            rest -= bucket.balanced() ? get(bucket) : 0;
        }
        return rest;
    }

    /** What a step moved. Pending, held and owed follow from the states, the rest from what happened. */
    static Books of(Event event, Outcome outcome) {
        if (outcome.elsewhere().isPresent()) {
            return EMPTY;
        }
        Change change = new Change();
        State before = outcome.before();
        State after = outcome.state();
        change.add(Bucket.PENDING, after.live().size() - before.live().size());
        change.add(Bucket.HELD, after.held() - before.held());
        change.add(Bucket.OWED, owed(after.out()) - owed(before.out()));
        for (Effect effect : outcome.effects()) {
            effect(effect, change);
        }
        if (event instanceof Event.Offer) {
            offer(outcome, change);
        }
        return new Books(change.counts);
    }

    private static void effect(Effect effect, Change change) {
        if (effect instanceof Effect.Ended ended && ended.bucket() != Bucket.HELD) {
            change.add(ended.bucket(), 1);
        } else if (effect instanceof Effect.Lost lost && lost.assumed()) {
            change.add(Bucket.ASSUMED, 1);
        } else if (effect instanceof Effect.Kept kept) {
            change.add(Bucket.KEPT, kept.held());
        } else if (effect instanceof Effect.Told told) {
            change.add(Bucket.REPORTED, told.tally().held());
        } else if (effect instanceof Effect.Reported reported) {
            change.add(Bucket.IN, reported.done() + reported.held());
            change.add(Bucket.DELIVERED, reported.done());
        } else if (effect instanceof Effect.TakenOver) {
            change.add(Bucket.IN, 1);
        } else if (effect instanceof Effect.Overshoot overshoot) {
            change.add(Bucket.OVERSHOOT, overshoot.by());
        }
    }

    private static void offer(Outcome outcome, Change change) {
        boolean repeated = outcome.answer() instanceof Answer.Repeated
                || (outcome.answer() instanceof Answer.Granted granted
                        && outcome.before().live().stream()
                                .anyMatch(claim ->
                                        claim.fence() == granted.claim().fence()));
        if (repeated) {
            change.add(Bucket.REPEATED, 1);
            return;
        }
        change.add(Bucket.IN, 1);
        if (outcome.answer() instanceof Answer.Passed) {
            change.add(Bucket.DELIVERED, 1);
        }
    }

    private static long owed(@Nullable Out out) {
        return out == null ? 0 : out.held();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Books books && Arrays.equals(counts, books.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Books[");
        for (Bucket bucket : Bucket.values()) {
            text.append(bucket.word()).append('=').append(get(bucket)).append(' ');
        }
        return text.append("unaccounted=").append(unaccounted()).append(']').toString();
    }

    private static final class Change {
        final long[] counts = new long[Bucket.values().length];

        void add(Bucket bucket, long by) {
            counts[bucket.ordinal()] += by;
        }
    }
}
