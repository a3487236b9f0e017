package dev.sluice.server.scan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a scan found.
 *
 * @param at when it began, by the clock of the server
 * @param took how long it took
 * @param complete whether it looked at everything
 * @param counts how many there were
 * @param bad rows that are no candidate, at most 100
 * @param failure why it could not be done; empty if it was
 */
public record ScanReport(
        Instant at, Duration took, boolean complete, Counts counts, List<Bad> bad, Optional<String> failure) {
    public ScanReport {
        bad = List.copyOf(bad);
    }

    /**
     * How many of each.
     *
     * @param candidates that were read
     * @param passed that were let out
     * @param held that were offered and held
     * @param resting that were not offered, because they are known to be held, or an operator keeps them back
     * @param tooOld that are older than is sent
     * @param deferred that wait for the next scan, because enough were let out
     * @param failed that could not be offered
     * @param bad subjects with bad rows, and rows without a subject
     */
    public record Counts(
            long candidates, long passed, long held, long resting, long tooOld, long deferred, long failed, long bad) {
        Counts plus(Counts more) {
            return new Counts(
                    candidates + more.candidates,
                    passed + more.passed,
                    held + more.held,
                    resting + more.resting,
                    tooOld + more.tooOld,
                    deferred + more.deferred,
                    failed + more.failed,
                    bad + more.bad);
        }
    }

    /**
     * Rows that are no candidate.
     *
     * @param subject whose they are; empty if they do not say
     * @param why what is wrong with them
     */
    public record Bad(String subject, String why) {}
}
