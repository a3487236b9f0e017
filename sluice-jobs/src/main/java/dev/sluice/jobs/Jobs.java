package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import dev.sluice.Claim;
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
    private final Map<String, JobKind> kinds;
    private final StoreClock clock;
    private final Rows rows;
    private final Lane lane;
    private final Runner runner;
    private final Claims claims;
    private final Triggers triggers;
    private final Subjects subjects;
    private final Lending lending;
    private final JobFacts.Marks marks = new SecureRandom()::nextLong;

    private Jobs(Builder from) {
        kinds = Map.copyOf(from.kinds);
        clock = new StoreClock(from.store);
        List<Task<?>> tasks = kinds.values().stream().<Task<?>>map(this::task).toList();
        rows = new Rows(from.database.source(), kinds, tasks, clock, from.name(), marks);
        SubjectRows kept = new SubjectRows(from.database.source());
        claims = new Claims(from.store);
        List<Task<?>> run =
                tasks.stream().filter(task -> !kind(task.getName()).isFetched()).toList();
        lane = from.lane(run, clock, rows, this::watch);
        Listening listening = new Listening(List.copyOf(from.listeners));
        runner = new Runner(rows, kept, claims, clock::now, marks, listening, lane);
        lending = new Lending(claims, rows, kept, marks, this::kind, clock::now, listening);
        triggers = new Triggers(rows, clock::now, marks, lane::expect);
        subjects = new Subjects(rows, kept, triggers, marks, this::kind, clock::now);
    }

    /** Done often, beside the runs. */
    private void watch() {
        claims.renew();
        runner.watch();
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
     * Starts the job of this kind and subject, or does what is to be done if there is one.
     *
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database does not answer; then nothing is known to have been started
     */
    public Triggered trigger(String kind, Trigger trigger) {
        JobKind found = kind(kind);
        Optional<String> refusal = subjects.find(kind, trigger.subject()).flatMap(Kept::refusal);
        return refusal.isPresent() ? new Triggered.Paused(refusal.get()) : triggers.admit(found, trigger);
    }

    /** As {@link #trigger(String, Trigger)}, for now and with these data. */
    public Triggered trigger(String kind, String subject, String data) {
        return trigger(kind, Trigger.of(subject).withData(data));
    }

    /** Whether a claim is one of these jobs. */
    public boolean isOf(Claim claim) {
        return kinds.containsKey(claim.key().flow());
    }

    /** Jobs in the hands of somebody outside. */
    public Lending lending() {
        return lending;
    }

    /** What is kept of subjects beside their jobs. */
    public Subjects subjects() {
        return subjects;
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
            Wish wish = new Wish(facts.wish().data(), facts.wish().by(), now, now, false);
            boolean changed = job.isDead()
                    ? rows.restart(job, JobFacts.begin(facts.subject(), wish, marks), now)
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
                (job, now) -> job.isDead() || rows.fail(job, job.facts().died(reason, marks), now, Job.NEVER));
    }

    /**
     * Takes a job that waits, or is dead, away.
     *
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database does not answer
     */
    public ByHand cancel(String kind, String subject) {
        return byHand(kind, subject, (job, now) -> rows.end(job));
    }

    /**
     * Takes a running job away from whoever holds it: its claim is stale from now on, its late effects are refused where
     * the fence is checked, and it begins again, elsewhere or here, as soon as a thread is free.
     *
     * @return {@link ByHand#ABSENT} if none runs
     * @throws IllegalArgumentException if there is no such kind, or the subject is empty
     * @throws StoreException if the database, or the store of keys, does not answer
     */
    public ByHand release(String kind, String subject) {
        JobKind found = kind(kind);
        Optional<Job> running = rows.find(found.key(subject)).filter(job -> job.state(clock.now()) == JobState.RUNNING);
        if (running.isEmpty()) {
            return ByHand.ABSENT;
        }
        claims.evict(found.key(subject), found.rule());
        Instant now = clock.now();
        Job job = running.get();
        boolean free = job.facts().loan().isPresent()
                ? rows.merge(job, job.facts().returned(marks), now)
                : rows.putOff(job, now);
        if (free) {
            lane.expect(now);
        }
        return ByHand.DONE;
    }

    /** Changes a job that nobody works on; false if somebody else changed it in between. */
    @FunctionalInterface
    private interface Change {
        boolean of(Job job, Instant now);
    }

    private ByHand byHand(String kind, String subject, Change change) {
        Key key = kind(kind).key(subject);
        for (int look = 0; look < Triggers.LOOKS; look++) {
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
        throw new StoreException("the job " + key + " changed " + Triggers.LOOKS + " times while it was looked at");
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

        private Lane lane(List<Task<?>> tasks, StoreClock clock, Rows rows, Runnable watch) {
            if (manual.isPresent()) {
                TestHelper.ManualSchedulerBuilder scheduler =
                        TestHelper.createManualScheduler(database.source(), tasks);
                prepare(scheduler);
                return new ManualLane(scheduler, clock, rows, watch, manual.get());
            }
            SchedulerBuilder scheduler = new SchedulerBuilder(database.source(), tasks);
            prepare(scheduler);
            return new ThreadLane(
                    scheduler,
                    clock,
                    new ThreadLane.Duties(threads, shortestLease(), stopWithin, watch, this::readClock));
        }

        /** Rows of kinds that this process does not know are those of others, and stay. */
        private void prepare(SchedulerBuilder scheduler) {
            scheduler
                    .tableName(Rows.TABLE)
                    .jdbcCustomization(new RowColumns())
                    .serializer(new FactsForm())
                    .schedulerName(name())
                    .deleteUnresolvedAfter(Micros.LONGEST)
                    .enablePriority()
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
