package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.DenialCache;
import dev.sluice.Dice;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Settlement;
import dev.sluice.StoreException;
import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Decides occurrences and carries their messages until they are delivered, or dead and visible. Safe for use by many
 * threads. Its clock is that of the store. Stages fail with {@link dev.sluice.StoreException} if the store cannot answer,
 * and with {@link IllegalArgumentException} if the flow or variant of a key is not configured; they complete in a thread
 * of the store, so what hangs on them must not wait.
 */
public final class Outbox implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
    private static final Schema SCHEMA = Schema.of("outbox", Outbox.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SqlStore store;
    private final Plans plans;
    private final CrashPoints crashes;
    private final Works works;
    private final Intake intake;
    private final Claims claims;
    private final Settling settling;
    private final Desk desk;
    private final Episodes episodes;
    private final DueLoop loop;
    private final WriteBackLanes writeBacks;
    private final RandomGenerator random;
    private final Damage damage = new Damage();
    private final Unaddressed unaddressed = new Unaddressed();

    /**
     * An outbox whose messages live in the database of {@code store}, so that claim, message and extension are one
     * transaction. Brings its tables to their newest version.
     *
     * @param channels by name
     * @param random a source that nobody can predict: claims are named by it
     * @throws IllegalArgumentException if a flow has no rule, or names a channel that does not exist
     * @throws dev.sluice.StoreException if the store cannot be written, or a newer version wrote its tables
     */
    public Outbox(
            SqlStore store,
            List<FlowPlan> flows,
            Map<String, Channel> channels,
            Settings settings,
            RandomGenerator random) {
        this(
                store,
                Optional.empty(),
                new Plans(flows, channels.keySet(), settings.attemptLease()),
                channels,
                settings,
                random,
                CrashPoints.ofProcess());
    }

    /**
     * An outbox whose keys are decided by {@code gate}, and whose messages live in {@code database}. An occurrence that is
     * merely held needs the gate alone. What a message does to its key is written down with the message, and carried to
     * the gate after that; while the gate is away it waits, and deliveries go on.
     *
     * @param channels by name
     * @param random a source that nobody can predict: claims are named by it
     * @throws IllegalArgumentException if a flow has no rule, or names a channel that does not exist
     * @throws dev.sluice.StoreException if the database cannot be written, or a newer version wrote its tables
     */
    public Outbox(
            SqlStore database,
            GateStore gate,
            List<FlowPlan> flows,
            Map<String, Channel> channels,
            Settings settings,
            RandomGenerator random) {
        this(
                database,
                Optional.of(gate),
                new Plans(flows, channels.keySet(), settings.attemptLease()),
                channels,
                settings,
                random,
                CrashPoints.ofProcess());
    }

    Outbox(
            SqlStore store,
            Optional<GateStore> gate,
            Plans plans,
            Map<String, Channel> channels,
            Settings settings,
            RandomGenerator random,
            CrashPoints crashes) {
        this.store = store;
        this.plans = plans;
        this.crashes = crashes;
        Dice dice = new Dice(random);
        this.random = dice;
        Receivers receivers = new Receivers(channels);
        String owner = dice.name();
        Deliveries deliveries = new Deliveries(plans, receivers);
        Attempts attempts = new Attempts(plans, owner);
        BookKeeping books = BookKeeping.of(owner, store.dialect());
        this.works = gate.<Works>map(keys -> new WorksApart(store, keys, plans, books, crashes))
                .orElseGet(() -> new WorksTogether(store, plans, books, settings.denialCache()));
        store.install(SCHEMA);
        Charges charges = new Charges(receivers, dice);
        this.intake = new Intake(plans, deliveries, charges, dice);
        this.claims = new Claims(plans, deliveries);
        AllClear allClear = new AllClear(plans, deliveries, charges, dice);
        this.settling = new Settling(plans, deliveries, attempts, allClear, dice);
        this.episodes = new Episodes(store, plans, works, new Recovery(plans, settling, allClear));
        Lookup lookup = new Lookup(plans, deliveries, attempts, unaddressed, dice);
        this.desk = new Desk(store, works, attempts, settling, lookup, books, crashes);
        Digests digests = new Digests(works, plans, new Telling(plans, deliveries, charges, dice), damage, crashes);
        Retention retention = new Retention(store, works, settings.ledgerRetention());
        this.loop = new DueLoop(works, desk, digests, episodes, retention, lanes(channels, desk), settings);
        this.writeBacks = new WriteBackLanes(store, plans, settings.tick());
        Desk.await(store.transact(unit -> books.open(unit, plans.names())));
        Desk.await(store.transact(attempts::setAside));
    }

    private static Map<String, Lane> lanes(Map<String, Channel> channels, Desk desk) {
        return channels.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        channel -> new Lane(channel.getKey(), channel.getValue(), desk),
                        (one, other) -> one,
                        TreeMap::new));
    }

    /** The tables of every outbox. */
    public static Schema schema() {
        return SCHEMA;
    }

    /**
     * How an outbox runs.
     *
     * @param attemptLease how long one attempt may take before another worker takes the delivery over
     * @param workers threads that deliver, per channel
     * @param tick how often the due-loop looks; zero for never, then {@link #tick} must be called
     * @param ledgerRetention how long ledger entries and closed messages are kept
     * @param denials most keys that are known to be full, so that what they hold needs no database; 0 for none. Only in
     *     front of a database that servers share and that decides keys itself
     */
    public record Settings(Duration attemptLease, int workers, Duration tick, Duration ledgerRetention, int denials) {
        /** Settings without known denials. */
        public Settings(Duration attemptLease, int workers, Duration tick, Duration ledgerRetention) {
            this(attemptLease, workers, tick, ledgerRetention, 0);
        }

        /** The same, with so many keys known to be full. */
        public Settings knowing(int keys) {
            return new Settings(attemptLease, workers, tick, ledgerRetention, keys);
        }

        private Optional<DenialCache.Settings> denialCache() {
            DenialCache.Settings standard = DenialCache.Settings.STANDARD;
            return denials == 0
                    ? Optional.empty()
                    : Optional.of(new DenialCache.Settings(
                            denials, standard.age(), tick.isZero() ? Duration.ZERO : standard.every()));
        }

        /** @throws IllegalArgumentException if there is no worker, or a length of time is not positive */
        public Settings {
            if (workers < 1) {
                throw new IllegalArgumentException("an outbox needs at least 1 worker, not " + workers);
            }
            if (attemptLease.isNegative()
                    || attemptLease.isZero()
                    || ledgerRetention.isNegative()
                    || tick.isNegative()) {
                throw new IllegalArgumentException("the lease of an attempt must be more than 0, and no time negative");
            }
        }
    }

    /** Decides an occurrence and, if it passes and its flow has channels, stores its message in the same commit. */
    public CompletionStage<Acceptance> accept(Occurrence given) {
        Occurrence occurrence = given.storable();
        try {
            plans.requireRule(occurrence.key());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return offered(occurrence)
                .thenCompose(this::finished)
                .whenComplete((answer, failure) -> Optional.ofNullable(failure).ifPresent(damage::look))
                .thenApply(this::accepted)
                .thenCompose(this::lookedUpAgain)
                .thenCompose(answer -> episodes.observed(occurrence, answer));
    }

    /** A key without an address that occurs is a reason to look whether it has one now. */
    private CompletionStage<Acceptance> lookedUpAgain(Acceptance answer) {
        if (!(answer instanceof Acceptance.Decided decided) || !unaddressed.isDue(decided.key(), store.now())) {
            return CompletableFuture.completedFuture(answer);
        }
        return store.transact(unit -> Unaddressed.due(unit, decided.key())).handle((due, failure) -> {
            plans.get(decided.key()).channels().forEach(loop::wake);
            return answer;
        });
    }

    /**
     * Begins to gather occurrences that come together, such as those of one request: those of a group go out as one message
     * when the gathering ends.
     */
    public Gathering gather() {
        return new Gathering(this);
    }

    /** What waited for the end of its gathering is due now; how many messages that were. */
    CompletionStage<Integer> due(List<Gathering.Waiting> gathered) {
        List<Long> messages = gathered.stream().map(Gathering.Waiting::message).toList();
        return store.transact(unit -> Deliveries.due(unit, messages)).thenApply(due -> {
            gathered.stream()
                    .flatMap(waiting -> plans.get(waiting.key()).channels().stream())
                    .distinct()
                    .forEach(loop::wake);
            return due;
        });
    }

    private CompletionStage<Intake.Accepted> offered(Occurrence occurrence) {
        Event.Offer offer = intake.offer(occurrence);
        Works.Doing<Intake.Accepted> doing = journal -> {
            Intake.Accepted accepted = intake.accept(journal, occurrence, offer);
            crashes.pass(CrashPoints.Point.ACCEPT_BEFORE_COMMIT);
            return accepted;
        };
        return intake.first(occurrence, offer)
                .map(first -> works.run(first, doing))
                .orElseGet(() -> works.run(List.of(occurrence.key()), doing));
    }

    /** A message that is prepared needs its claim for as long as it may be on its way, before anybody is told of it. */
    private CompletionStage<Acceptance> finished(Intake.Accepted accepted) {
        Passing passing = accepted.passing().orElse(null);
        if (passing == null || !(accepted.answer() instanceof Acceptance.Decided decided)) {
            return CompletableFuture.completedFuture(accepted.answer());
        }
        crashes.pass(CrashPoints.Point.APART_PREPARED);
        Offered offered = passing.offered();
        return works.keys()
                .apply(new Command(offered.key(), offered.rule(), passing.extension()))
                .thenCompose(outcome -> {
                    crashes.pass(CrashPoints.Point.APART_EXTENDED);
                    boolean extended = outcome.answer() instanceof Answer.Ok;
                    return works.run(List.of(), journal -> intake.end(journal, passing, decided, extended));
                })
                .thenApply(answer -> answer.orElseThrow(() -> new StoreException(
                        "the claim of " + offered.key() + " ended before its message was stored; offer it again")));
    }

    private Acceptance accepted(Acceptance answer) {
        crashes.pass(CrashPoints.Point.ACCEPT_AFTER_COMMIT);
        if (answer instanceof Acceptance.Decided decided && decided.message().isPresent()) {
            plans.get(decided.key()).channels().forEach(loop::wake);
        }
        return answer;
    }

    /** The flow of a key. */
    FlowPlan plan(Key key) {
        return plans.get(key);
    }

    /** The effect of a claim happened. */
    public CompletionStage<Settlement> complete(Claim claim) {
        return works.run(List.of(claim.key()), journal -> claims.complete(journal, claim));
    }

    /** The effect of a claim did not happen. */
    public CompletionStage<Settlement> release(Claim claim, Event.Why why) {
        return works.run(List.of(claim.key()), journal -> claims.release(journal, claim, why));
    }

    /** The holder needs the claim for {@code length} from now. */
    public CompletionStage<Settlement> extend(Claim claim, Duration length) {
        return works.run(List.of(claim.key()), journal -> claims.extend(journal, claim, length));
    }

    /** An operator takes the claim of this fence away from its holder; {@code by} is for the ledger. */
    public CompletionStage<Settlement> evict(Key key, long fence, String by) {
        return works.run(List.of(key), journal -> claims.evict(journal, key, fence, by));
    }

    /**
     * Takes over what another system did for a key, so that nobody whom it told inside the window is told again. May be
     * repeated at any time.
     *
     * @param trial whether only to say what would become of it
     * @throws IllegalArgumentException if there is no such flow or variant
     */
    public CompletionStage<Inheritance.Taken> inherit(Inheritance given, boolean trial) {
        Key key = Key.of(
                given.key().flow(),
                given.key().variant(),
                Rows.storable(given.key().subject()));
        Inheritance.Ready ready = new Inheritance(key, given.subjectText(), given.known())
                .ready(plans.requireRule(key), works.keys().now(), random);
        return works.run(List.of(key), journal -> ready.take(journal, trial));
    }

    /**
     * Somebody says that the condition is over, at the given level if there is one: arms the key, as its rule says. Where it
     * watches levels, its episode ends, and what was not delivered of it is withdrawn; nobody is told of a recovery.
     */
    public CompletionStage<Void> reset(Key key, OptionalDouble level) {
        if (plans.watched(key).isPresent()) {
            return episodes.reset(key, level);
        }
        works.doubt(key);
        return works.run(List.of(key), journal -> claims.reset(journal, key, level))
                .thenAccept(done -> works.doubt(key));
    }

    /**
     * The zone of a key is over: ends its episode and arms the key, as its rule says; withdraws what was not delivered and
     * tells those who were told, as its flow says; all of it or nothing. A message that is just being sent, or may have
     * arrived, is left alone; if it arrives, its receivers are told then. Where the rule asks that it lasts, all this
     * happens when it has lasted. What is known to be over already needs no database.
     *
     * @param level in the sense of {@link Event.Reset}; below the mark of which somebody was told it is no recovery
     * @return the episode that ended; empty if there was none, or it goes on
     */
    public CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level) {
        return recovered(key, level, false).thenApply(ended -> ended.map(Recovery.Result.Closed::episode));
    }

    CompletionStage<Optional<Recovery.Result.Closed>> recovered(Key key, OptionalDouble level, boolean gathered) {
        Key stored = Key.of(key.flow(), key.variant(), Rows.storable(key.subject()));
        return episodes.recovered(stored, level, gathered).thenApply(ended -> {
            ended.ifPresent(episode -> plans.get(stored).channels().forEach(loop::wake));
            return ended;
        });
    }

    /** Writes into the ledger what was done by others than this outbox; {@code detail} is for people. */
    public CompletionStage<Void> note(Key key, String detail) {
        return works.run(List.of(), journal -> {
                    journal.note(key, Ledger.Kind.ACTION, detail);
                    return true;
                })
                .thenAccept(done -> {});
    }

    /** How long subjects were in the zones of watches. */
    public Episodes episodes() {
        return episodes;
    }

    /**
     * Keys that messages of a flow, without a variant, are about, in their order.
     *
     * @param prefix what their subjects begin with, at least one character, the last one below U+007F
     */
    public List<Key> keysOfMessages(String flow, String prefix, int limit) {
        return MessageViews.keys(store, flow, prefix, limit);
    }

    /** The newest messages first, older than {@code before}. */
    public List<MessageView> messages(MessageFilter filter, int limit) {
        return MessageViews.list(store, filter, limit);
    }

    /** Which messages; an empty part means any. */
    public record MessageFilter(
            Optional<String> flow, Optional<Key> key, Optional<MessageState> state, Optional<Long> before) {}

    /** Messages that were given up after {@code mark}, in the order in which that happened. */
    public List<Death> deaths(Mark mark, int limit) {
        return MessageViews.deaths(store, mark, limit);
    }

    /**
     * A place in the order of deaths.
     *
     * @param at when
     * @param message the last one of that time that is behind; 0 for none
     */
    public record Mark(Instant at, long message) {}

    /** A message that was given up, and its place in the order. */
    public record Death(Mark mark, MessageView view) {}

    /** The newest entries first. */
    public List<LedgerEntry> ledger(LedgerFilter filter, int limit) {
        return Ledger.list(store, filter, limit);
    }

    /** Which ledger entries; an empty part means any; {@code before} is the id of an entry. */
    public record LedgerFilter(
            Optional<String> flow,
            Optional<String> subject,
            Optional<String> kind,
            Optional<Instant> from,
            Optional<Instant> to,
            Optional<Long> before) {}

    /** The names of the flows that it works for, the one of budgets among them if there are any. */
    public Set<String> flows() {
        return plans.names();
    }

    /** Whether each channel can be reached, in the order of their names. */
    public List<Reach> reaches() {
        return loop.reaches();
    }

    /** How many deliveries of each flow wait for a channel. */
    public Map<String, Long> waiting(String channel) {
        return Deliveries.waiting(store, channel);
    }

    /** Keys whose stored state could not be read since the start, each with what was found; at most 100. */
    public Map<String, String> damaged() {
        return damage.keys();
    }

    /**
     * The books of each flow, also of those that left the configuration; and under {@link dev.sluice.Budget#FLOW} those
     * of all budgets together, whose occurrences are charges.
     */
    public Map<String, Books> books() {
        return works.books();
    }

    /** What moved in the books of a flow in each step of {@code grid}; nothing for a flow that never was. */
    public List<Books> moved(String flow, TimeGrid grid) {
        return BooksHistory.moved(store, flow, grid);
    }

    /** How far everything has come; two equal ones mean that no page about messages or the ledger has changed. */
    public Progress progress() {
        return Progress.read(store);
    }

    /**
     * Messages that wait because their subject has no address, those that wait longest first. They are delivered when it has
     * one, and dead when they are given up.
     */
    public List<Lost> unaddressed(int limit) {
        return Unaddressed.list(store, limit);
    }

    /** A message without an address, since when none was found. */
    public record Lost(long message, Key key, Instant since) {}

    /**
     * Counts again what the books say is pending, held and owed, from the states of all keys and all messages. For use
     * at rest: what happens in the meantime shows as a discrepancy.
     *
     * @return nothing, if the books are right
     */
    public List<Discrepancy> audit() {
        return new Audit(store, works).run();
    }

    /** The books of {@code flow} say {@code counted} in a bucket, and {@code found} are there. */
    public record Discrepancy(String flow, Bucket bucket, long counted, long found) {}

    /** Examples of what a key holds now, oldest first. */
    public List<Sample> samples(Key key) {
        return Samples.ofKey(store, key);
    }

    /** How many of what a key holds are told by which budget, by the key of the budget. */
    public Map<Key, Long> entrusted(Key key) {
        return Entrusted.ofKey(store, key);
    }

    /** The full text of the subject of a key, as far as it is kept. */
    public String subjectText(Key key) {
        return Subjects.text(store, key);
    }

    /** Whether a message or the ledger tells of the key, which may be forgotten. */
    public boolean tellsOf(Key key) {
        return Traces.of(store, key);
    }

    /**
     * The texts of keys of a flow whose subjects are hashed and have {@code part} in their full text.
     *
     * @param part in lower case
     */
    public Set<String> hashedWith(String flow, String part, int limit) {
        return Subjects.with(store, flow, part, limit);
    }

    /**
     * Takes a message back before it was delivered; says whether it could. It cannot while an attempt runs.
     *
     * @param by who, for the ledger
     */
    public CompletionStage<Boolean> withdraw(long message, String by) {
        return works.run(List.of(), journal -> settling.withdraw(journal, message, by));
    }

    /**
     * Makes the next attempt of a message due now, where it waits for a later time; its Message-ID stays, and so does the
     * last look before it. Says whether there was one to wait for.
     *
     * @param by who, for the ledger
     */
    public CompletionStage<Boolean> hasten(long message, String by) {
        return works.run(List.of(), journal -> Settling.hasten(journal, message, by))
                .thenApply(key -> {
                    key.ifPresent(whose -> plans.get(whose).channels().forEach(loop::wake));
                    return key.isPresent();
                });
    }

    /**
     * Offers what a dead message said again, as a new occurrence: its rule decides as about any other. Once it passed,
     * asking again within 24 h gives the same answer.
     *
     * @param by who, for the ledger
     * @return the answer; empty if there is no such message, it is not dead, or it is a digest
     */
    public CompletionStage<Optional<Acceptance>> redrive(long message, String by) {
        return works.run(List.of(), journal -> Redrive.offer(journal, intake, message, by))
                .thenCompose(accepted -> accepted.map(this::finished)
                        .map(stage -> stage.thenApply(answer -> Optional.of(accepted(answer))))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
    }

    /** Whether a dead message was offered again within the last 24 h, and passed. */
    public boolean wasOfferedAgain(Message message) {
        return Redrive.wasOffered(store, message);
    }

    /** Does everything that is due now, in the calling thread; how many things that were. */
    public int tick() {
        works.denials().ifPresent(DenialCache::handBack);
        return loop.tick() + writeBacks.writeDue();
    }

    /** What is answered without the database, because it is known to be held; empty if nothing is. */
    public Optional<DenialCache> denials() {
        return works.denials();
    }

    /**
     * How many steps the store of keys beside the database is still owed, by all processes; 0 where there is none.
     *
     * @throws dev.sluice.StoreException if the database is away
     */
    public long owedSteps() {
        return store.query(Posts::count);
    }

    /** Waits until everything that follows from what was committed here was tried. */
    void awaitPosts() {
        works.awaitPosts();
    }

    /** How far what became of messages is written back, by flow; empty where none is. */
    public List<WriteBackProgress> writeBacks() {
        return writeBacks.progress();
    }

    /**
     * How many facts of a flow wait to be written back, of all processes.
     *
     * @throws dev.sluice.StoreException if the database is away
     */
    public long waitingWriteBacks(String flow) {
        return WriteBackRows.count(store, flow);
    }

    /** Starts the due-loop and the workers; nothing if the tick of the settings is zero. */
    public void start() {
        loop.start();
        writeBacks.start();
    }

    /** Lets running attempts end within {@code patience}, and stops. Does not close the store. */
    public void stop(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        works.ending();
        loop.stop(patience);
        writeBacks.stop(deadline);
        works.close();
        try {
            episodes.flush();
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "The last counts of episodes could not be written: {0}", e.getMessage());
        }
    }

    /** Stops as {@link #stop} with 10 s of patience. */
    @Override
    public void close() {
        stop(PATIENCE);
    }
}
