package dev.sluice.server;

import dev.sluice.Books;
import dev.sluice.Budget;
import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.State;
import dev.sluice.StoreException;
import dev.sluice.jobs.ByHand;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import dev.sluice.outbox.Episodes;
import dev.sluice.outbox.Gathering;
import dev.sluice.outbox.Inheritance;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Progress;
import dev.sluice.outbox.Sample;
import dev.sluice.outbox.TimeGrid;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Loudest;
import dev.sluice.server.http.MostHeld;
import dev.sluice.server.job.UniqueJobs;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Scans;
import dev.sluice.server.watch.ActionStatus;
import dev.sluice.server.watch.Actions;
import dev.sluice.server.watch.LevelAnswer;
import dev.sluice.server.watch.LevelReport;
import dev.sluice.server.watch.Levels;
import dev.sluice.server.watch.Watching;
import dev.sluice.sql.SqlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Answers the edge and the console from an outbox and its store. */
final class StoredEngine implements Engine {
    private static final System.Logger LOG = System.getLogger(StoredEngine.class.getName());

    /** Any name: the subject of a key does not depend on its flow. */
    private static final String ANY_FLOW = "any";

    private static final int MOST_HASHED = 1_000;

    /** Whoever asks whether a database is back that is known to be away need not wait for as long as it may take. */
    private static final Duration KNOWN_AWAY = Duration.ofSeconds(1);

    private final Map<String, FlowConfig> flows;
    private final Map<String, Budget> budgets;
    private final Outbox outbox;
    private final SqlStore database;
    private final Keys keys;
    private final Supplier<Optional<String>> degraded;
    private final String stores;
    private final Observed observed;
    private final Deciding deciding;
    private final Watching watching;
    private final UniqueJobs jobs;

    private final DatabaseLookout lookout;
    private final Audience audience;

    /**
     * @param deciding decides occurrences
     * @param gate where the keys are, if not in the database
     */
    StoredEngine(
            ServerConfig config,
            Deciding deciding,
            Lanes lanes,
            Audience audience,
            SqlStore database,
            Keys keys,
            Optional<RemoteGate> gate) {
        this.audience = audience;
        this.watching = lanes.watching();
        this.jobs = lanes.jobs();
        this.deciding = deciding;
        this.lookout = deciding.lookout();
        this.flows = config.flows();
        this.budgets = config.budgets();
        this.stores = config.stores().toString();
        this.outbox = deciding.outbox();
        this.database = database;
        this.keys = keys;
        this.degraded = () -> gate.flatMap(RemoteGate::outage)
                .map(outage -> StoreLookout.text(config.store().toString(), outage));
        this.observed = deciding.observed();
    }

    @Override
    public Optional<FlowConfig> flow(String name) {
        return Optional.ofNullable(flows.get(name));
    }

    @Override
    public Collection<FlowConfig> flows() {
        return flows.values();
    }

    @Override
    public CompletionStage<Acceptance> accept(Occurrence occurrence) {
        return deciding.accept(occurrence);
    }

    @Override
    public CompletionStage<LevelAnswer> level(String flow, LevelReport report) {
        return watching.levels().report(flow, report, taking(this::accept, outbox::recovered));
    }

    /** How recoveries are taken. */
    @FunctionalInterface
    private interface Recovering {
        CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level);
    }

    private static Levels.Taking taking(
            Function<Occurrence, CompletionStage<Acceptance>> accepting, Recovering recovering) {
        return new Levels.Taking() {
            @Override
            public CompletionStage<Acceptance> accept(Occurrence occurrence) {
                return accepting.apply(occurrence);
            }

            @Override
            public CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level) {
                return recovering.recovered(key, level);
            }
        };
    }

    @Override
    public Together together() {
        Gathering gathering = outbox.gather();
        return new Together() {
            @Override
            public CompletionStage<Acceptance> accept(Occurrence occurrence) {
                return deciding.observing(occurrence, gathering.accept(occurrence));
            }

            @Override
            public CompletionStage<LevelAnswer> level(String flow, LevelReport report) {
                return watching.levels().report(flow, report, taking(this::accept, gathering::recovered));
            }

            @Override
            public void end() {
                gathering.end().whenComplete((messages, failure) -> {
                    if (failure != null) {
                        LOG.log(
                                System.Logger.Level.DEBUG,
                                "A group goes out a little later: {0}",
                                failure.getMessage());
                    }
                });
            }
        };
    }

    @Override
    public List<Episode> episodes(
            String flow, Optional<String> subject, Optional<Boolean> open, Optional<Long> before, int limit) {
        Optional<String> kept = subject.map(text -> Key.of(ANY_FLOW, text).subject());
        return outbox.episodes().list(new Episodes.Filter(Optional.of(flow), kept, open, before), limit);
    }

    @Override
    public boolean isOfAction(Claim claim) {
        return watching.actions().isOf(claim);
    }

    @Override
    public List<ActionStatus> actions(int limit) {
        return watching.actions().list(limit);
    }

    @Override
    public CompletionStage<ByHand> orderAction(Actions.Order order, String action, String subject, String by) {
        Optional<ActionStatus> before = watching.actions().find(action, subject);
        ByHand done = watching.actions().order(order, action, subject, by);
        if (done != ByHand.DONE || before.isEmpty()) {
            return CompletableFuture.completedFuture(done);
        }
        String what = "action " + action + ": " + order.words() + " by " + by;
        return outbox.note(before.get().key(), what).thenApply(noted -> done);
    }

    @Override
    public CompletionStage<Settlement> complete(Claim claim) {
        return outbox.complete(claim);
    }

    @Override
    public CompletionStage<Settlement> release(Claim claim, Event.Why why) {
        return outbox.release(claim, why);
    }

    @Override
    public CompletionStage<Settlement> extend(Claim claim, Duration length) {
        return watching.actions().isOf(claim) ? watching.actions().extend(claim, length) : outbox.extend(claim, length);
    }

    @Override
    public CompletionStage<Settlement> evict(Key key, long fence, String by) {
        return outbox.evict(key, fence, by);
    }

    @Override
    public CompletionStage<Inheritance.Taken> inherit(Inheritance inheritance, boolean trial) {
        return lookout.watched(outbox.inherit(inheritance, trial));
    }

    @Override
    public CompletionStage<Void> reset(Key key, OptionalDouble level) {
        return outbox.reset(key, level).thenAccept(done -> watching.scans().wake(key, subjectText(key)));
    }

    @Override
    public CompletionStage<Boolean> withdraw(long message, String by) {
        return outbox.withdraw(message, by);
    }

    @Override
    public CompletionStage<Optional<Acceptance>> redrive(long message, String by) {
        return outbox.redrive(message, by);
    }

    @Override
    public boolean wasOfferedAgain(Message message) {
        return outbox.wasOfferedAgain(message);
    }

    @Override
    public Audience audience() {
        return audience;
    }

    @Override
    public UniqueJobs jobs() {
        return jobs;
    }

    @Override
    public CompletionStage<Void> note(Key key, String detail) {
        return outbox.note(key, detail);
    }

    @Override
    public CompletionStage<Boolean> ready() {
        CompletionStage<Boolean> probe = lookout.watched(database.probe());
        return lookout.outage()
                .<CompletionStage<Boolean>>map(known -> probe.thenApply(there -> there)
                        .toCompletableFuture()
                        .orTimeout(KNOWN_AWAY.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionallyCompose(still ->
                                CompletableFuture.failedFuture(new StoreException(DatabaseLookout.text(known), still))))
                .orElse(probe);
    }

    @Override
    public Optional<String> degraded() {
        return degraded.get();
    }

    @Override
    public String stores() {
        return stores;
    }

    @Override
    public Optional<Explanation> explain(Key key) {
        return rule(key).flatMap(rule -> keys.state(key).map(state -> Explanation.of(key, rule, state, keys.now())));
    }

    @Override
    public Optional<Explanation> recall(Key key) {
        return explain(key)
                .or(() -> rule(key)
                        .filter(rule -> outbox.tellsOf(key))
                        .map(rule -> Explanation.of(key, rule, State.EMPTY, keys.now())));
    }

    private Optional<Rule> rule(Key key) {
        return key.flow().equals(Budget.FLOW)
                ? Optional.ofNullable(budgets.get(key.variant())).map(Budget::rule)
                : flow(key.flow())
                        .flatMap(flow -> Optional.ofNullable(flow.plan().rules().get(key.variant())));
    }

    @Override
    public Collection<Budget> budgets() {
        return budgets.values();
    }

    @Override
    public Map<Key, Long> entrusted(Key key) {
        return outbox.entrusted(key);
    }

    @Override
    public String subjectText(Key key) {
        return outbox.subjectText(key);
    }

    @Override
    public List<Sample> samples(Key key) {
        return outbox.samples(key);
    }

    @Override
    public List<Key> keys(String flow, Optional<Key> after, int limit) {
        return keys.keys(flow, after, limit);
    }

    @Override
    public MostHeld mostHeld(String flow, String part, int limit) {
        return flow(flow)
                .map(known -> new Ranking(known, having(flow, part.toLowerCase(Locale.ROOT)), limit).over(keys))
                .orElseGet(() -> new MostHeld(List.of(), true));
    }

    /** The subject of a key, or its full text where that is hashed, has {@code part} in it. */
    private Predicate<Key> having(String flow, String part) {
        if (part.isEmpty()) {
            return key -> true;
        }
        Set<String> hashed = outbox.hashedWith(flow, part, MOST_HASHED);
        return key -> key.subject().toLowerCase(Locale.ROOT).contains(part) || hashed.contains(key.text());
    }

    @Override
    public List<MessageView> messages(Outbox.MessageFilter filter, int limit) {
        return outbox.messages(filter, limit);
    }

    @Override
    public List<Key> keysOfMessages(String flow, String prefix, int limit) {
        return outbox.keysOfMessages(flow, prefix, limit);
    }

    @Override
    public List<LedgerEntry> ledger(Outbox.LedgerFilter filter, int limit) {
        return outbox.ledger(withKeptSubject(filter), limit);
    }

    /** The ledger names subjects as keys do: a long one by its hash. */
    private static Outbox.LedgerFilter withKeptSubject(Outbox.LedgerFilter filter) {
        return new Outbox.LedgerFilter(
                filter.flow(),
                filter.subject().map(text -> Key.of(ANY_FLOW, text).subject()),
                filter.kind(),
                filter.from(),
                filter.to(),
                filter.before());
    }

    @Override
    public Map<String, Books> books() {
        Map<String, Books> books = new LinkedHashMap<>(outbox.books());
        books.remove(Budget.FLOW);
        return books;
    }

    @Override
    public long tracked(String flow) {
        return observed.tracked(flow);
    }

    @Override
    public Loudest loudest(String flow) {
        return observed.loudest(flow);
    }

    @Override
    public Scans scans() {
        return watching.scans();
    }

    @Override
    public CompletionStage<Boolean> hasten(long message, String by) {
        return outbox.hasten(message, by);
    }

    @Override
    public List<Books> moved(String flow, TimeGrid grid) {
        return outbox.moved(flow, grid);
    }

    @Override
    public Progress progress() {
        return outbox.progress();
    }

    @Override
    public Instant now() {
        return Micros.instant(keys.now());
    }

    /** Waits; the exception of the store is thrown anew, with where that was. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw new StoreException(String.valueOf(cause.getMessage()), cause);
            }
            throw e;
        }
    }
}
