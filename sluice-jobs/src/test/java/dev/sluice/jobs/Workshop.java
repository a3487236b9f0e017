package dev.sluice.jobs;

import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Workers over one database and one store, on a clock that is moved by hand. */
final class Workshop implements AutoCloseable {
    static final String KIND = "liquidate";
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final JobDatabase database;
    private final List<Worker> workers = new ArrayList<>();
    private Store keys;
    private Instant now = START;

    Workshop(Path directory) {
        database = JobDatabase.sqlite(
                directory.resolve("jobs.db"), SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS));
        keys = new MemoryStore(10_000, () -> now);
    }

    /** One process. */
    record Worker(String name, Mortal life, Jobs jobs, List<JobEvent> events) {
        boolean isAlive() {
            return !life.isDead();
        }

        void tick() {
            try {
                if (isAlive()) {
                    jobs.tick();
                }
            } catch (StoreException e) {
                if (isAlive()) {
                    throw e;
                }
            }
        }

        Triggered trigger(String subject) {
            return jobs.trigger(KIND, subject, "data");
        }

        Triggered trigger(Trigger trigger) {
            return jobs.trigger(KIND, trigger);
        }

        <E extends JobEvent> List<E> heard(Class<E> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }
    }

    /** A process that runs jobs under {@code lease}. */
    Worker worker(String name, Duration lease, Retries retries, JobHandler handler) {
        return worker(name, new JobKind(KIND, lease, retries, handler));
    }

    Worker worker(String name, JobKind kind) {
        Mortal life = new Mortal();
        List<JobEvent> events = new ArrayList<>();
        Jobs jobs = Jobs.over(life.store(keys), new JobDatabase(life.source(database.source()), () -> {}))
                .kind(kind)
                .listener(events::add)
                .name(name)
                .manual(this::pass)
                .start();
        Worker worker = new Worker(name, life, jobs, events);
        workers.add(worker);
        return worker;
    }

    Instant now() {
        return now;
    }

    /** Since the start. */
    Duration elapsed() {
        return Duration.between(START, now);
    }

    /** Time passes, and nobody notices. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Time passes up to {@code elapsed}, and all living workers look each half second, as they do in earnest. */
    void work(Duration elapsed) {
        Instant until = START.plus(elapsed);
        while (now.isBefore(until)) {
            Instant next = now.plusMillis(500);
            now = next.isAfter(until) ? until : next;
            List.copyOf(workers).forEach(Worker::tick);
        }
    }

    DataSource source() {
        return database.source();
    }

    Store keys() {
        return keys;
    }

    State key(String subject) {
        return keys.read(Key.of(KIND, subject)).toCompletableFuture().join().orElse(State.EMPTY);
    }

    /** Everything is gone but the tables, and the clock stands at the start. */
    void empty() {
        execute("DELETE FROM sluice_job");
        execute("DELETE FROM sluice_job_subject");
        workers.clear();
        now = START;
        keys = new MemoryStore(10_000, () -> now);
    }

    void execute(String sql) {
        try (Connection connection = database.source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.jobs().close());
        database.close();
    }
}
