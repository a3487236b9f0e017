package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.sluice.Key;
import java.time.Instant;
import java.util.Optional;

/** A row as it was read: nobody has changed it since if its version is the same. */
record Job(JobKind kind, Execution execution, JobFacts facts) {
    /** No job is due then. */
    static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

    /** Why a job is dead of which nothing else is known. */
    static final String UNREADABLE = "what its row keeps cannot be read";

    static Job of(JobKind kind, Execution execution) {
        JobFacts facts = (JobFacts) execution.taskInstance.getData();
        return new Job(kind, execution, facts.isUnreadable() ? facts.about(execution.getId()) : facts);
    }

    /** One that is in the database now. */
    static Job begun(JobKind kind, Key key, JobFacts facts) {
        TaskInstance<JobFacts> instance = new TaskInstance<>(key.flow(), key.subject(), facts);
        return new Job(kind, new Execution(facts.wish().due(), instance), facts);
    }

    /** Another life in its row. */
    Job again(JobFacts other, Instant at) {
        return new Job(kind, new Execution(at, execution.taskInstance), other);
    }

    /** Its life goes on with other facts. */
    Job with(JobFacts other, Instant at) {
        Execution changed = new Execution(
                at,
                execution.taskInstance,
                execution.picked,
                execution.pickedBy,
                execution.lastSuccess,
                execution.lastFailure,
                execution.consecutiveFailures,
                execution.lastHeartbeat,
                execution.version);
        return new Job(kind, changed, other);
    }

    /** The key of its claim. */
    Key key() {
        return Key.of(kind.name(), execution.getId());
    }

    /** How often it failed in a row. */
    int failures() {
        return execution.consecutiveFailures;
    }

    /** The number of the attempt that runs or comes next; of a dead one, the last. */
    int attempt() {
        return isDead() ? failures() : failures() + 1;
    }

    boolean isDead() {
        return execution.executionTime.equals(NEVER);
    }

    /** When it failed last; the epoch if it did not. */
    Instant failedAt() {
        return Optional.ofNullable(execution.lastFailure).orElse(Instant.EPOCH);
    }

    JobEvent.Attempt told() {
        return new JobEvent.Attempt(kind.name(), facts.subject(), facts.wish().data(), attempt());
    }

    JobStatus status(Instant now) {
        JobState state = state(now);
        boolean waits = state != JobState.RUNNING && state != JobState.DEAD;
        String reason = facts.isUnreadable() ? UNREADABLE : facts.reason();
        Optional<JobStatus.Failure> failure =
                reason.isEmpty() ? Optional.empty() : Optional.of(new JobStatus.Failure(failedAt(), reason));
        JobStatus.Progress progress = new JobStatus.Progress(
                attempt(),
                waits ? Optional.of(execution.executionTime) : Optional.empty(),
                failure,
                Optional.ofNullable(execution.pickedBy)
                        .or(() -> facts.loan().map(JobFacts.Loan::holder).filter(holder -> state == JobState.RUNNING)));
        return new JobStatus(
                kind.name(),
                subject(),
                state,
                origin(facts.wish()),
                progress,
                facts.followUp().map(this::origin));
    }

    private JobStatus.Origin origin(Wish wish) {
        return wish.origin(kind.prefix(), subject());
    }

    /** Of a row that cannot be read the key is known yet. */
    private String subject() {
        return facts.isUnreadable() ? execution.getId() : facts.subject();
    }

    /** Its row is due when the lease is over that it is lent for. */
    private boolean isLent(Instant now) {
        return facts.loan().isPresent() && execution.executionTime.isAfter(now);
    }

    JobState state(Instant now) {
        if (isDead()) {
            return JobState.DEAD;
        } else if (execution.picked || isLent(now)) {
            return JobState.RUNNING;
        } else if (!execution.executionTime.isAfter(now)) {
            return JobState.QUEUED;
        }
        return failures() > 0 ? JobState.RESTING : JobState.SCHEDULED;
    }
}
