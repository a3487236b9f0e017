package dev.sluice.server;

import dev.sluice.Command;
import dev.sluice.DenialCache;
import dev.sluice.Key;
import dev.sluice.Outage;
import dev.sluice.OutageDoctrine;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.outbox.GateStore;
import dev.sluice.outbox.Outbox;
import dev.sluice.redis.RedisClock;
import dev.sluice.redis.RedisSettings;
import dev.sluice.redis.RedisStore;
import dev.sluice.server.config.StoreConfig;
import dev.sluice.server.config.StoreUrl;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * A Redis that decides keys beside the database of the messages, behind what the process knows to be held and what rules
 * declare for the time in which it is away. Safe for use by many threads.
 */
final class RemoteGate implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final RedisStore redis;
    private final OutageDoctrine doctrine;
    private final Optional<DenialCache> cache;

    private RemoteGate(RedisStore redis, OutageDoctrine doctrine, Optional<DenialCache> cache) {
        this.redis = redis;
        this.doctrine = doctrine;
        this.cache = cache;
    }

    /**
     * Connects to the store of {@code config}, and ties its keys to a database.
     *
     * @param database the name of the database
     * @param ticking whether it looks by itself whether the store is there; else {@link #look} must be called
     * @throws dev.sluice.StoreException if the store is not there, or its keys belong to another database
     */
    static RemoteGate open(StoreConfig config, Clocks clocks, String database, boolean ticking) {
        String url = ((StoreUrl.Shared) config.store()).reveal();
        RedisClock clock = clocks.stores().map(RedisClock::of).orElseGet(RedisClock::server);
        RedisStore redis = connect(url, config.redis(), clock);
        try {
            redis.bind(database);
            OutageDoctrine doctrine = OutageDoctrine.around(redis, outage(ticking));
            return new RemoteGate(redis, doctrine, cache(doctrine, config.denials(), ticking));
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    /** Where everything starts at once, the first answers may take longer than any later one may. */
    private static RedisStore connect(String url, RedisSettings settings, RedisClock clock) {
        long begun = System.nanoTime();
        while (true) {
            try {
                return RedisStore.open(url, settings, clock);
            } catch (StoreException e) {
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Passes are owed by the outbox, whose database outlives the process. */
    private static OutageDoctrine.Settings outage(boolean ticking) {
        OutageDoctrine.Settings standard = OutageDoctrine.Settings.STANDARD.leavingPasses();
        return ticking
                ? standard
                : new OutageDoctrine.Settings(standard.keys(), standard.passes(), standard.patience(), Duration.ZERO);
    }

    private static Optional<DenialCache> cache(Store inner, int entries, boolean ticking) {
        DenialCache.Settings standard = DenialCache.Settings.STANDARD;
        return entries == 0
                ? Optional.empty()
                : Optional.of(DenialCache.around(
                        inner,
                        new DenialCache.Settings(entries, standard.age(), ticking ? standard.every() : Duration.ZERO)));
    }

    /** What decides. */
    Store store() {
        return cache.<Store>map(known -> known).orElse(doctrine);
    }

    /** The same, as an outbox wants it. */
    GateStore gate() {
        return new GateStore(store(), redis::books, new Away());
    }

    /** What is held in place of the Redis is owed by the outbox, whose database outlives the process. */
    private final class Away implements GateStore.Absence {
        @Override
        public boolean lasts() {
            return doctrine.outage().isPresent();
        }

        @Override
        public boolean isWhole() {
            return doctrine.outage().filter(outage -> !outage.inPart()).isPresent();
        }

        @Override
        public boolean covers(Key key) {
            return doctrine.outage(key).isPresent();
        }

        @Override
        public List<Command> takeOwed(int most) {
            return doctrine.takeOwed(most);
        }

        @Override
        public List<Command> takeSent(int most) {
            List<Command> sent = new ArrayList<>(doctrine.takeSent(most));
            cache.ifPresent(known -> sent.addAll(known.takeSent(most)));
            return sent;
        }

        /** The cache first: what it hands back goes through the doctrine. */
        @Override
        public void end() {
            cache.ifPresent(DenialCache::finish);
            doctrine.finish();
        }
    }

    /** Since when, and why, the store is away; empty if it is there. */
    Optional<Outage> outage() {
        return doctrine.outage();
    }

    /** What threads of its own do otherwise. */
    void look() {
        doctrine.look();
        cache.ifPresent(DenialCache::handBack);
    }

    /** Counts what was decided without asking the store. */
    void measure(MeterRegistry registry, Outbox outbox) {
        Gauge.builder("sluice.posts", outbox, Outbox::owedSteps)
                .description(
                        "Steps that follow from what the database holds and that the store of keys has not taken yet")
                .register(registry);
        cache.ifPresent(known -> measure(known, registry));
        outage(registry, "passed", doctrine -> doctrine.figures().passed());
        outage(registry, "held", doctrine -> doctrine.figures().held());
        outage(registry, "opened", doctrine -> doctrine.figures().opened());
        outage(registry, "refused", doctrine -> doctrine.figures().refused());
        Gauge.builder("sluice.outage.owed", doctrine, each -> each.figures().owed())
                .description("Occurrences decided while the store was away that it does not know of yet")
                .register(registry);
    }

    /** Counts what was held without asking a store that was known to hold it. */
    static void measure(DenialCache known, MeterRegistry registry) {
        FunctionCounter.builder("sluice.denials.known", known, DenialCache::hits)
                .description("Occurrences held by this process without asking the store, which was known to hold them")
                .register(registry);
        Gauge.builder("sluice.denials.owed", known, DenialCache::owed)
                .description("Of these, what the store has not counted yet, and a kill would lose")
                .register(registry);
    }

    private void outage(MeterRegistry registry, String decision, ToDoubleFunction<OutageDoctrine> count) {
        FunctionCounter.builder("sluice.outage.decisions", doctrine, count)
                .description("Occurrences decided while the store was away")
                .tag("decision", decision)
                .register(registry);
    }

    /** Tells the store what it is owed, as far as it is there, and disconnects. */
    @Override
    public void close() {
        store().close();
    }
}
