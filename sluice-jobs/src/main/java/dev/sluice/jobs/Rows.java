package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.Clock;
import com.github.kagkarlsson.scheduler.ExecutionTimeAndId;
import com.github.kagkarlsson.scheduler.ScheduledExecutionsFilter;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.TaskResolver;
import com.github.kagkarlsson.scheduler.event.SchedulerListeners;
import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepository;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.RescheduleUpdate;
import com.github.kagkarlsson.scheduler.task.ScheduledTaskInstance;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of jobs. What is changed is changed only if nobody has changed it since it was read, and says so. Everything
 * fails with {@link StoreException} while the database is away.
 */
final class Rows {
    static final String TABLE = "sluice_job";

    /** Life and revision, where {@link FactsForm} puts them: a row has changed if they have. */
    static final String MARK = "SUBSTR(task_data, 2, 16)";

    private static final String ROW = " WHERE task_name = ? AND task_instance = ?";
    private static final String AS_READ = ROW + " AND version = ?";
    private static final String AND_FACTS = " AND " + MARK + " = ?";
    private static final String FRESH =
            "UPDATE sluice_job SET task_data = ?, execution_time = ?, priority = ?, picked = ?,"
                    + " picked_by = NULL, last_heartbeat = NULL, version = version + 1, ";
    private static final String REPLACE = FRESH + "last_failure = ?, consecutive_failures = ?" + AS_READ;
    private static final String BECOME = FRESH + "last_failure = NULL, consecutive_failures = 0" + AS_READ + AND_FACTS;
    private static final String FOLLOW = "UPDATE sluice_job SET task_data = ?" + AS_READ;
    private static final String END = "DELETE FROM sluice_job" + AS_READ;
    private static final String DUE = "SELECT task_instance FROM sluice_job WHERE task_name = ? AND picked = ?"
            + " AND execution_time <= ? ORDER BY priority DESC, execution_time LIMIT ";
    private static final String LEFT = "SELECT task_data, version FROM sluice_job" + ROW;

    /** The priorities of those that go first, and of the others. */
    private static final int FIRST = 1;

    private static final int NOT_FIRST = 0;

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final DataSource source;
    private final Map<String, JobKind> kinds;
    private final JobFacts.Marks marks;
    private final JdbcTaskRepository repository;

    Rows(
            DataSource source,
            Map<String, JobKind> kinds,
            List<Task<?>> tasks,
            Clock clock,
            SchedulerName name,
            JobFacts.Marks marks) {
        this.source = source;
        this.marks = marks;
        this.kinds = kinds;
        this.repository = new JdbcTaskRepository(
                source,
                false,
                new RowColumns(),
                TABLE,
                new TaskResolver(SchedulerListeners.NOOP, clock, tasks),
                name,
                new FactsForm(),
                true,
                clock);
    }

    /** Makes a row that is due at {@code at}; false if there is one. */
    boolean create(Key key, JobFacts facts, Instant at) {
        TaskInstance<JobFacts> instance =
                new TaskInstance<>(key.flow(), key.subject(), () -> facts, priority(facts.wish()));
        try {
            return repository.createIfNotExists(new ScheduledTaskInstance(instance, at));
        } catch (TaskInstanceException e) {
            // Refused because of a row that is gone again; or the database is away, which the next look tells.
            find(key);
            return false;
        } catch (RuntimeException e) {
            throw Statements.away(e);
        }
    }

    Optional<Job> find(Key key) {
        return answered(() -> repository.getExecution(key.flow(), key.subject()))
                .flatMap(this::job);
    }

    /** Dead jobs, in the order of their subjects. */
    List<Job> dead(int limit) {
        List<Execution> found = new ArrayList<>();
        ScheduledExecutionsFilter dead = ScheduledExecutionsFilter.onlyResolved()
                .withPicked(false)
                .after(new ExecutionTimeAndId(Job.NEVER.minus(MOMENT), ""))
                .limit(limit);
        answered(() -> {
            repository.getScheduledExecutions(dead, found::add);
            return true;
        });
        return found.stream().flatMap(each -> job(each).stream()).toList();
    }

    /** Jobs of a kind, those that are due first. */
    List<Job> of(JobKind kind, int limit) {
        List<Execution> found = new ArrayList<>();
        answered(() -> {
            repository.getScheduledExecutions(
                    ScheduledExecutionsFilter.onlyResolved().limit(limit), kind.name(), found::add);
            return true;
        });
        return found.stream().map(each -> Job.of(kind, each)).toList();
    }

    /** Whether a job is due now that is not fetched. */
    boolean isDue(Instant now) {
        return answered(() -> repository.getDue(now, Integer.MAX_VALUE)).stream()
                .flatMap(each -> job(each).stream())
                .anyMatch(job -> !job.kind().isFetched());
    }

    /** Jobs of a kind that are due and that nobody works on, those with priority first, then those that have been due longest. */
    List<Job> due(JobKind kind, Instant now, int limit) {
        return Statements.each(
                        source,
                        connection -> Statements.list(
                                connection, DUE + limit, row -> row.getString(1), kind.name(), false, Micros.of(now)))
                .stream()
                .flatMap(subject -> answered(() -> repository.getExecution(kind.name(), subject)).stream())
                .flatMap(each -> job(each).stream())
                .toList();
    }

    private Optional<Job> job(Execution execution) {
        return Optional.ofNullable(kinds.get(execution.getTaskName())).map(kind -> Job.of(kind, execution));
    }

    /** It runs at {@code at}, and nothing else is said of it. */
    boolean putOff(Job job, Instant at) {
        return changes(() -> repository.reschedule(
                job.execution(), RescheduleUpdate.toExecutionTime(at).build()));
    }

    /** It failed at {@code now}, and runs again at {@code next}: {@link Job#NEVER} if it is dead. */
    boolean fail(Job job, JobFacts facts, Instant now, Instant next) {
        return replace(job, facts, next, new Failures(job.failures() + 1, Optional.of(now)));
    }

    /** Another life begins in its row. */
    boolean restart(Job job, JobFacts facts, Instant at) {
        return replace(job, facts, at, new Failures(0, Optional.empty()));
    }

    /** Its life goes on with other facts. */
    boolean merge(Job job, JobFacts facts, Instant at) {
        return replace(job, facts, at, new Failures(job.failures(), Optional.ofNullable(job.execution().lastFailure)));
    }

    /** How often it failed in a row, and when last. */
    private record Failures(int inARow, Optional<Instant> last) {}

    private boolean replace(Job job, JobFacts facts, Instant at, Failures failures) {
        return change(
                REPLACE + andFacts(job),
                job,
                FactsForm.encode(facts),
                Micros.of(at),
                priority(facts.wish()),
                false,
                Statements.time(failures.last()),
                failures.inARow());
    }

    /** While it runs, something is put behind it: its version stays, so that who runs it still has it. */
    boolean follow(Job job, JobFacts facts) {
        return change(FOLLOW + andFacts(job), job, FactsForm.encode(facts));
    }

    /** It is over, if the row is still as it was read. */
    boolean end(Job job) {
        return change(END + andFacts(job), job);
    }

    /** Of one that cannot be read nothing can be compared but its version. */
    private static String andFacts(Job job) {
        return job.facts().isUnreadable() ? "" : AND_FACTS;
    }

    private boolean change(String sql, Job job, @Nullable Object... values) {
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(values));
        all.add(job.execution().getTaskName());
        all.add(job.execution().getId());
        all.add(job.execution().version);
        if (!job.facts().isUnreadable()) {
            all.add(FactsForm.mark(job.facts()));
        }
        return Statements.each(source, connection -> Statements.update(connection, sql, all.toArray())) > 0;
    }

    /**
     * It is done at {@code now}: its row goes, or becomes its follow-up.
     *
     * @param whose whether that is right whoever has changed the row since
     * @param ending what else is written in the same transaction; if it says no, nothing is
     * @return when the follow-up is due, or that there is none; empty if nothing was written
     */
    Optional<Ended> endLife(Job job, Instant now, Whose whose, Statements.Work<Boolean> ending) {
        return Statements.together(source, connection -> {
            if (!ending.over(connection)) {
                connection.rollback();
                return Optional.empty();
            }
            for (Optional<Left> left = left(connection, job); ; left = left(connection, job)) {
                if (whose == Whose.OURS
                        && left.filter(row -> row.version() == job.execution().version)
                                .isEmpty()) {
                    connection.rollback();
                    return Optional.empty();
                } else if (left.isEmpty()
                        || left.get().facts().life() != job.facts().life()) {
                    return Optional.of(new Ended(Optional.empty()));
                } else if (ends(connection, job, left.get(), now)) {
                    return Optional.of(new Ended(
                            left.get().facts().followUp().map(wish -> Admission.due(wish, now, Duration.ZERO))));
                }
            }
        });
    }

    /** Whose row may be ended. */
    enum Whose {
        /** Its claim was held, so nobody else has run it. */
        ANYBODYS,
        /** Only one that nobody has changed since this process picked it. */
        OURS
    }

    /** What is in the row of a job that ends. */
    private record Left(JobFacts facts, long version) {}

    private boolean ends(Connection connection, Job job, Left left, Instant now) throws SQLException {
        Optional<Wish> next = left.facts().followUp();
        return next.isPresent()
                ? becomes(connection, job, left, next.get(), now)
                : Statements.update(connection, END + AND_FACTS, row(job, left)) > 0;
    }

    private static Object[] row(Job job, Left left) {
        return new Object[] {
            job.execution().getTaskName(), job.execution().getId(), left.version(), FactsForm.mark(left.facts())
        };
    }

    /** A life is over; what followed is due then. */
    record Ended(Optional<Instant> followed) {}

    private static Optional<Left> left(Connection connection, Job job) throws SQLException {
        return Statements.list(
                        connection,
                        LEFT,
                        row -> new Left(FactsForm.decode(row.getBytes(1)), row.getLong(2)),
                        job.execution().getTaskName(),
                        job.execution().getId())
                .stream()
                .findFirst();
    }

    private boolean becomes(Connection connection, Job job, Left left, Wish next, Instant now) throws SQLException {
        return Statements.update(
                        connection,
                        BECOME,
                        FactsForm.encode(JobFacts.begin(left.facts().subject(), next, marks)),
                        Micros.of(Admission.due(next, now, Duration.ZERO)),
                        priority(next),
                        false,
                        job.execution().getTaskName(),
                        job.execution().getId(),
                        left.version(),
                        FactsForm.mark(left.facts()))
                > 0;
    }

    private static int priority(Wish wish) {
        return wish.first() ? FIRST : NOT_FIRST;
    }

    private static boolean changes(Runnable change) {
        return answered(() -> {
            try {
                change.run();
                return true;
            } catch (ExecutionException otherVersion) {
                return false;
            }
        });
    }

    /** What {@code call} gives, or that the database is away. */
    static <T> T answered(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw Statements.away(e);
        }
    }
}
