package dev.sluice.server.config;

import dev.sluice.Backoff;
import java.time.Duration;

/**
 * Something that is done for a subject, by one holder at a time: a POST for each step.
 *
 * @param call where to
 * @param pace how long it is held, and how its steps follow each other
 * @param retry what happens when a step fails
 */
public record ActionConfig(CallConfig call, Pace pace, Retry retry) {

    /**
     * How long an action is held, and how its steps follow each other.
     *
     * @param lease after a crash nobody else acts for so long
     * @param pause between two steps
     * @param threads how many subjects at once
     */
    public record Pace(Duration lease, Duration pause, int threads) {}

    /**
     * What happens when a step fails.
     *
     * @param rests how long until the next attempt
     * @param attempts most attempts; then the action is dead, and the operator is told
     */
    public record Retry(Backoff rests, int attempts) {}
}
