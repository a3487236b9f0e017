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
import dev.sluice.StoreException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The rows of jobs. What is changed is changed only if nobody has changed it since it was read, and says so. Everything
 * fails with {@link StoreException} while the database is away.
 */
final class Rows {
    static final String TABLE = "sluice_job";

    /** Where the life of a job stands in its stored form, behind the format and the time of the trigger. */
    private static final String END_LIFE =
            "DELETE FROM sluice_job WHERE task_name = ? AND task_instance = ? AND SUBSTR(task_data, 10, 8) = ?";

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final DataSource source;
    private final Map<String, JobKind> kinds;
    private final JdbcTaskRepository repository;

    Rows(DataSource source, Map<String, JobKind> kinds, List<Task<?>> tasks, Clock clock, SchedulerName name) {
        this.source = source;
        this.kinds = kinds;
        this.repository = new JdbcTaskRepository(
                source,
                false,
                new RowColumns(),
                TABLE,
                new TaskResolver(SchedulerListeners.NOOP, clock, tasks),
                name,
                new FactsForm(),
                false,
                clock);
    }

    /** Makes a row that is due at {@code at}; false if there is one. */
    boolean create(Key key, JobFacts facts, Instant at) {
        TaskInstance<JobFacts> instance = new TaskInstance<>(key.flow(), key.subject(), facts);
        try {
            return repository.createIfNotExists(new ScheduledTaskInstance(instance, at));
        } catch (TaskInstanceException e) {
            // Refused because of a row that is gone again; or the database is away, which the next look tells.
            find(key);
            return false;
        } catch (RuntimeException e) {
            throw away(e);
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

    /** Whether a job is due now. */
    boolean isDue(Instant now) {
        return !answered(() -> repository.getDue(now, 1)).isEmpty();
    }

    private Optional<Job> job(Execution execution) {
        return Optional.ofNullable(kinds.get(execution.getTaskName())).map(kind -> Job.of(kind, execution));
    }

    /** It runs at {@code at}, and nothing else is said of it. */
    boolean putOff(Job job, Instant at) {
        return update(job, RescheduleUpdate.toExecutionTime(at));
    }

    /** It failed at {@code now}, and runs again at {@code next}: {@link Job#NEVER} if it is dead. */
    boolean fail(Job job, JobFacts facts, Instant now, Instant next) {
        return update(
                job,
                RescheduleUpdate.toExecutionTime(next)
                        .data(facts)
                        .lastFailure(now)
                        .consecutiveFailures(job.failures() + 1));
    }

    /** A dead job begins another life. */
    boolean restart(Job job, JobFacts facts, Instant at) {
        return update(job, RescheduleUpdate.toExecutionTime(at).data(facts).resetFailures());
    }

    private boolean update(Job job, RescheduleUpdate.Builder update) {
        return changes(() -> repository.reschedule(job.execution(), update.build()));
    }

    /** It is over, if the row is still as it was read. */
    boolean end(Job job) {
        return changes(() -> repository.remove(job.execution()));
    }

    /** It is over, whoever has changed the row since. */
    void endLife(Job job) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(END_LIFE)) {
            statement.setString(1, job.execution().getTaskName());
            statement.setString(2, job.execution().getId());
            statement.setBytes(
                    3,
                    ByteBuffer.allocate(Long.BYTES).putLong(job.facts().life()).array());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw away(e);
        }
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
            throw away(e);
        }
    }

    private static StoreException away(Exception e) {
        return new StoreException("the database of the jobs does not answer: " + e.getMessage(), e);
    }
}
