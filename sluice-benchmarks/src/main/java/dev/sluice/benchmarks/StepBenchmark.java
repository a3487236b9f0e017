package dev.sluice.benchmarks;

import dev.sluice.Event;
import dev.sluice.Outcome;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** What one decision costs before any store: the step itself, and reading and writing the packed state. */
@org.openjdk.jmh.annotations.State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {
    private static final long START = 1_800_000_000_000_000L;

    private final Rule rule =
            Rule.allow("5 per 1h").summaryAt(3).digest(dev.sluice.Digest.OFF).build();
    private State empty = State.EMPTY;
    private State full = State.EMPTY;
    private byte[] packed = new byte[0];
    private long now = START;
    private long id;

    /** A key whose window is full. */
    @Setup
    public void fill() {
        for (int i = 0; i < 5; i++) {
            full = Step.apply(full, rule, offer(Event.Settle.NOW), now).state();
        }
        packed = Packed.encode(full);
    }

    /** An occurrence of a full key. */
    @Benchmark
    public Outcome suppress() {
        return Step.apply(full, rule, offer(Event.Settle.LATER), ++now);
    }

    /** The first occurrence of a key. */
    @Benchmark
    public Outcome pass() {
        return Step.apply(empty, rule, offer(Event.Settle.LATER), ++now);
    }

    /** As a store does it: read the packed state, step, write it. */
    @Benchmark
    public byte[] suppressPacked() {
        Outcome outcome = Step.apply(Packed.decode(packed), rule, offer(Event.Settle.LATER), ++now);
        return Packed.encode(outcome.state());
    }

    private Event.Offer offer(Event.Settle settle) {
        return new Event.Offer(++id, id, OptionalDouble.empty(), settle);
    }
}
