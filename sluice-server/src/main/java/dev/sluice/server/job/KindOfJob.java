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
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** One kind of job with workers of its own, so that no other kind waits behind it. Safe for use by many threads. */
record KindOfJob(JobConfig config, Jobs jobs) {
    private static final Logger LOG = System.getLogger(KindOfJob.class.getName());
    private static final int MOST_LOOKED_AT = 1_000;

    static JobKind kind(JobConfig config, JobCall call) {
        return new JobKind(
                config.name(),
                config.pace().lease(),
                config.pace().retries(),
                call::step,
                config.onConflict(),
                config.pace().longest(),
                config.words().prefix());
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
