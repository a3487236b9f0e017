package dev.sluice.jobs;

import java.time.Instant;

/**
 * What a trigger asked for.
 *
 * @param data for the handler
 * @param by who asked
 * @param since when; of several that became one, the first
 * @param due not before then
 * @param first whether it goes before others that are due
 */
record Wish(String data, String by, Instant since, Instant due, boolean first) {
    static Wish of(Trigger trigger, Instant now, boolean first) {
        return new Wish(trigger.data(), trigger.by(), now, now.plus(trigger.delay()), first);
    }

    /** From when on it could run: a job is given up so long after that. */
    Instant begins() {
        return due.isAfter(since) ? due : since;
    }

    /** This one, in place of an earlier one that has not run. */
    Wish joining(Wish earlier, Instant at) {
        return new Wish(data, by, earlier.since(), at, first || earlier.first());
    }

    JobStatus.Origin origin(String prefix, String subject) {
        return new JobStatus.Origin(
                prefix + "_" + subject + "_" + Math.floorDiv(due.toEpochMilli(), 1_000), data, since, by);
    }
}
