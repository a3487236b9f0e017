package dev.sluice.jobs;

import dev.sluice.Backoff;
import dev.sluice.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a job that failed is tried again, by timer, and when it is dead. A process that ended during a run used up an
 * attempt, without a rest.
 *
 * @param backoff how long it rests after each failure in a row
 * @param attempts most attempts, at least 1
 * @param giveUp no attempt begins later than this after the trigger, more than zero
 */
public record Retries(Backoff backoff, int attempts, Duration giveUp) {
    /** 5 s, doubling, at most 10 min; 12 attempts within a day. */
    public static final Retries STANDARD = new Retries(Backoff.STANDARD, 12, Duration.ofDays(1));

    /** @throws IllegalArgumentException if a part is out of its range */
    public Retries {
        if (attempts < 1) {
            throw new IllegalArgumentException("the attempts of a job must be at least 1, not " + attempts);
        }
        if (giveUp.isNegative() || giveUp.isZero() || giveUp.compareTo(Micros.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a job is given up after more than zero and at most 36500d, not " + giveUp);
        }
    }

    /** When the next attempt begins after the {@code failures}-th failure in a row; empty if there is none. */
    Optional<Instant> next(int failures, Instant triggered, Instant now) {
        Instant next = now.plus(Micros.duration(backoff.rest(failures)));
        return allows(failures, triggered, next) ? Optional.of(next) : Optional.empty();
    }

    /** Whether there is an attempt at {@code next} after that many failures. */
    boolean allows(int failures, Instant triggered, Instant next) {
        return failures < attempts && !next.isAfter(triggered.plus(giveUp));
    }
}
