package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnReset;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How long subjects are in the zones of watches: an episode begins with the first occurrence of its key, and ends with its
 * recovery. A key has at most one that is open, however many servers look at it. Safe for use by many threads.
 *
 * <p>An episode is opened and closed in the database at once. What is counted of it is written once a second and when the
 * outbox stops in order; a kill can lose the counts of the last second, of checks only. So long another server may also not
 * know of it: what it counts of an episode that was ended elsewhere within the last second is counted there.
 *
 * <p>The open ones of the flows of this process are known to it, at most {@value #MOST}; beyond that the database is asked
 * for each that is not.
 */
public final class Episodes {
    /** Most open ones that a process knows without asking. */
    static final int MOST = 100_000;

    private static final System.Logger LOG = System.getLogger(Episodes.class.getName());
    private static final int BATCH = 500;
    private static final long EVERY = Micros.of(Duration.ofSeconds(1));
    private static final long IDLE_EVERY = Micros.of(Duration.ofMinutes(1));

    private final SqlStore store;
    private final Plans plans;
    private final Works works;
    private final Recovery recovery;
    private final EpisodeMirror mirror = new EpisodeMirror(MOST);
    private final KnownSafe safe;
    private long last = Micros.ABSENT;
    private long lastIdle = Micros.ABSENT;

    Episodes(SqlStore store, Plans plans, Works works, Recovery recovery) {
        this.store = store;
        this.plans = plans;
        this.works = works;
        this.recovery = recovery;
        this.safe = new KnownSafe(store.dialect().isShared());
        refresh();
    }

    /** Which episodes; an empty part means any; {@code before} is the id of one. */
    public record Filter(
            Optional<String> flow, Optional<String> subject, Optional<Boolean> open, Optional<Long> before) {}

    /** The newest first. What this process counted within the last second is included. */
    public List<Episode> list(Filter filter, int limit) {
        return EpisodeRows.list(store, filter, limit).stream()
                .map(row -> mirror.counted(row.episode()))
                .toList();
    }

    /** The open episode of a key; what other servers did to it within the last second may be missing. */
    public Optional<Episode> open(Key key) {
        Optional<Episode> known = mirror.counted(key);
        return known.isPresent() || mirror.isComplete()
                ? known
                : EpisodeRows.find(store, key).map(EpisodeRows.Row::episode);
    }

    /** Those of a subject that are open, of all zones of the flow, in the order of its rules. */
    public List<Episode> open(String flow, String subject) {
        return plans.find(flow).stream()
                .flatMap(plan -> plan.rules().keySet().stream())
                .flatMap(zone -> open(Key.of(flow, zone, Rows.storable(subject))).stream())
                .toList();
    }

    /** The subject was looked at between the zone's boundary and its recovery: counted, if there is an episode. */
    public void checked(Key key) {
        mirror.count(key, false, store.now());
    }

    /** The key occurred, and this was decided. */
    CompletionStage<Acceptance> observed(Occurrence occurrence, Acceptance answer) {
        Key key = occurrence.key();
        Sighting sighting = occurrence.context().sighting().orElse(null);
        if (sighting == null || plans.watched(key).isEmpty() || !(answer instanceof Acceptance.Decided decided)) {
            return CompletableFuture.completedFuture(answer);
        }
        safe.doubt(key);
        boolean held = decided.word().equals(Offered.SUPPRESS);
        boolean lasts =
                mirror.find(key).filter(row -> row.safeSince().isEmpty()).isPresent();
        if (held && lasts && mirror.count(key, true, store.now())) {
            return CompletableFuture.completedFuture(answer);
        }
        return works.run(List.of(), journal -> EpisodeRows.open(journal.unit(), key, sighting))
                .handle((row, failure) -> {
                    if (failure == null) {
                        mirror.put(row);
                        mirror.count(key, held, store.now());
                    } else {
                        LOG.log(Level.DEBUG, "The episode of {0} is not known; its next check opens it", key);
                    }
                    return answer;
                });
    }

    /** See {@link Outbox#recovered}; {@code gathered}: others of its group are still to come. */
    CompletionStage<Optional<Recovery.Result.Closed>> recovered(Key key, OptionalDouble level, boolean gathered) {
        Optional<EpisodeRows.Row> known = mirror.find(key);
        boolean lasts = known.filter(
                        row -> row.isBelowMark(level) || row.safeSince().isPresent())
                .isPresent();
        if (lasts || (known.isEmpty() && mirror.isComplete() && safe.isKnown(key, store.now()))) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return end(key, journal -> recovery.over(journal, key, level, gathered)).thenApply(result -> {
            if (!(result instanceof Recovery.Result.Lasts)) {
                safe.know(key, store.now());
            }
            return ended(key, known, result);
        });
    }

    /** See {@link Outbox#reset}. */
    CompletionStage<Void> reset(Key key, OptionalDouble level) {
        Optional<EpisodeRows.Row> known = mirror.find(key);
        safe.doubt(key);
        return end(key, journal -> recovery.byHand(journal, key, level))
                .thenAccept(result -> ended(key, known, result));
    }

    /** With what was counted of the episode until then. */
    private CompletionStage<Recovery.Result> end(Key key, Works.Doing<Recovery.Result> how) {
        Optional<EpisodeRows.Counted> counted = mirror.take(key);
        works.doubt(key);
        return works.run(List.of(key), journal -> {
                    if (counted.isPresent()) {
                        Recovery.count(journal.unit(), key, counted.get().unwritten());
                    }
                    return how.run(journal);
                })
                .whenComplete((result, failure) -> {
                    works.doubt(key);
                    if (failure != null) {
                        mirror.giveBack(counted.stream().toList());
                    }
                });
    }

    private Optional<Recovery.Result.Closed> ended(Key key, Optional<EpisodeRows.Row> before, Recovery.Result result) {
        if (result instanceof Recovery.Result.Lasts lasts) {
            mirror.put(lasts.row());
            return Optional.empty();
        }
        before.ifPresent(row -> mirror.remove(key, row.id()));
        if (!(result instanceof Recovery.Result.Closed closed)) {
            return Optional.empty();
        }
        mirror.remove(key, closed.episode().id());
        return Optional.of(closed);
    }

    /**
     * Writes what was counted, learns what other servers did, and ends what is over; at most once a second.
     *
     * @return how many ended
     */
    int run() {
        long now = store.now();
        if (plans.watched().isEmpty() || (last != Micros.ABSENT && now >= last && now - last < EVERY)) {
            return 0;
        }
        last = now;
        flush();
        refresh();
        boolean looksForIdle = lastIdle == Micros.ABSENT || now < lastIdle || now - lastIdle >= IDLE_EVERY;
        lastIdle = looksForIdle ? now : lastIdle;
        int ended = 0;
        for (FlowPlan plan : plans.watched()) {
            for (Map.Entry<String, Rule> zone : plan.rules().entrySet()) {
                ended += lasted(plan.name(), zone.getKey(), zone.getValue(), now);
                ended += looksForIdle
                        ? idle(plan.name(), zone.getKey(), now - zone.getValue().idle())
                        : 0;
            }
        }
        return ended;
    }

    private int lasted(String flow, String zone, Rule rule, long now) {
        if (!(rule.onReset() instanceof OnReset.After after)) {
            return 0;
        }
        long since = now - Micros.of(after.dwell());
        List<Key> keys = EpisodeRows.safe(store, flow, zone, since, BATCH);
        return end(keys, (journal, key) -> recovery.lasted(journal, key, since));
    }

    private int idle(String flow, String zone, long since) {
        List<Key> keys = EpisodeRows.unseen(store, flow, zone, since, BATCH);
        return end(keys, (journal, key) -> recovery.idle(journal, key, since));
    }

    /** Ends the episode of a key. */
    @FunctionalInterface
    private interface End {
        Recovery.Result of(Journal journal, Key key) throws SQLException;
    }

    private int end(List<Key> keys, End end) {
        Map<Key, CompletionStage<Recovery.Result>> results = new LinkedHashMap<>();
        keys.forEach(key -> results.put(key, works.runAhead(List.of(key), journal -> end.of(journal, key))));
        int ended = 0;
        for (Map.Entry<Key, CompletionStage<Recovery.Result>> each : results.entrySet()) {
            Recovery.Result result = Desk.await(each.getValue());
            ended += ended(each.getKey(), mirror.find(each.getKey()), result).isPresent() ? 1 : 0;
        }
        return ended;
    }

    /**
     * Writes what was counted.
     *
     * @throws StoreException if that fails; it is then written with the next
     */
    void flush() {
        List<EpisodeRows.Counted> all = mirror.takeAll();
        for (int from = 0; from < all.size(); from += BATCH) {
            List<EpisodeRows.Counted> some = all.subList(from, Math.min(all.size(), from + BATCH));
            try {
                Desk.await(store.transactAhead(unit -> {
                    EpisodeRows.count(unit, some);
                    return some.size();
                }));
            } catch (StoreException e) {
                mirror.giveBack(all.subList(from, all.size()));
                throw e;
            }
        }
    }

    private void refresh() {
        if (!plans.watched().isEmpty()) {
            EpisodeMirror.Reading reading = mirror.begin();
            reading.end(EpisodeRows.open(store, plans.sqlList(), MOST + 1));
        }
    }
}
