package dev.sluice.benchmarks;

import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Rule;
import dev.sluice.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one used up key costs where nothing is asked of another process: at a gate that knows its denial, at a gate whose
 * shared store is away, and at a gate over a memory store. With {@code -t 64} all callers want the same key.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HotKeyBenchmark {
    private static final Key KEY = Key.of("errors", "processor/type/message");

    private final Gate own = gate(memory());
    private final Gate shared = gate(new SharedMemory(memory()));
    private final SharedMemory leaving = new SharedMemory(memory());
    private final Gate alone = gate(leaving);

    private static Gate gate(Store store) {
        return Gate.over(store)
                .flow("errors", Rule.allow("5 per 1h").build())
                .onDigest((key, tally) -> {})
                .build();
    }

    private static MemoryStore memory() {
        return new MemoryStore(1_000, InstantSource.system());
    }

    /** Takes one of the stores away, and uses the key up. */
    @Setup
    public void fill() throws InterruptedException {
        leaving.leave();
        for (Gate gate : List.of(own, shared, alone)) {
            while (gate.tryPass(KEY)) {
                Thread.onSpinWait();
            }
        }
        while (alone.outage().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Ends the threads of the gates. */
    @TearDown
    public void close() {
        own.close();
        shared.close();
        alone.close();
    }

    /** The denial is known. */
    @Benchmark
    public boolean known() {
        return shared.tryPass(KEY);
    }

    /** A memory store decides. */
    @Benchmark
    public boolean memoryStore() {
        return own.tryPass(KEY);
    }

    /** The store is away, and the gate decides by itself. */
    @Benchmark
    public boolean local() {
        return alone.tryPass(KEY);
    }
}
