package dev.sluice.server.job;

import dev.sluice.jobs.JobEvent;
import dev.sluice.jobs.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What is measured of jobs. Never the subject: its values have no bound. Safe for use by many threads. */
final class JobMeters {
    private final MeterRegistry registry;
    private final Map<JobEvent.Attempt, Long> running = new ConcurrentHashMap<>();

    JobMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A trigger found a job in its way. */
    void conflict(String job, JobState state) {
        Counter.builder("sluice.jobs.conflicts")
                .description("Triggers that were refused because a job of their subject was there, by its state")
                .tag("job", job)
                .tag("state", word(state))
                .register(registry)
                .increment();
    }

    static String word(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    void happened(JobEvent event) {
        if (event instanceof JobEvent.Started) {
            running.put(event.attempt(), System.nanoTime());
        } else if (!(event instanceof JobEvent.Stepped)) {
            Optional<String> outcome = outcome(event);
            Optional<Long> since = Optional.ofNullable(running.remove(event.attempt()));
            outcome.ifPresent(word -> since.ifPresent(begin -> Timer.builder("sluice.jobs.run")
                    .description("How long an attempt took, by its outcome")
                    .tag("job", event.attempt().kind())
                    .tag("outcome", word)
                    .register(registry)
                    .record(Duration.ofNanos(System.nanoTime() - begin))));
        }
    }

    /** Empty for what another process did. */
    private static Optional<String> outcome(JobEvent event) {
        if (event instanceof JobEvent.Done) {
            return Optional.of("done");
        } else if (event instanceof JobEvent.Failed) {
            return Optional.of("failed");
        } else if (event instanceof JobEvent.Died) {
            return Optional.of("dead");
        } else if (event instanceof JobEvent.Lost) {
            return Optional.of("lost");
        } else if (event instanceof JobEvent.Stopped) {
            return Optional.of("stopped");
        }
        return Optional.empty();
    }
}
