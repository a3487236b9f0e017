package dev.sluice.server.watch;

import dev.sluice.Backoff;
import dev.sluice.Micros;
import dev.sluice.jobs.JobEvent;
import dev.sluice.jobs.JobKind;
import dev.sluice.jobs.Retries;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.StepResult;
import dev.sluice.redis.RedisSettings;
import dev.sluice.redis.RedisSource;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.SourceConfig;
import dev.sluice.server.scan.Scans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands on what sources announce, and scans. Of all servers one reads a source: that is a job without end, and when its process ends
 * another one takes it over, which begins with a sweep. Should two read for a moment, the gate still lets out one.
 */
final class Reader implements AutoCloseable {
    /** The kind of job that reading a source is; its subjects are the flows. */
    static final String KIND = "source";

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Backoff RESTS = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(15));

    private final Map<String, SourceConfig> sources = new LinkedHashMap<>();
    private final RedisSettings settings;
    private final Levels levels;
    private final Scanning scanning;
    private final Map<String, RedisSource> open = new ConcurrentHashMap<>();

    Reader(Iterable<FlowConfig> flows, RedisSettings settings, Levels levels, Scanning scanning) {
        flows.forEach(flow -> flow.levels().source().ifPresent(source -> sources.put(flow.name(), source)));
        this.settings = settings;
        this.levels = levels;
        this.scanning = scanning;
    }

    /** The flows whose subjects are announced. */
    List<String> announced() {
        return List.copyOf(sources.keySet());
    }

    /** The flows that have a source. */
    List<String> flows() {
        List<String> all = new ArrayList<>(sources.keySet());
        all.addAll(scanning.flows());
        return all;
    }

    /**
     * Reads all of them in this process until it is closed. Where the clock is moved by hand, jobs run in the thread that
     * moves it, and one without end would never give it back.
     */
    void readAll() {
        sources.forEach((flow, source) -> open.computeIfAbsent(flow, name -> open(name, source)));
    }

    JobKind kind() {
        return new JobKind(KIND, LEASE, new Retries(RESTS, Integer.MAX_VALUE, Micros.LONGEST), this::step);
    }

    /** The scans. */
    Scans scans() {
        return scanning.scans();
    }

    /** Does the scans that are due, where the clock is moved by hand. */
    void scanAll() {
        scanning.flows().forEach(scanning::scan);
    }

    private StepResult step(Run run) {
        if (scanning.scan(run.subject())) {
            return StepResult.again(LOOK);
        }
        SourceConfig source = Optional.ofNullable(sources.get(run.subject()))
                .orElseThrow(
                        () -> new IllegalStateException("the flow '" + run.subject() + "' has no source any more"));
        open.computeIfAbsent(run.subject(), flow -> open(flow, source));
        return StepResult.again(LOOK);
    }

    private RedisSource open(String flow, SourceConfig source) {
        return RedisSource.open(Sources.url(source), settings, source.plan(), new RedisSource.Sink() {
            @Override
            public CompletionStage<?> values(String subject, Map<String, String> values) {
                return levels.report(flow, new LevelReport(subject, values, List.of(), Optional.empty()));
            }

            @Override
            public CompletionStage<?> unreadable(String subject, String why) {
                return levels.unreadable(flow, subject, why);
            }
        });
    }

    /** Whatever ends a run ends the reading. */
    void happened(JobEvent event) {
        boolean goesOn = event instanceof JobEvent.Started || event instanceof JobEvent.Stepped;
        if (event.attempt().kind().equals(KIND) && !goesOn) {
            Optional.ofNullable(open.remove(event.attempt().subject())).ifPresent(RedisSource::close);
        }
    }

    /** How far the source of a flow has come; empty if this process does not read it. */
    Optional<RedisSource.Progress> progress(String flow) {
        return Optional.ofNullable(open.get(flow)).map(RedisSource::progress);
    }

    @Override
    public void close() {
        open.values().forEach(RedisSource::close);
        open.clear();
    }
}
