package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of a subject beside its job.
 *
 * @param planned when its job is due by itself
 * @param paused why nothing is started, until it is resumed
 * @param place where its handler goes on; empty at first
 * @param lastRun when it ran to its end last; known of subjects that had a schedule, a pause or a place then
 */
public record Kept(Planned planned, Optional<String> paused, String place, Optional<Instant> lastRun) {
    /** Why a trigger is refused. */
    Optional<String> refusal() {
        return planned.enabled() ? paused : Optional.of("it is not enabled");
    }
}
