package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A store in front of a shared one that does what each rule declares while the other one is away. No caller waits longer
 * than the rule of its key says ({@link Rule#answerWithin}, to ten milliseconds); after that, and at once while the other
 * store is known to be away, an offer is answered as {@link Rule#onOutage} says, and everything else fails.
 *
 * <p>An answer that was made here says so ({@link Outcome#elsewhere}). What passed and was held is owed to the other
 * store, and reported when it is back, before it is asked again. An offer whose answer was lost is looked up then, and a
 * claim that it was given is settled as this process answered. A process that is killed while the store is away loses
 * what it owes, unless its caller reports passes by itself and takes the rest ({@link #takeOwed}). Safe for use by many
 * threads.
 */
public final class OutageDoctrine extends Around {
    private static final System.Logger LOG = System.getLogger(OutageDoctrine.class.getName());
    private static final long SWEEP = Micros.of(Duration.ofSeconds(1));

    /** How long whatever is no decision waits. */
    private static final long READS = Micros.of(Duration.ofSeconds(10));

    /** So long a process that ends begins to tell parts of the store what they are owed. */
    private static final int PATIENCES = 5;

    private final Settings settings;
    private final RandomGenerator ids;
    private final InstantSource ticks;
    private final Alone alone;
    private final StoreWatch watch;
    private final List<Ticker> tickers;
    private volatile Optional<Listener> outer = Optional.empty();
    private long swept = Micros.ABSENT;

    /** Whether all that is owed may be taken by somebody else now. Guarded by this. */
    private boolean ended;

    /** Who reports passes to the store when it is back. */
    public enum Passes {
        /** The doctrine, from memory. */
        REPORTED,
        /** Its caller, which keeps them safer: by {@link Event.Report#passed}. */
        LEFT_TO_CALLER
    }

    /**
     * How a doctrine runs.
     *
     * @param keys of most so many keys it decides by itself, at least 1; beyond, offers are answered {@link Answer.Full}
     * @param passes who reports them
     * @param patience how long the store is given to show that it is there
     * @param every how often it looks; zero for never, then {@link #look} must be called
     */
    public record Settings(int keys, Passes passes, Duration patience, Duration every) {
        /** 100,000 keys, reported from memory, one second, a hundred times a second. */
        public static final Settings STANDARD =
                new Settings(100_000, Passes.REPORTED, Duration.ofSeconds(1), Duration.ofMillis(10));

        /** @throws IllegalArgumentException if there is no room, or no patience */
        public Settings {
            if (keys < 1) {
                throw new IllegalArgumentException(
                        "without its store a gate needs room for at least 1 key, not " + keys);
            }
            if (Micros.of(patience) < 1 || every.isNegative()) {
                throw new IllegalArgumentException("patience must be more than 0, and no time negative");
            }
        }

        /** The same, with passes left to the caller. */
        public Settings leavingPasses() {
            return new Settings(keys, Passes.LEFT_TO_CALLER, patience, every);
        }
    }

    /**
     * What was decided without the store since the start.
     *
     * @param passed under {@link OnOutage#LOCAL}
     * @param held under {@link OnOutage#LOCAL}
     * @param opened passed under {@link OnOutage#OPEN}
     * @param refused under {@link OnOutage#CLOSED}
     * @param owed of all these, what the store does not know of yet
     */
    public record Figures(long passed, long held, long opened, long refused, long owed) {}

    private OutageDoctrine(Store inner, Settings settings, InstantSource ticks, RandomGenerator ids) {
        super(inner);
        this.settings = settings;
        this.ticks = ticks;
        this.ids = ids;
        this.watch = new StoreWatch(Part.Shared.of(inner, settings, ids), this::lost);
        this.alone = new Alone(
                settings.keys(), inner::now, key -> partOf(key).owings().hasRoom(key), ticks, ids);
        // Whoever waits for too long must not wait for what the other thread waits for.
        this.tickers = settings.every().isZero()
                ? List.of()
                : List.of(
                        new Ticker("sluice-outage", settings.every(), this::watch),
                        new Ticker("sluice-outage-waits", settings.every(), () -> watch.lookAtCalls(tick())));
    }

    /** A doctrine in front of {@code inner}, which it closes. */
    public static OutageDoctrine around(Store inner, Settings settings) {
        return around(inner, settings, SystemTime.passing(), new Dice(new java.security.SecureRandom()));
    }

    /**
     * A doctrine on a clock of its own, for tests.
     *
     * @param ticks a clock that is never set back
     * @param ids tells this reporter from all others, and is used by many threads
     */
    public static OutageDoctrine around(Store inner, Settings settings, InstantSource ticks, RandomGenerator ids) {
        OutageDoctrine doctrine = new OutageDoctrine(inner, settings, ticks, ids);
        inner.listen(doctrine.new Hearing());
        doctrine.tickers.forEach(Ticker::start);
        return doctrine;
    }

    private Part partOf(Key key) {
        return watch.part(key);
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        Part part = partOf(command.key());
        long patience = command.patience();
        if (command.event() instanceof Event.Offer offer) {
            Optional<Asked> before = part.unknown().passed(command.key(), offer.id());
            if (before.isPresent()) {
                return CompletableFuture.completedFuture(before.get().again(now()));
            }
            Optional<Outage> outage = part.outage();
            return outage.isPresent()
                    ? alone(command, offer, outage.get())
                    : part.calls()
                            .ask(patience, new Asked(tick() + patience, command, offer, this), () -> applied(command));
        }
        return ask(part, patience, () -> applied(command));
    }

    /** What armed the key in the store did so here. */
    private CompletionStage<Outcome> applied(Command command) {
        return inner().apply(command).whenComplete((outcome, failure) -> {
            if (failure == null && outcome.effects().stream().anyMatch(Effect.Armed.class::isInstance)) {
                alone.rearmed(command.key());
            }
        });
    }

    private CompletionStage<Outcome> alone(Command command, Event.Offer offer, Outage outage) {
        try {
            Outcome outcome = alone.decide(command, offer, outage.why());
            if (outcome.answer() instanceof Answer.Held) {
                partOf(command.key()).owings().held(command, now());
            } else if (outcome.answer() instanceof Answer.Passed) {
                owePass(command, offer.id());
            }
            return CompletableFuture.completedFuture(outcome);
        } catch (StoreException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }

    /** Whether the caller reports what passes here, once it has kept that. */
    boolean leavesPasses() {
        return settings.passes() == Passes.LEFT_TO_CALLER;
    }

    /** A pass that the store has not counted. */
    void owePass(Command offer, long id) {
        if (leavesPasses()) {
            return;
        }
        Owings owings = partOf(offer.key()).owings();
        if (offer.rule().onOutage() == OnOutage.OPEN) {
            owings.passedOpenly(offer);
        } else {
            owings.passed(offer, id);
        }
    }

    /** About one key. */
    private <T> CompletionStage<T> ask(Part part, long patience, Supplier<CompletionStage<T>> question) {
        return ask(part.outage(), part.calls(), patience, question);
    }

    /** About many keys: whoever asks for them gets what those give that are there. */
    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return ask(watch.outage().filter(outage -> !outage.inPart()), watch.others(), READS, question);
    }

    private <T> CompletionStage<T> ask(
            Optional<Outage> outage, Calls calls, long patience, Supplier<CompletionStage<T>> question) {
        return outage.isPresent()
                ? CompletableFuture.failedFuture(Calls.away(outage.get().why()))
                : calls.ask(patience, new Call<>(tick() + patience), question);
    }

    private void lost(Outage outage) {
        outer.ifPresent(Listener::disconnected);
    }

    /** Answers who waits for too long, and finds out whether the store is away or back. */
    public void look() {
        watch.lookAtCalls(tick());
        watch();
    }

    private synchronized void watch() {
        if (ended) {
            return;
        }
        watch.look(this::tick);
        long tick = tick();
        if (tick >= swept + SWEEP) {
            swept = tick;
            alone.forget();
        }
    }

    /** Since when, and why, the store or a part of it is away; empty if all of it is there. */
    public Optional<Outage> outage() {
        return watch.outage();
    }

    /** The same for the part in which a key lies. */
    public Optional<Outage> outage(Key key) {
        return partOf(key).outage();
    }

    /** What was decided without the store. */
    public Figures figures() {
        return new Figures(alone.passed(), alone.held(), alone.opened(), alone.refused(), watch.owed());
    }

    /**
     * Takes out what is owed to the store and was never sent to it, for a caller that keeps it where no kill reaches it
     * and reports it from then on.
     *
     * @param most so many reports
     */
    public List<Command> takeOwed(int most) {
        return watch.take(most, (part, left) -> part.owings().take(left, Set.of())).stream()
                .map(owed -> owed.report(ids.nextLong(), 1))
                .toList();
    }

    /**
     * As {@link #takeOwed}, what was sent while the store went away again: it may have counted each already.
     *
     * @param most so many reports
     */
    public List<Command> takeSent(int most) {
        return watch.take(most, (part, left) -> part.reconciliation().takeSent(left));
    }

    Alone alone() {
        return alone;
    }

    /** The store may have taken an offer that was answered without it. */
    void unknown(Asked asked) {
        Part part = partOf(asked.command().key());
        if (!part.unknown().add(asked)) {
            asked.untaken(part.owings(), now());
        }
    }

    private long tick() {
        return Micros.of(ticks.instant());
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return read(key, READS);
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key, long patience) {
        return ask(partOf(key), patience, () -> inner().read(key));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return ask(() -> inner().due(limit));
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return ask(() -> inner().nextDue());
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return ask(() -> inner().keys(flow, after, limit));
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return ask(() -> inner().forget(rules, most));
    }

    @Override
    public void listen(Listener listener) {
        outer = Optional.of(listener);
    }

    /**
     * Tells the store what it is owed, once and as far as it answers. What it did not take then, and what it left open, is
     * handed out by {@link #takeOwed} and {@link #takeSent}, for a caller that ends: of what was held and left open the
     * store may have counted each already.
     */
    public synchronized void finish() {
        long until = tick() + PATIENCES * Micros.of(settings.patience());
        watch.finish("this process ends", () -> tick() < until);
        ended = true;
    }

    /** As {@link #finish}, and closes the store. */
    @Override
    public void close() {
        tickers.forEach(Ticker::close);
        finish();
        long lost = watch.owed();
        if (lost > 0) {
            LOG.log(Level.WARNING, "{0} occurrences were decided without the store, which never heard of them", lost);
        }
        inner().close();
    }

    private final class Hearing implements Listener {
        @Override
        public void rearmed(Key key) {
            alone.rearmed(key);
            outer.ifPresent(listener -> listener.rearmed(key));
        }

        @Override
        public void disconnected() {
            watch.disconnected();
            outer.ifPresent(Listener::disconnected);
        }
    }
}
