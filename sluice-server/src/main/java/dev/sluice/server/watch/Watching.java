package dev.sluice.server.watch;

import dev.sluice.Store;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.jobs.Jobs;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.redis.RedisSource;
import dev.sluice.server.config.ActionConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.scan.Scans;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** All that watches levels: their path, what is done by them, and the reading of sources. Safe for use by many threads. */
public final class Watching implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Levels levels;
    private final Actions actions;
    private final Reader reader;
    private final ActionLedger ledger;
    private final Engines engines;
    private final boolean manual;
    private final ExecutorService beginning;

    private Watching(
            Levels levels,
            Actions actions,
            Reader reader,
            ActionLedger ledger,
            Engines engines,
            boolean manual,
            ExecutorService beginning) {
        this.levels = levels;
        this.actions = actions;
        this.reader = reader;
        this.ledger = ledger;
        this.engines = engines;
        this.manual = manual;
        this.beginning = beginning;
    }

    /** What acts, and what reads, where there is anything to do. */
    private record Engines(Optional<Jobs> acting, Optional<Jobs> reading) {}

    /** Whether there is anything to do that needs jobs. */
    public static boolean needsJobs(ServerConfig config) {
        return !config.actions().isEmpty()
                || config.flows().values().stream()
                        .anyMatch(flow -> flow.levels().source().isPresent()
                                || flow.scan().isPresent());
    }

    /**
     * Begins to watch.
     *
     * @param deciders what decides what is found
     * @param finding where levels and candidates are
     * @param keys where claims are
     * @param database of the jobs, where there are any
     * @param manual takes pauses where the clock is moved by hand, and {@link #tick} is called; empty: by itself
     */
    public static Watching begin(
            ServerConfig config,
            Deciders deciders,
            Finding finding,
            Store keys,
            Optional<JobDatabase> database,
            InstantSource clock,
            Optional<Consumer<Duration>> manual) {
        ExecutorService beginning = Actions.thread();
        Actions actions = new Actions(
                config.flows(),
                config.actions(),
                finding.sources()::values,
                keys,
                clock,
                beginning,
                (name, action) -> new ActionPost(name, action, clock)::step);
        Levels levels = new Levels(config.flows(), deciders.outbox(), deciders.accept(), actions, clock);
        Scanning scanning = new Scanning(finding.scans(), deciders.accept(), keys);
        Reader reader = new Reader(config.flows().values(), config.stores().redis(), levels, scanning);
        ActionLedger ledger = new ActionLedger(deciders.outbox());
        // Each with threads of its own: what is done never waits behind what is read.
        Function<JobDatabase, Jobs.Builder> engine = where -> {
            Jobs.Builder builder = Jobs.over(keys, where)
                    .stopWithin(STOP)
                    .listener(ledger::happened)
                    .listener(reader::happened);
            manual.ifPresent(builder::manual);
            return builder;
        };
        Optional<Jobs> acting = database.filter(where -> !config.actions().isEmpty())
                .map(where -> {
                    Jobs.Builder builder = engine.apply(where).threads(threads(config.actions()));
                    actions.kinds().forEach(builder::kind);
                    return builder.start();
                });
        acting.ifPresent(actions::over);
        Optional<Jobs> reading = database.filter(where -> !reader.flows().isEmpty())
                .map(where -> engine.apply(where)
                        .threads(reader.flows().size())
                        .kind(reader.kind())
                        .start());
        Watching watching = new Watching(
                levels, actions, reader, ledger, new Engines(acting, reading), manual.isPresent(), beginning);
        if (manual.isPresent()) {
            reader.readAll();
        } else {
            watching.read();
        }
        return watching;
    }

    /**
     * What decides what is found.
     *
     * @param outbox where episodes and the ledger are
     * @param accept decides an occurrence of a flow, as the outbox does
     */
    public record Deciders(Outbox outbox, Function<Occurrence, CompletionStage<Acceptance>> accept) {}

    private static int threads(Map<String, ActionConfig> actions) {
        return actions.values().stream().mapToInt(each -> each.pace().threads()).sum();
    }

    private void read() {
        engines.reading().ifPresent(engine -> reader.flows().forEach(flow -> engine.trigger(Reader.KIND, flow, "")));
    }

    /** Says how many levels were not known, and how far the sources have come that this process reads. */
    public void measure(MeterRegistry registry) {
        FunctionCounter.builder("sluice.levels.unknown", levels.unknowns(), UnknownCounts::all)
                .description(
                        "Levels that were not known, and so neither told, acted on nor taken for the end of a zone")
                .register(registry);
        for (String flow : reader.announced()) {
            gauge(
                    registry,
                    "sluice.source.waiting",
                    flow,
                    RedisSource.Progress::waiting,
                    "Subjects that wait to be read");
            gauge(
                    registry,
                    "sluice.source.refused",
                    flow,
                    RedisSource.Progress::refused,
                    "Announced subjects for which there was no room, so that the next sweep finds them");
            gauge(
                    registry,
                    "sluice.source.told",
                    flow,
                    RedisSource.Progress::told,
                    "Subjects that were read, or could not be");
        }
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String flow,
            ToDoubleFunction<RedisSource.Progress> value,
            String description) {
        Gauge.builder(
                        name,
                        reader,
                        each -> each.progress(flow).map(value::applyAsDouble).orElse(Double.NaN))
                .tag("flow", flow)
                .description(description + "; no number in a process that stands by")
                .register(registry);
    }

    /** The scans. */
    public Scans scans() {
        return reader.scans();
    }

    /** The path of levels. */
    public Levels levels() {
        return levels;
    }

    /** What is done by them. */
    public Actions actions() {
        return actions;
    }

    /** Which actions died. */
    public ActionLedger ledger() {
        return ledger;
    }

    /** Does what is due, where the clock is moved by hand. */
    public void tick() {
        engines.acting().ifPresent(Jobs::tick);
        engines.reading().ifPresent(Jobs::tick);
        if (manual) {
            reader.scanAll();
        }
    }

    @Override
    public void close() {
        beginning.shutdownNow();
        Stream.of(engines.acting(), engines.reading())
                .flatMap(Optional::stream)
                .parallel()
                .forEach(Jobs::close);
        reader.close();
    }
}
