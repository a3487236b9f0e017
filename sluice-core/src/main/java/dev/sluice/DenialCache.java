package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store in front of a shared one that answers by itself what the other one would certainly hold: an offer for a key
 * whose window is full, for as long as its window lasts and at most for {@link Settings#age}. It ends earlier when the
 * key is armed again, as far as the other store tells that, when the connection is lost, and when an answer of the other
 * store says otherwise. An id that the other store would answer again goes to it.
 *
 * <p>What was held here is counted, and handed back by {@link Event.Report}: when the answer is too old, when the cache
 * needs its room, and when it is closed. A process that is killed loses the counts of at most one age; a pass is never
 * among them. Safe for use by many threads.
 */
public final class DenialCache extends Around {
    private static final System.Logger LOG = System.getLogger(DenialCache.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int STAMPS = 1 << 8;

    private final Settings settings;
    private final long age;
    private final InstantSource ticks;
    private final Map<Key, Denial> denials = new ConcurrentHashMap<>();
    private final HandBack handBack;
    private final LongAdder hits = new LongAdder();

    /** By key: changes when what was known is over, so that an answer under way does not bring it back. */
    private final AtomicIntegerArray stamps = new AtomicIntegerArray(STAMPS);

    private final Optional<Ticker> ticker;
    private volatile Optional<Listener> outer = Optional.empty();
    private volatile boolean closed;

    /**
     * How a cache runs.
     *
     * @param entries most keys it knows, at least 1
     * @param age for how long an answer is used at most: what a kill can cost, and how long a rearm that is not pushed
     *     stays unseen
     * @param every how often counts are handed back; zero for never, then {@link #handBack} must be called
     */
    public record Settings(int entries, Duration age, Duration every) {
        /** 10,000 keys, one second, ten times a second. */
        public static final Settings STANDARD = new Settings(10_000, Duration.ofSeconds(1), Duration.ofMillis(100));

        /** @throws IllegalArgumentException if there is no room or no age, or counts are handed back too rarely */
        public Settings {
            if (entries < 1) {
                throw new IllegalArgumentException("a denial cache needs room for at least 1 key, not " + entries);
            }
            if (every.isNegative() || every.compareTo(age) >= 0) {
                throw new IllegalArgumentException(
                        "a denial cache hands back more often than its age, and never before: " + every + ", " + age);
            }
        }
    }

    private DenialCache(Store inner, Settings settings, InstantSource ticks, RandomGenerator ids) {
        super(inner);
        this.settings = settings;
        this.age = Micros.of(settings.age());
        this.ticks = ticks;
        this.handBack = new HandBack(inner, ids);
        this.ticker = settings.every().isZero()
                ? Optional.empty()
                : Optional.of(new Ticker("sluice-denials", settings.every(), this::handBack));
    }

    /** A cache in front of {@code inner}, which it closes. */
    public static DenialCache around(Store inner, Settings settings) {
        return around(inner, settings, SystemTime.passing(), new Dice(new java.security.SecureRandom()));
    }

    /**
     * A cache on a clock of its own, for tests.
     *
     * @param ticks a clock that is never set back
     * @param ids tells this reporter from all others
     */
    public static DenialCache around(Store inner, Settings settings, InstantSource ticks, RandomGenerator ids) {
        DenialCache cache = new DenialCache(inner, settings, ticks, ids);
        inner.listen(cache.new Ending());
        cache.ticker.ifPresent(Ticker::start);
        return cache;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        Denial denial = denials.get(command.key());
        long tick = tick();
        if (denial != null) {
            Outcome known = known(denial, command, tick);
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
        }
        int stamp = stamps.get(stripe(command.key()));
        return inner().apply(command).thenApply(outcome -> {
            learn(command, outcome, tick, stamp);
            return outcome;
        });
    }

    /**
     * The same for an owner that takes the steps of the other store by itself, in works of its own: asks what is known,
     * and tells what the store answered.
     */
    public Question question(Command command) {
        return new Question(command);
    }

    /** One command that its owner may have to ask the other store. */
    public final class Question {
        private final Command command;
        private final long asked = tick();
        private final Optional<Outcome> known;
        private final int stamp;

        private Question(Command command) {
            this.command = command;
            Denial denial = denials.get(command.key());
            known = denial == null
                    ? Optional.empty()
                    : Optional.ofNullable(DenialCache.this.known(denial, command, asked));
            stamp = stamps.get(stripe(command.key()));
        }

        /** The answer, counted here; empty if only the other store can tell. */
        public Optional<Outcome> known() {
            return known;
        }

        /** What the other store answered. */
        public void answered(Outcome outcome) {
            learn(command, outcome, asked, stamp);
        }
    }

    /** What is known of the key may be over: hands back what was held, and asks the other store again. */
    public void doubt(Key key) {
        stamps.incrementAndGet(stripe(key));
        Denial denial = denials.get(key);
        if (denial != null) {
            end(denial).ifPresent(handBack::send);
        }
    }

    /** The answer; null if only the store can tell. What the store must count before it can tell is sent ahead. */
    private @Nullable Outcome known(Denial denial, Command command, long tick) {
        if (command.event() instanceof Event.Offer offer) {
            boolean ends = denial.over(tick) || denial.underAnother(command.rule());
            if (!ends && denial.remembers(offer.id())) {
                return null;
            }
            Outcome held = ends ? null : denial.hold(tick);
            if (held != null) {
                hits.increment();
                return held;
            }
            end(denial).ifPresent(handBack::send);
        } else if (command.event() instanceof Event.Reset || command.event() instanceof Event.Take) {
            end(denial).ifPresent(handBack::send);
        }
        return null;
    }

    private void learn(Command command, Outcome outcome, long asked, int stamp) {
        long lasts = Denial.lasts(outcome.state(), command.rule(), age);
        boolean full = lasts > 0 && outcome.elsewhere().isEmpty();
        if (!full || command.event() instanceof Event.Reset) {
            forget(command.key());
        } else if (outcome.answer() instanceof Answer.Held && !closed) {
            keep(new Denial(command, outcome.state(), asked, lasts), stamp);
        }
    }

    private void keep(Denial denial, int stamp) {
        if (denials.size() >= settings.entries()) {
            denials.values().stream().findFirst().flatMap(this::end).ifPresent(handBack::send);
        }
        int stripe = stripe(denial.key());
        if (stamps.get(stripe) == stamp && denials.putIfAbsent(denial.key(), denial) == null) {
            // Whoever ended it between the two looks did not find it yet.
            if (stamps.get(stripe) != stamp || closed) {
                end(denial).ifPresent(handBack::owe);
            }
        }
    }

    /** What was known of the key is over, and so is what an answer under way will say. */
    private void forget(Key key) {
        stamps.incrementAndGet(stripe(key));
        Denial denial = denials.get(key);
        if (denial != null) {
            end(denial).ifPresent(handBack::owe);
        }
    }

    private Optional<Owed> end(Denial denial) {
        denials.remove(denial.key(), denial);
        return denial.end();
    }

    private int stripe(Key key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (STAMPS - 1);
    }

    private long tick() {
        return Micros.of(ticks.instant());
    }

    /** Hands back what would be too old at the next look, and what could not be handed back before. */
    public void handBack() {
        long next = tick() + Micros.of(settings.every());
        for (Denial denial : denials.values()) {
            if (denial.over(next)) {
                end(denial).ifPresent(handBack::send);
            }
        }
        handBack.again(tick());
    }

    /** How many offers were answered here. */
    public long hits() {
        return hits.sum();
    }

    /** How many keys are known to be full. */
    public int entries() {
        return denials.size();
    }

    /** How many were held here that the other store has not counted yet: what a kill would lose now. */
    public long owed() {
        return denials.values().stream().mapToLong(Denial::held).sum() + handBack.owed();
    }

    /**
     * Takes out what could not be handed back, for a caller that keeps it where no kill reaches it and reports it from
     * then on. The store may have counted each already.
     *
     * @param most so many reports
     */
    public List<Command> takeSent(int most) {
        return handBack.takeWaiting(most);
    }

    @Override
    public void listen(Listener listener) {
        outer = Optional.of(listener);
    }

    /**
     * Hands back everything, for up to two seconds, and knows nothing from then on. What the other store did not take in
     * that time is handed out by {@link #takeSent}, for a caller that ends.
     *
     * @return how many occurrences those are
     */
    public long finish() {
        closed = true;
        List<Denial> all = new ArrayList<>(denials.values());
        all.forEach(denial -> end(denial).ifPresent(handBack::send));
        long left = handBack.finish(PATIENCE);
        handBack.giveUp();
        return left;
    }

    /** As {@link #finish}, and closes the other store. */
    @Override
    public void close() {
        ticker.ifPresent(Ticker::close);
        long lost = finish();
        if (lost > 0) {
            LOG.log(Level.WARNING, "{0} held occurrences could not be handed to the store, and are not counted", lost);
        }
        inner().close();
    }

    /** Ends what the other store says is over; hands nothing back from its thread. */
    private final class Ending implements Listener {
        @Override
        public void rearmed(Key key) {
            forget(key);
            outer.ifPresent(listener -> listener.rearmed(key));
        }

        @Override
        public void disconnected() {
            for (int stripe = 0; stripe < STAMPS; stripe++) {
                stamps.incrementAndGet(stripe);
            }
            denials.values().forEach(denial -> end(denial).ifPresent(handBack::owe));
            outer.ifPresent(Listener::disconnected);
        }
    }
}
