package dev.sluice;

import java.time.Duration;

/**
 * How long a key rests after a failed attempt: {@code first * factor^(failures - 1)}, at most {@code max}. Exact, no
 * jitter: a key has one holder, so there is no herd to spread.
 *
 * @param first rest after the first failure, at least a microsecond
 * @param factor growth for each further failure, 1 to 100
 * @param max longest rest, not below {@code first}
 */
public record Backoff(Duration first, double factor, Duration max) {
    /** 5 s, doubling, at most 10 min. */
    public static final Backoff STANDARD = new Backoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(10));

    /** @throws IllegalArgumentException if a part is out of its range */
    public Backoff {
        if (Micros.of(first) < 1) {
            throw new IllegalArgumentException("the first rest of a back-off must be at least a microsecond");
        }
        if (!(factor >= 1 && factor <= 100)) {
            throw new IllegalArgumentException("the factor of a back-off must be 1 to 100, not " + factor);
        }
        if (max.compareTo(first) < 0 || max.compareTo(Micros.LONGEST) > 0) {
            throw new IllegalArgumentException("the longest rest of a back-off must be from its first to 36500d");
        }
    }

    /** Rest after {@code failures} failures in a row, in microseconds; {@code failures} is at least 1. */
    public long rest(int failures) {
        double longest = Micros.of(max);
        double rest = Micros.of(first);
        // Not by Math.pow, whose last bit another evaluator of the step could not repeat.
        for (int i = 1; i < failures && rest < longest && factor > 1; i++) {
            rest *= factor;
        }
        return (long) Math.min(rest, longest);
    }
}
