package dev.sluice.outbox;

import java.time.Duration;
import java.time.Instant;

/**
 * Equal lengths of time, one after the other.
 *
 * @param from where the first begins; a whole multiple of {@code step} since 1970
 * @param step length of each, whole minutes
 * @param bins how many
 */
public record TimeGrid(Instant from, Duration step, int bins) {
    /** @throws IllegalArgumentException if a step is not whole minutes, or it does not begin at a multiple of it */
    public TimeGrid {
        if (bins < 1 || step.toMinutes() < 1 || !step.equals(Duration.ofMinutes(step.toMinutes()))) {
            throw new IllegalArgumentException("a grid needs at least one step of whole minutes");
        }
        if (from.getNano() != 0 || Math.floorMod(from.getEpochSecond(), step.toSeconds()) != 0) {
            throw new IllegalArgumentException(from + " is no multiple of " + step);
        }
    }

    /** The grid whose last step holds {@code now}. */
    public static TimeGrid until(Instant now, Duration step, int bins) {
        long last = Math.floorDiv(now.getEpochSecond(), step.toSeconds());
        return new TimeGrid(Instant.ofEpochSecond((last - bins + 1) * step.toSeconds()), step, bins);
    }

    /** Where step number {@code index} begins; that of {@link #bins} is where the last one ends. */
    public Instant at(int index) {
        return from.plus(step.multipliedBy(index));
    }
}
