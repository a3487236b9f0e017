package dev.sluice.server.job;

import dev.sluice.Claim;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Settlement;
import dev.sluice.Store;
import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.jobs.JobEvent;
import dev.sluice.jobs.JobStatus;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Kept;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Trigger;
import dev.sluice.jobs.Triggered;
import dev.sluice.server.config.JobConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The kinds of job of a configuration, each with workers of its own. Safe for use by many threads. Methods that ask for a
 * job may block; they throw {@link IllegalArgumentException} if there is no such kind, or the subject is too long, and
 * {@link dev.sluice.StoreException} if the database does not answer.
 */
public final class UniqueJobs implements AutoCloseable {
    private static final Logger LOG = System.getLogger(UniqueJobs.class.getName());
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Map<String, KindOfJob> kinds = new LinkedHashMap<>();
    private final Map<String, Instant> looked = new LinkedHashMap<>();
    private final Deaths deaths = new Deaths();
    private final InstantSource clock;
    private final Notes notes;
    private final JobMeters meters;
    private final ScheduledExecutorService ticks;

    private UniqueJobs(InstantSource clock, Notes notes, JobMeters meters) {
        this.meters = meters;
        this.clock = clock;
        this.notes = notes;
        this.ticks = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread thread = new Thread(run, "sluice-jobs-tick");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The ledger. */
    @FunctionalInterface
    public interface Notes {
        /** Writes down what became of a job, or was done about it by hand. */
        CompletionStage<Void> note(Key key, String detail);
    }

    /** None at all. */
    public static UniqueJobs none() {
        Notes notes = (key, detail) -> {
            throw new IllegalStateException("without jobs there is nothing to write down");
        };
        return new UniqueJobs(InstantSource.system(), notes, new JobMeters(new CompositeMeterRegistry()));
    }

    /**
     * Begins to run them.
     *
     * @param configs kinds by name
     * @param keys where claims are
     * @param database where jobs are
     * @param registry counts conflicts and attempts, and says how many jobs wait, and for how long
     * @param clock of what callbacks sign, and of ticks where {@code manual} is there
     * @param manual takes pauses where the clock is moved by hand, and {@link #tick} is called; empty: by itself
     */
    public static UniqueJobs begin(
            Map<String, JobConfig> configs,
            Store keys,
            JobDatabase database,
            Notes notes,
            MeterRegistry registry,
            InstantSource clock,
            Optional<Consumer<Duration>> manual) {
        UniqueJobs all = new UniqueJobs(clock, notes, new JobMeters(registry));
        configs.forEach((name, config) -> {
            Jobs.Builder builder = Jobs.over(keys, database)
                    .kind(KindOfJob.kind(config, clock))
                    .threads(config.pace().workers())
                    .stopWithin(STOP)
                    .listener(all::happened);
            manual.ifPresent(builder::manual);
            all.kinds.put(name, KindOfJob.of(config, builder.start()));
        });
        all.kinds.values().forEach(kind -> kind.measure(registry, () -> Micros.instant(keys.now())));
        if (manual.isEmpty()) {
            all.kinds.values().forEach(all::lookAgainAndAgain);
        }
        return all;
    }

    private void lookAgainAndAgain(KindOfJob kind) {
        long tick = kind.config().plan().tick().toMillis();
        Future<?> unused = ticks.scheduleWithFixedDelay(kind::look, 0, tick, TimeUnit.MILLISECONDS);
    }

    private void happened(JobEvent event) {
        meters.happened(event);
        if (event instanceof JobEvent.Died died) {
            deaths.add(died);
        }
        if (!(event instanceof JobEvent.Started || event instanceof JobEvent.Stepped)) {
            JobEvent.Attempt attempt = event.attempt();
            String what = "job " + attempt.kind() + ", " + EventText.of(event);
            notes.note(Key.of(attempt.kind(), attempt.subject()), what).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.log(
                            Logger.Level.WARNING,
                            "What a job did could not be written down: {0}",
                            failure.getMessage());
                }
            });
        }
    }

    /** Those that died and the operator was not told of. */
    public Deaths deaths() {
        return deaths;
    }

    /** The kinds, in the order of the configuration. Does not block. */
    public Collection<JobConfig> configs() {
        return kinds.values().stream().map(KindOfJob::config).toList();
    }

    /** The kind of this name. Does not block. */
    public Optional<JobConfig> config(String job) {
        return Optional.ofNullable(kinds.get(job)).map(KindOfJob::config);
    }

    private KindOfJob kind(String job) {
        return Optional.ofNullable(kinds.get(job))
                .orElseThrow(() -> new IllegalArgumentException("there is no job '" + job + "'"));
    }

    private Jobs engine(String job) {
        return kind(job).jobs();
    }

    /**
     * Gives a worker the job that is due longest, as soon as there is one. Does not block. Whoever does not wait any more
     * completes the answer with nothing.
     *
     * @param holder who, for people, at most 200 characters
     * @param wait how long at most; the answer is empty after it, and fails if the database does not answer
     * @throws java.util.concurrent.RejectedExecutionException if too many workers wait already
     * @throws IllegalArgumentException if the jobs of this kind are not fetched
     */
    public CompletableFuture<Optional<FetchedJob>> fetch(String job, String holder, Duration wait) {
        return kind(job)
                .fetching()
                .orElseThrow(() -> new IllegalArgumentException("the jobs of '" + job + "' are not fetched"))
                .next(holder, wait);
    }

    /** Starts a job, or does what is to be done if there is one. */
    public Triggered trigger(String job, Trigger trigger) {
        Triggered done = engine(job).trigger(job, trigger);
        if (done instanceof Triggered.Already already) {
            meters.conflict(job, already.job().state());
        }
        kind(job).tell();
        return done;
    }

    /** How the job of a subject stands; empty if there is none. */
    public Optional<JobStatus> status(String job, String subject) {
        return engine(job).status(job, subject);
    }

    /** What is kept of a subject beside its job. */
    public Optional<Kept> kept(String job, String subject) {
        return engine(job).subjects().find(job, subject);
    }

    /** Jobs of a kind, those that run or are due first, at most {@code limit}. */
    public List<JobStatus> list(String job, int limit) {
        return engine(job).list(job, limit);
    }

    /** Whether a claim is one of a job. Does not block. */
    public boolean isOf(Claim claim) {
        return kinds.containsKey(claim.key().flow());
    }

    /**
     * Whoever works on a job needs its claim for so long from now.
     *
     * @return {@code STALE}: it must not go on
     */
    public Settlement extend(Claim claim, Duration length) {
        return engine(claim.key().flow()).lending().extend(claim, length);
    }

    /**
     * Whoever a job is lent to has done it.
     *
     * @param place where the next job of the subject goes on; empty: it stays where it was
     */
    public Settlement complete(Claim claim, Optional<String> place) {
        Settlement settlement = engine(claim.key().flow()).lending().complete(claim, place);
        // What follows it is due now.
        kind(claim.key().flow()).tell();
        return settlement;
    }

    /** Whoever a job is lent to could not do it; {@code reason} is for people. */
    public Settlement fail(Claim claim, String reason) {
        return engine(claim.key().flow()).lending().fail(claim, reason);
    }

    /**
     * Does what an operator asks for, and writes it down.
     *
     * @param by who
     */
    public ByHand order(JobOrder order, String job, String subject, String by) {
        ByHand done = order.over(engine(job), job, subject);
        if (done == ByHand.DONE) {
            note(job, subject, order.words() + " by " + by);
            kind(job).tell();
        }
        return done;
    }

    /** Starts nothing for a subject any more, until {@link #resume}. */
    public void pause(String job, String subject, String reason, String by) {
        engine(job).subjects().pause(job, subject, reason);
        note(job, subject, "paused by " + by + ": " + reason);
    }

    /** Ends a pause, if there is one. */
    public void resume(String job, String subject, String by) {
        engine(job).subjects().resume(job, subject);
        note(job, subject, "resumed by " + by);
    }

    /** Sets when a subject is due by itself. */
    public void plan(String job, Planned planned, String by) {
        engine(job).subjects().plan(job, planned);
        String when = planned.schedule().map(schedule -> schedule.text()).orElse("none");
        note(
                job,
                planned.subject(),
                "schedule set by " + by + ": " + when + (planned.enabled() ? "" : ", not enabled"));
    }

    private void note(String job, String subject, String what) {
        notes.note(Key.of(job, subject), "job " + job + ": " + what)
                .toCompletableFuture()
                .join();
    }

    /** Does what is due, where the clock is moved by hand. */
    public void tick() {
        Instant now = clock.instant();
        kinds.forEach((name, kind) -> {
            Optional<Instant> last = Optional.ofNullable(looked.get(name));
            if (last.isEmpty()
                    || !now.isBefore(last.get().plus(kind.config().plan().tick()))) {
                looked.put(name, now);
                kind.look();
            }
            kind.jobs().tick();
        });
    }

    /** Starts nothing more, waits for what runs, and no longer than 5 s for each kind, all at once. */
    @Override
    public void close() {
        ticks.shutdownNow();
        kinds.values().parallelStream().forEach(KindOfJob::close);
    }
}
