package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * What a row keeps beside the columns of db-scheduler.
 *
 * @param subject as it was given
 * @param wish what it was triggered with
 * @param life random; tells a job from the next one of the same subject
 * @param revision random; tells these facts from all that were in this row before
 * @param reason why it failed last; empty if it did not
 * @param followUp what runs after it
 * @param loan to whom it is lent, if it is
 */
record JobFacts(
        String subject,
        Wish wish,
        long life,
        long revision,
        String reason,
        Optional<Wish> followUp,
        Optional<Loan> loan) {
    /** Somebody outside works on it, under the claim with this fence. */
    record Loan(long fence, String holder) {}

    /** A reason is for people; what is beyond this is cut off. */
    private static final int LONGEST_REASON = 1_000;

    /** Those of a row that cannot be read. */
    static final JobFacts UNREADABLE = new JobFacts(
            "", new Wish("", "", Instant.EPOCH, Instant.EPOCH, false), 0, 0, "", Optional.empty(), Optional.empty());

    static JobFacts begin(String subject, Wish wish, Marks marks) {
        return new JobFacts(subject, wish, marks.next(), marks.next(), "", Optional.empty(), Optional.empty());
    }

    /** Where the random numbers of lives and revisions come from. */
    @FunctionalInterface
    interface Marks {
        long next();
    }

    /** The words for people: an exception that its handler declares says what happened; of any other one the name helps. */
    static String words(Throwable why) {
        boolean declared = why instanceof Exception && !(why instanceof RuntimeException);
        String message = why.getMessage();
        return declared && message != null ? message : why.toString();
    }

    boolean isUnreadable() {
        return life == UNREADABLE.life && revision == UNREADABLE.revision;
    }

    /** Those of a row that cannot be read, of which the subject is known. */
    JobFacts about(String key) {
        return new JobFacts(key, wish, life, revision, reason, followUp, loan);
    }

    /** The same in nobody's hands. */
    JobFacts returned(Marks marks) {
        return new JobFacts(subject, wish, life, marks.next(), reason, followUp, Optional.empty());
    }

    /**
     * It failed, and is tried again. That begins after every trigger there was, so it stands for the follow-up too, and
     * keeps the rests that the failures have earned. It is another life then: who ends the one before ends not this.
     */
    JobFacts failed(String why, Marks marks) {
        return new JobFacts(
                subject,
                followUp.orElse(wish),
                followUp.isPresent() ? marks.next() : life,
                marks.next(),
                cut(why),
                Optional.empty(),
                Optional.empty());
    }

    /** It failed for good; a follow-up is in it yet. */
    JobFacts died(String why, Marks marks) {
        return new JobFacts(subject, wish, life, marks.next(), cut(why), Optional.empty(), Optional.empty());
    }

    /** Another wish in its place, with its failures; who ends the life before ends not this one. */
    JobFacts with(Wish other, Marks marks) {
        return new JobFacts(subject, other, marks.next(), marks.next(), reason, Optional.empty(), Optional.empty());
    }

    /** The same with another follow-up. */
    JobFacts followedBy(Wish next, Marks marks) {
        return new JobFacts(subject, wish, life, marks.next(), reason, Optional.of(next), loan);
    }

    /** The same in somebody else's hands. */
    JobFacts lent(Loan to, Marks marks) {
        return new JobFacts(subject, wish, life, marks.next(), reason, followUp, Optional.of(to));
    }

    private static String cut(String why) {
        return why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
    }
}
