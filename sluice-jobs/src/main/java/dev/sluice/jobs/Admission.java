package dev.sluice.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a trigger does to the row that it finds. */
sealed interface Admission {
    /** The row stays as it is. */
    record Refused() implements Admission {}

    /** Another life begins in the row, or, with {@code instead}, in place of one that had not ended. */
    record Begun(JobFacts facts, Instant at, boolean instead) implements Admission {}

    /** The life of the row goes on with these facts. */
    record Merged(JobFacts facts, Instant at) implements Admission {}

    /** The life of the row goes on with a follow-up in it. */
    record Queued(JobFacts facts) implements Admission {}

    /** What {@code trigger} does to {@code job} at {@code now}. */
    static Admission of(Trigger trigger, Job job, Instant now, JobFacts.Marks marks) {
        OnConflict conflict = trigger.onConflict().orElse(job.kind().onConflict());
        Wish wish = Wish.of(trigger, now, conflict instanceof OnConflict.PreEmpt);
        boolean waits = job.state(now) != JobState.RUNNING;
        if (job.isDead() && (hasRested(job, now) || conflict instanceof OnConflict.PreEmpt)) {
            Wish next =
                    conflict instanceof OnConflict.Debounce debounce ? quiet(debounce, wish, Optional.empty()) : wish;
            return new Begun(JobFacts.begin(trigger.subject(), next, marks), next.due(), false);
        } else if (conflict instanceof OnConflict.Reject || job.isDead()) {
            return new Refused();
        } else if (conflict instanceof OnConflict.PreEmpt && waits) {
            return new Begun(JobFacts.begin(trigger.subject(), wish, marks), wish.due(), true);
        } else if (conflict instanceof OnConflict.Debounce debounce) {
            return debounced(debounce, wish, job, now, marks);
        } else if (waits) {
            Instant at = job.execution().executionTime;
            return new Merged(job.facts().with(wish.joining(job.facts().wish(), at), marks), at);
        }
        Wish next = job.facts()
                .followUp()
                .map(before -> wish.joining(before, earlier(before.due(), wish.due())))
                .orElse(wish);
        return new Queued(job.facts().followedBy(next, marks));
    }

    /** A dead job is started again by the first trigger that comes a longest rest after its death. */
    private static boolean hasRested(Job job, Instant now) {
        return !now.isBefore(job.failedAt().plus(job.kind().deathRest()));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Admission debounced(
            OnConflict.Debounce debounce, Wish wish, Job job, Instant now, JobFacts.Marks marks) {
        JobFacts facts = job.facts();
        if (job.state(now) == JobState.RUNNING) {
            Wish quiet = quiet(debounce, wish, facts.followUp());
            // One that goes before others is not made to wait.
            Wish next = facts.followUp()
                    .filter(Wish::first)
                    .map(before -> wish.joining(before, before.due()))
                    .orElse(quiet);
            return new Queued(facts.followedBy(next, marks));
        }
        Wish joined = quiet(debounce, wish, Optional.of(facts.wish()));
        Instant at = job.failures() > 0 ? job.execution().executionTime : joined.due();
        return new Merged(facts.with(joined, marks), at);
    }

    /** {@code wish}, in place of an earlier one, when it has been quiet for long enough, or that one has waited too long. */
    static Wish quiet(OnConflict.Debounce debounce, Wish wish, Optional<Wish> earlier) {
        Instant first = earlier.map(Wish::since).orElse(wish.since());
        Instant quiet = wish.due().plus(debounce.quiet());
        Instant last = first.plus(debounce.most());
        Instant at = quiet.isBefore(last) ? quiet : last;
        return wish.joining(earlier.orElse(wish), at);
    }

    /** When the first trigger of a subject that has no job lets it run. */
    static Wish alone(Trigger trigger, OnConflict conflict, Instant now) {
        Wish wish = Wish.of(trigger, now, conflict instanceof OnConflict.PreEmpt);
        return conflict instanceof OnConflict.Debounce debounce ? quiet(debounce, wish, Optional.empty()) : wish;
    }

    /** A follow-up is due at once, or when it was asked for. */
    static Instant due(Wish followUp, Instant now, Duration rest) {
        Instant rested = now.plus(rest);
        return followUp.due().isAfter(rested) ? followUp.due() : rested;
    }
}
