package dev.sluice.jobs;

import java.time.Duration;
import java.util.Optional;

/**
 * Asks that a job runs.
 *
 * @param subject what it is about, 1 to 200 characters
 * @param data for the handler and the listeners, at most 100,000 characters
 * @param by who asks, for people, at most 200 characters
 * @param delay it runs so long after the trigger, zero or more, if nothing is in its way
 * @param onConflict what is done if there is a job already; if empty, what its kind says
 */
public record Trigger(String subject, String data, String by, Duration delay, Optional<OnConflict> onConflict) {
    private static final int MOST_DATA = 100_000;
    private static final int MOST_BY = 200;

    /** @throws IllegalArgumentException if a part is out of its range */
    public Trigger {
        if (data.length() > MOST_DATA) {
            throw new IllegalArgumentException(
                    "the data of a job are at most " + MOST_DATA + " characters, not " + data.length());
        }
        if (by.length() > MOST_BY) {
            throw new IllegalArgumentException(
                    "who triggers a job is told in at most " + MOST_BY + " characters, not " + by.length());
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay of a job must not be negative: " + delay);
        }
    }

    /** One for now, without data, by nobody in particular. */
    public static Trigger of(String subject) {
        return new Trigger(subject, "", "", Duration.ZERO, Optional.empty());
    }

    /** The same with other data. */
    public Trigger withData(String text) {
        return new Trigger(subject, text, by, delay, onConflict);
    }

    /** The same, asked by somebody else. */
    public Trigger by(String who) {
        return new Trigger(subject, data, who, delay, onConflict);
    }

    /** The same, so much later. */
    public Trigger in(Duration later) {
        return new Trigger(subject, data, by, later, onConflict);
    }

    /** The same, whatever the kind says of conflicts. */
    public Trigger on(OnConflict conflict) {
        return new Trigger(subject, data, by, delay, Optional.of(conflict));
    }
}
