package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One job at a time for each kind and subject, over any number of processes. A row in the database admits it; while it
 * runs, an exclusive claim at the store of keys fences it. Safe for use by many threads.
 *
 * <pre>{@code
 * try (Jobs jobs = Jobs.over(store, database)
 *         .kind(new JobKind("liquidate", Duration.ofSeconds(30), Retries.STANDARD, run -> {
 *             broker.closeWorst(run.subject(), run.fence());
 *             return margin(run.subject()) < 100 ? StepResult.again(Duration.ofMillis(300)) : StepResult.done();
 *         }))
 *         .start()) {
 *     jobs.trigger("liquidate", "live:42", "margin 39.5");
 * }
 * }</pre>
 *
 * <p>A job is run at least once: a crash after its effect and before its row is gone runs it again, with a higher fence.
 * A process that ends during a run holds its subject up for one lease at most.
 */
public final class Jobs implements AutoCloseable {
    private static final int MOST_DATA = 100_000;

    /** So often a row can come and go between two looks before that is odd. */
    private static final int LOOKS = 20;

    private final Map<String, JobKind> kinds;
    private final StoreClock clock;
    private final Rows rows;
    private final Lane lane;
    private final Runner runner;
    private final RandomGenerator random = new SecureRandom();

    private Jobs(Builder from) {
        kinds = Map.copyOf(from.kinds);
        clock = new StoreClock(from.store);
        List<Task<?>> tasks = kinds.values().stream().<Task<?>>map(this::task).toList();
        rows = new Rows(from.database.source(), kinds, tasks, clock, from.name());
        Claims claims = new Claims(from.store);
        lane = from.lane(tasks, clock, rows, claims);
        runner = new Runner(rows, claims, clock::now, new Listening(List.copyOf(from.listeners)), lane);
    }

    private Task<JobFacts> task(JobKind kind) {
        return Tasks.custom(kind.name(), JobFacts.class)
                .onDeadExecution((complete, operations) -> runner.takeOver(Job.of(kind, complete.getExecution())))
                .execute((instance, context) -> {
                    runner.run(Job.of(kind, context.getExecution()));
                    // The row has been written by then.
                    return (complete, operations) -> {};
                });
    }

    /**
     * Begins jobs whose claims are given out by {@code store}, and whose rows lie in {@code database}. All processes that
     * share the one share the other. Neither is closed with the jobs.
     */
    public static Builder over(Store store, JobDatabase database) {
        return new Builder(store, database);
    }

    /**
     * Starts the job of this kind and subject, unless there is one.
     *
     * @param data for the handler and the listeners, at most 100,000 characters
     * @throws IllegalArgumentException if there is no such kind, the subject is empty or the data are too long
     * @throws StoreException if the database does not answer; then nothing is known to have been started
     */
    public Triggered trigger(String kind, String subject, String data) {
        JobKind found = kind(kind);
        Key key = found.key(subject);
        if (data.length() > MOST_DATA) {
            throw new IllegalArgumentException(
                    "the data of a job are at most " + MOST_DATA + " characters, not " + data.length());
        }
        for (int look = 0; look < LOOKS; look++) {
            Instant now = clock.now();
            JobFacts facts = new JobFacts(subject, data, now, random.nextLong(), "");
            if (rows.create(key, facts, now)) {
                lane.expect(now);
                return new Triggered.Started();
            }
            Optional<Job> there = rows.find(key);
            if (there.isPresent()) {
                Job job = there.get();
                if (!hasRested(job, now)) {
                    return new Triggered.Already(job.status(clock.now()));
                } else if (rows.restart(job, facts, now)) {
                    lane.expect(now);
                    return new Triggered.Started();
                }
            }
        }
        throw new StoreException("the job " + key + " came and went " + LOOKS + " times while it was looked at");
    }

    /** A dead job is started again by the first trigger that comes a longest rest after its death. */
    private static boolean hasRested(Job job, Instant now) {
        return job.isDead() && !now.isBefore(job.failedAt().plus(job.kind().deathRest()));
    }

    /**
     * How the job of this kind and subject stands; empty if there is none.
     *
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database does not answer
     */
    public Optional<JobStatus> status(String kind, String subject) {
        return rows.find(kind(kind).key(subject)).map(job -> job.status(clock.now()));
    }

    /**
     * Jobs that are not tried again by themselves, in the order of their subjects.
     *
     * @param limit most of them, at least 1
     * @throws StoreException if the database does not answer
     */
    public List<JobStatus> dead(int limit) {
        return rows.dead(limit).stream().map(job -> job.status(clock.now())).toList();
    }

    /**
     * Jobs of a kind that are there: those that run or are due first, dead ones last.
     *
     * @param limit most of them, at least 1
     * @throws IllegalArgumentException if there is no such kind
     * @throws StoreException if the database does not answer
     */
    public List<JobStatus> list(String kind, int limit) {
        return rows.of(kind(kind), limit).stream()
                .map(job -> job.status(clock.now()))
                .toList();
    }

    /**
     * Makes a job that rests, or is dead, due now; a dead one with all its attempts before it.
     *
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database does not answer
     */
    public ByHand tryNow(String kind, String subject) {
        return byHand(kind, subject, (job, now) -> {
            JobFacts facts = job.facts();
            boolean changed = job.isDead()
                    ? rows.restart(job, new JobFacts(facts.subject(), facts.data(), now, random.nextLong(), ""), now)
                    : rows.putOff(job, now);
            lane.expect(now);
            return changed;
        });
    }

    /**
     * Makes a job that waits a dead one: it is not tried again by itself. A trigger starts it again a longest rest after
     * now.
     *
     * @param reason for people
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database does not answer
     */
    public ByHand giveUp(String kind, String subject, String reason) {
        return byHand(
                kind,
                subject,
                (job, now) -> job.isDead() || rows.fail(job, job.facts().failed(reason), now, Job.NEVER));
    }

    /** Changes a job that nobody works on; false if somebody else changed it in between. */
    @FunctionalInterface
    private interface Change {
        boolean of(Job job, Instant now);
    }

    private ByHand byHand(String kind, String subject, Change change) {
        Key key = kind(kind).key(subject);
        for (int look = 0; look < LOOKS; look++) {
            Optional<Job> there = rows.find(key);
            if (there.isEmpty()) {
                return ByHand.ABSENT;
            }
            Instant now = clock.now();
            if (there.get().status(now).state() == JobState.RUNNING) {
                return ByHand.RUNNING;
            } else if (change.of(there.get(), now)) {
                return ByHand.DONE;
            }
        }
        throw new StoreException("the job " + key + " changed " + LOOKS + " times while it was looked at");
    }

    /**
     * Does what is due now, in the calling thread, where {@link Builder#manual} was called; otherwise the threads do, and
     * this only makes them look.
     */
    public void tick() {
        lane.tick();
    }

    /** Starts nothing more, cuts runs off at their next pause, waits for the others, interrupts them, and gives up on them. */
    @Override
    public void close() {
        lane.close();
    }

    private JobKind kind(String name) {
        JobKind kind = kinds.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("there is no kind of job '" + name + "', only " + kinds.keySet());
        }
        return kind;
    }

    /** Collects what jobs need. Not safe for use by several threads. */
    public static final class Builder {
        private static final int DEFAULT_THREADS = 16;
        private static final Duration DEFAULT_STOP = Duration.ofSeconds(10);

        /** A process without a heartbeat for half of a lease counts as dead; a quarter later at most that is seen. */
        private static final int HEARTBEATS_PER_LEASE = 8;

        private static final int MISSED_HEARTBEATS = 4;

        private final Store store;
        private final JobDatabase database;
        private final Map<String, JobKind> kinds = new LinkedHashMap<>();
        private final List<JobListener> listeners = new ArrayList<>();
        private String name = "process " + ProcessHandle.current().pid();
        private int threads = DEFAULT_THREADS;
        private Duration stopWithin = DEFAULT_STOP;
        private Optional<Consumer<Duration>> manual = Optional.empty();

        private Builder(Store store, JobDatabase database) {
            this.store = store;
            this.database = database;
        }

        /**
         * Adds a kind. The shortest lease of all says how soon a process that ended is noticed, so all processes should
         * have the same kinds.
         *
         * @throws IllegalArgumentException if there is one of that name
         */
        public Builder kind(JobKind kind) {
            if (kinds.putIfAbsent(kind.name(), kind) != null) {
                throw new IllegalArgumentException("there are two kinds of job '" + kind.name() + "'");
            }
            return this;
        }

        /** Adds one who hears what happens. */
        public Builder listener(JobListener listener) {
            listeners.add(listener);
            return this;
        }

        /** What others see as the holder of a running job, at most 50 characters; the number of the process if not set. */
        public Builder name(String text) {
            name = text;
            return this;
        }

        /** How many jobs run at the same time in this process, at least 1; 16 if not set. */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("jobs need at least 1 thread, not " + count);
            }
            threads = count;
            return this;
        }

        /** How long {@link Jobs#close} waits for what runs, zero or more; 10 s if not set. */
        public Builder stopWithin(Duration limit) {
            if (limit.isNegative()) {
                throw new IllegalArgumentException("the time to stop within must not be negative: " + limit);
            }
            stopWithin = limit;
            return this;
        }

        /**
         * No threads: whoever moves the clock of the store calls {@link Jobs#tick}. A pause between two steps is handed to
         * {@code pause}, in the thread of the tick.
         */
        public Builder manual(Consumer<Duration> pause) {
            manual = Optional.of(pause);
            return this;
        }

        /**
         * The jobs, which run from now on.
         *
         * @throws IllegalStateException if there is no kind
         */
        public Jobs start() {
            if (kinds.isEmpty()) {
                throw new IllegalStateException("there is nothing to run: name a kind of job");
            }
            Jobs jobs = new Jobs(this);
            jobs.lane.start();
            return jobs;
        }

        private SchedulerName name() {
            return new SchedulerName.Fixed(name);
        }

        private Lane lane(List<Task<?>> tasks, StoreClock clock, Rows rows, Claims claims) {
            if (manual.isPresent()) {
                TestHelper.ManualSchedulerBuilder scheduler =
                        TestHelper.createManualScheduler(database.source(), tasks);
                prepare(scheduler);
                return new ManualLane(scheduler, clock, rows, claims, manual.get());
            }
            SchedulerBuilder scheduler = new SchedulerBuilder(database.source(), tasks);
            prepare(scheduler);
            return new ThreadLane(
                    scheduler,
                    clock,
                    new ThreadLane.Duties(threads, shortestLease(), stopWithin, claims::renew, this::readClock));
        }

        /** Rows of kinds that this process does not know are those of others, and stay. */
        private void prepare(SchedulerBuilder scheduler) {
            scheduler
                    .tableName(Rows.TABLE)
                    .jdbcCustomization(new RowColumns())
                    .serializer(new FactsForm())
                    .schedulerName(name())
                    .deleteUnresolvedAfter(Micros.LONGEST)
                    .heartbeatInterval(shortestLease().dividedBy(HEARTBEATS_PER_LEASE))
                    .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                    .failureLogging(LogLevel.ERROR, true);
        }

        private Duration shortestLease() {
            return kinds.values().stream()
                    .map(JobKind::lease)
                    .min(Duration::compareTo)
                    .orElseThrow();
        }

        /** A step that changes nothing, by which a store on a server learns what time it is there. */
        private void readClock() {
            JobKind any = kinds.values().iterator().next();
            store.apply(new Command(any.key("~clock"), any.rule(), new Event.Take()));
        }
    }
}
