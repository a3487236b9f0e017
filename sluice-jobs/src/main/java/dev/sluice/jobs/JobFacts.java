package dev.sluice.jobs;

import java.time.Instant;

/**
 * What a row keeps beside the columns of db-scheduler.
 *
 * @param subject as it was given
 * @param data that it was triggered with
 * @param triggered when
 * @param life random; tells a job from the next one of the same subject
 * @param reason why it failed last; empty if it did not
 */
record JobFacts(String subject, String data, Instant triggered, long life, String reason) {
    /** A reason is for people; what is beyond this is cut off. */
    private static final int LONGEST_REASON = 1_000;

    /** Those of a row that cannot be read. */
    static final JobFacts UNREADABLE = new JobFacts("", "", Instant.EPOCH, 0, "");

    /** An exception that its handler declares says what happened; any other one is a mistake, of which the name helps. */
    JobFacts failed(Throwable why) {
        boolean declared = why instanceof Exception && !(why instanceof RuntimeException);
        String message = why.getMessage();
        return failed(declared && message != null ? message : why.toString());
    }

    JobFacts failed(String why) {
        String shown = why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
        return new JobFacts(subject, data, triggered, life, shown);
    }
}
