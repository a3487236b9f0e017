package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.outbox.Acceptance;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the edge measures: how long decisions took, how many wait, and the books. Never the subject: its
 * values have no bound. Safe for use by many threads.
 */
final class Meters {
    private static final Duration[] LATENCY_STEPS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(4),
        Duration.ofMillis(8),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofSeconds(1)
    };

    private final PrometheusMeterRegistry registry;
    private final Map<String, Timer> latencies = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger storeAnswers = new AtomicInteger(1);
    private final AtomicInteger degraded = new AtomicInteger();
    private final MultiGauge books;
    private final MultiGauge unaccounted;

    Meters(PrometheusMeterRegistry registry) {
        this.registry = registry;
        books = MultiGauge.builder("sluice.books")
                .description("Occurrences by bucket")
                .register(registry);
        unaccounted = MultiGauge.builder("sluice.unaccounted")
                .description("Occurrences in no bucket: 0, or a fault of the product")
                .register(registry);
        Gauge.builder("sluice.decisions.waiting", waiting, AtomicInteger::get)
                .description("Occurrences that wait for their decision")
                .register(registry);
        Gauge.builder("sluice.store.up", storeAnswers, AtomicInteger::get)
                .description("1 if the store answered when this page was made")
                .register(registry);
        Gauge.builder("sluice.degraded", degraded, AtomicInteger::get)
                .description("1 if the server goes on without a store that is away")
                .register(registry);
    }

    /** One decision that is under way. */
    final class Watch {
        private final String flow;
        private final Timer.Sample sample = Timer.start(registry);

        private Watch(String flow) {
            this.flow = flow;
        }

        void stop(@Nullable Acceptance acceptance) {
            waiting.decrementAndGet();
            if (acceptance instanceof Acceptance.Decided) {
                sample.stop(latencies.computeIfAbsent(flow, Meters.this::latency));
            }
        }
    }

    Watch start(String flow) {
        waiting.incrementAndGet();
        return new Watch(flow);
    }

    private Timer latency(String flow) {
        return Timer.builder("sluice.decision")
                .description("Time from a read request to its decision")
                .tag("flow", flow)
                .serviceLevelObjectives(LATENCY_STEPS)
                .register(registry);
    }

    /** A mail of a flow was opened, or clicked in. */
    void tracked(String flow, String what) {
        Counter.builder("sluice.mail." + what)
                .description("How often mails were opened, or links in them followed, as far as that is tracked")
                .tag("flow", flow)
                .register(registry)
                .increment();
    }

    /** The page for Prometheus. May block. */
    String page(Engine engine) {
        degraded.set(engine.degraded().isPresent() ? 1 : 0);
        try {
            boolean ready = engine.ready().toCompletableFuture().join();
            storeAnswers.set(ready ? 1 : 0);
            if (ready) {
                update(engine.books());
            }
        } catch (dev.sluice.StoreException | CompletionException e) {
            storeAnswers.set(0);
        }
        return registry.scrape();
    }

    private void update(Map<String, Books> byFlow) {
        List<MultiGauge.Row<?>> buckets = new ArrayList<>();
        List<MultiGauge.Row<?>> gaps = new ArrayList<>();
        byFlow.forEach((flow, counts) -> {
            for (Bucket bucket : Bucket.values()) {
                buckets.add(MultiGauge.Row.of(Tags.of("flow", flow, "bucket", bucket.word()), counts.get(bucket)));
            }
            gaps.add(MultiGauge.Row.of(Tags.of("flow", flow), counts.unaccounted()));
        });
        books.register(buckets, true);
        unaccounted.register(gaps, true);
    }
}
