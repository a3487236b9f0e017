package dev.sluice.server.watch;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Level;
import dev.sluice.Verdict;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Sighting;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.GroupConfig;
import dev.sluice.server.config.WatchConfig;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The path of a level: values, level, verdict; then what is over is ended, what is to be done begins, and what is to be
 * told is offered. Nothing is kept here but how often a level was not known. Safe for use by many threads.
 */
public final class Levels {
    private final Map<String, FlowConfig> flows;
    private final Outbox outbox;
    private final Acting acting;
    private final InstantSource clock;
    private final UnknownCounts unknowns = new UnknownCounts();
    private final Taking alone;

    /** What takes what follows from a level: the outbox, or what gathers those of one request. */
    public interface Taking {
        /** See {@link Outbox#accept}. */
        CompletionStage<Acceptance> accept(Occurrence occurrence);

        /** See {@link Outbox#recovered}. */
        CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level);
    }

    /**
     * @param accept decides an occurrence
     * @param clock by which levels are too old
     */
    public Levels(
            Map<String, FlowConfig> flows,
            Outbox outbox,
            Function<Occurrence, CompletionStage<Acceptance>> accept,
            Acting acting,
            InstantSource clock) {
        this.flows = Map.copyOf(flows);
        this.outbox = outbox;
        this.acting = acting;
        this.clock = clock;
        this.alone = new Taking() {
            @Override
            public CompletionStage<Acceptance> accept(Occurrence occurrence) {
                return accept.apply(occurrence);
            }

            @Override
            public CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level) {
                return outbox.recovered(key, level);
            }
        };
    }

    /** What is not known, and how often in a row. */
    public UnknownCounts unknowns() {
        return unknowns;
    }

    /**
     * Judges what was found of a subject, and does what follows.
     *
     * @throws IllegalArgumentException if the flow has no watch
     */
    public CompletionStage<LevelAnswer> report(String flow, LevelReport report) {
        return report(flow, report, alone);
    }

    /** As {@link #report(String, LevelReport)}, with what takes occurrences and recoveries in place of the outbox. */
    public CompletionStage<LevelAnswer> report(String flow, LevelReport report, Taking taking) {
        WatchConfig watch = watch(flow);
        LevelReader.Reading reading = new LevelReader(watch).read(report.values(), clock.instant());
        if (reading instanceof LevelReader.Reading.Of read) {
            return judged(
                    new Case(flow, watch, report, read.level(), taking),
                    watch.zones().judge(read.level()));
        }
        unknowns.known(flow, report.subject());
        Case flat = new Case(flow, watch, report, Level.of(0), taking);
        Optional<String> before = previousZone(flat);
        return recovered(flat, everyZone(watch))
                .thenApply(done -> answer(flat, watch.zones().safe(), before, "flat", true));
    }

    /** The level of a subject could not be read. */
    public CompletionStage<LevelAnswer> unreadable(String flow, String subject, String why) {
        LevelReport report = new LevelReport(subject, Map.of(), List.of(), Optional.empty());
        Level.Unknown level = new Level.Unknown(Level.Cause.READ_ERROR, why);
        return CompletableFuture.completedFuture(unknown(new Case(flow, watch(flow), report, level, alone), level));
    }

    private WatchConfig watch(String flow) {
        return Optional.ofNullable(flows.get(flow))
                .flatMap(known -> known.levels().watch())
                .orElseThrow(() -> new IllegalArgumentException("the flow '" + flow + "' watches no levels"));
    }

    /** A report that is being judged. */
    private record Case(String flow, WatchConfig watch, LevelReport report, Level level, Taking taking) {
        Key key(String zone) {
            return Key.of(flow, zone, report.subject());
        }
    }

    private CompletionStage<LevelAnswer> judged(Case one, Verdict verdict) {
        if (verdict instanceof Verdict.Unknown unknown) {
            return CompletableFuture.completedFuture(
                    unknown(one, new Level.Unknown(unknown.cause(), unknown.detail())));
        }
        unknowns.known(one.flow, one.report.subject());
        Optional<String> before = previousZone(one);
        CompletionStage<Void> over = recovered(one, verdict.resets());
        if (verdict instanceof Verdict.In in) {
            return over.thenCompose(done -> occurred(one, in, before));
        } else if (verdict instanceof Verdict.Gap gap) {
            outbox.episodes().checked(one.key(gap.zone()));
            return over.thenApply(done -> answer(one, gap.zone(), before, "recovering", true));
        }
        return over.thenApply(done -> answer(one, one.watch.zones().safe(), before, "safe", true));
    }

    private LevelAnswer unknown(Case one, Level.Unknown level) {
        unknowns.unknown(
                one.flow, one.report.subject(), level, one.watch.unknown().noticeAfter());
        return new LevelAnswer(
                one.flow,
                one.report.subject(),
                LevelAnswer.UNKNOWN,
                Optional.empty(),
                Optional.empty(),
                level.cause().word() + ": " + level.detail(),
                worst(one),
                one.watch.unknown().proceed());
    }

    private static List<Verdict.Reset> everyZone(WatchConfig watch) {
        return watch.zones().bad().stream()
                .map(zone -> new Verdict.Reset(zone.name(), Double.POSITIVE_INFINITY))
                .toList();
    }

    private CompletionStage<Void> recovered(Case one, List<Verdict.Reset> resets) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Verdict.Reset reset : resets) {
            OptionalDouble level =
                    Double.isInfinite(reset.level()) ? OptionalDouble.empty() : OptionalDouble.of(reset.level());
            all.add(one.taking.recovered(one.key(reset.zone()), level).toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletionStage<LevelAnswer> occurred(Case one, Verdict.In in, Optional<String> before) {
        Optional.ofNullable(one.watch.actions().get(in.zone()))
                .ifPresent(act -> acting.begin(one.flow, in.zone(), act, one.report));
        return one.taking
                .accept(occurrence(one, in))
                .thenApply(acceptance -> new LevelAnswer(
                        one.flow,
                        one.report.subject(),
                        in.zone(),
                        before,
                        Optional.of(acceptance),
                        acceptance instanceof Acceptance.Decided decided ? decided.reason() : "id-conflict",
                        outbox.episodes().open(one.key(in.zone())),
                        false));
    }

    private Occurrence occurrence(Case one, Verdict.In in) {
        Level.Known level = (Level.Known) one.level;
        double threshold = threshold(one, in.zone(), level);
        Key key = one.key(in.zone());
        Occurrence occurrence = new Occurrence(
                        key,
                        key.subject().equals(one.report.subject()) ? "" : one.report.subject(),
                        ZoneText.of(
                                one.watch,
                                key,
                                one.report.subject(),
                                one.report.values(),
                                ZoneText.Figures.of(level.value(), threshold)),
                        one.report.recipients(),
                        one.report.request(),
                        Event.Settle.LATER)
                .sighted(new Sighting(level.value(), OptionalDouble.of(threshold), OptionalDouble.of(in.mark())));
        return group(one).map(occurrence::grouped).orElse(occurrence);
    }

    private static double threshold(Case one, String zone, Level.Known level) {
        Level boundary = one.watch.zones().zone(zone).orElseThrow().boundary().resolve(level);
        return ((Level.Known) boundary).value();
    }

    private Optional<String> group(Case one) {
        return Optional.ofNullable(flows.get(one.flow))
                .flatMap(flow -> flow.levels().group())
                .map(GroupConfig::by)
                .map(field -> one.report.values().getOrDefault(field, ""))
                .filter(name -> !name.isBlank());
    }

    private LevelAnswer answer(Case one, String zone, Optional<String> before, String reason, boolean proceed) {
        return new LevelAnswer(
                one.flow, one.report.subject(), zone, before, Optional.empty(), reason, worst(one), proceed);
    }

    private Optional<Episode> worst(Case one) {
        return one.watch.zones().bad().stream()
                .flatMap(zone -> outbox.episodes().open(one.key(zone.name())).stream())
                .findFirst();
    }

    private Optional<String> previousZone(Case one) {
        return Optional.of(worst(one)
                .map(episode -> episode.key().variant())
                .orElse(one.watch.zones().safe()));
    }
}
