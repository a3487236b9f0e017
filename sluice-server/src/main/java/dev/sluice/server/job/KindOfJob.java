package dev.sluice.server.job;

import dev.sluice.StoreException;
import dev.sluice.jobs.JobKind;
import dev.sluice.jobs.JobState;
import dev.sluice.jobs.JobStatus;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Subjects;
import dev.sluice.server.config.JobConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** One kind of job with workers of its own, so that no other kind waits behind it. Safe for use by many threads. */
record KindOfJob(JobConfig config, Jobs jobs, Optional<Fetching> fetching) {
    private static final Logger LOG = System.getLogger(KindOfJob.class.getName());
    private static final int MOST_LOOKED_AT = 1_000;

    static KindOfJob of(JobConfig config, Jobs jobs) {
        return new KindOfJob(
                config,
                jobs,
                config.isFetched()
                        ? Optional.of(new Fetching(config.name(), holder -> take(config.name(), jobs, holder)))
                        : Optional.empty());
    }

    private static Optional<FetchedJob> take(String name, Jobs jobs, String holder) {
        return jobs.lending()
                .take(name, holder)
                .map(lent -> new FetchedJob(
                        lent.job(),
                        lent.claim(),
                        jobs.subjects().find(name, lent.job().subject())));
    }

    /** @param clock of what calls sign */
    static JobKind kind(JobConfig config, InstantSource clock) {
        JobKind kind = config.handler() instanceof JobConfig.Handler.Called called
                ? new JobKind(
                        config.name(),
                        config.pace().lease(),
                        config.pace().retries(),
                        new JobCall(config.name(), called.call(), clock)::step)
                : JobKind.fetched(
                        config.name(), config.pace().lease(), config.pace().retries());
        return kind.with(config.onConflict())
                .withLongest(config.pace().longest())
                .withPrefix(config.words().prefix());
    }

    /** A job may be due: whoever waits for one need not wait for the next look. Does not block. */
    void tell() {
        fetching.ifPresent(Fetching::look);
    }

    /** Sends workers away, starts nothing more, and waits a little for what runs. */
    void close() {
        fetching.ifPresent(Fetching::close);
        jobs.close();
    }

    /** Makes the jobs that are missing. What goes wrong with one subject leaves the others alone, and is logged. */
    void look() {
        try {
            Subjects subjects = jobs.subjects();
            for (Planned planned : config.plan().subjects()) {
                plan(subjects, planned);
            }
            subjects.tick(config.name());
        } catch (StoreException e) {
            LOG.log(
                    Logger.Level.WARNING,
                    "The schedules of {0} cannot be read, and are looked at again: {1}",
                    config.name(),
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "The schedules of " + config.name() + " cannot be followed", e);
        }
    }

    private void plan(Subjects subjects, Planned planned) {
        try {
            subjects.plan(config.name(), planned);
        } catch (IllegalArgumentException e) {
            LOG.log(
                    Logger.Level.ERROR,
                    "Error scheduling job for {0}: {1}",
                    planned.subject(),
                    String.valueOf(e.getMessage()));
        }
    }

    void measure(MeterRegistry registry, Supplier<Instant> now) {
        gauge(
                registry,
                "sluice.jobs.waiting",
                "Jobs that are due and wait for a worker, of the first 1,000",
                queued -> queued.size());
        gauge(
                registry,
                "sluice.jobs.lateness",
                "Seconds for which the job waits that is due for the longest",
                queued -> queued.stream()
                        .flatMap(job -> job.next().stream())
                        .mapToDouble(due -> Duration.between(due, now.get()).toMillis() / 1000.0)
                        .max()
                        .orElse(0));
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<List<JobStatus>> value) {
        Gauge.builder(name, this, kind -> value.applyAsDouble(kind.queued()))
                .tag("job", config.name())
                .description(description)
                .register(registry);
    }

    private List<JobStatus> queued() {
        return jobs.list(config.name(), MOST_LOOKED_AT).stream()
                .filter(job -> job.state() == JobState.QUEUED)
                .toList();
    }
}
