package dev.sluice.benchmarks;

import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions per second of the memory store, beside the least that any such store must do in the same run: one atomic
 * update of a counter in a concurrent map, and one look at the clock.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MemoryStoreBenchmark {
    /** How many different keys are asked. */
    @Param({"1", "10000", "1000000"})
    public int keys;

    private final Rule rule = Rule.allow("5 per 1h").digest(Digest.AT_CLOSE).build();
    private final Map<String, Long> counters = new ConcurrentHashMap<>();
    private final InstantSource clock = InstantSource.system();
    private Key[] all = new Key[0];
    private MemoryStore store = new MemoryStore(1, clock);

    /** Makes the keys and asks each of them once. */
    @Setup
    public void fill() {
        store = new MemoryStore(keys, clock);
        all = new Key[keys];
        for (int i = 0; i < keys; i++) {
            all[i] = Key.of("errors", "processor/type/message-" + i);
            counters.put(all[i].text(), 0L);
            store.apply(new Command(all[i], rule, offer()))
                    .toCompletableFuture()
                    .join();
        }
    }

    /** One occurrence decided. */
    @Benchmark
    public CompletionStage<Outcome> decide() {
        return store.apply(new Command(next(), rule, offer()));
    }

    /** The floor: the same look-up, counting only. */
    @Benchmark
    public long countOnly() {
        Long count = counters.merge(next().text(), 1L, Long::sum);
        return count + clock.millis();
    }

    private Key next() {
        return all[ThreadLocalRandom.current().nextInt(keys)];
    }

    private static Event.Offer offer() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new Event.Offer(random.nextLong(), random.nextLong(), OptionalDouble.empty(), Event.Settle.NOW);
    }
}
