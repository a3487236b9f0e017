package dev.sluice.benchmarks;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions per second in one process, {@link Rival} by rival. Nearly all of them are held: each key was asked five times
 * before, which is what an error flood looks like.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RivalsBenchmark {
    /** How many different keys are asked. */
    @Param({"1", "10000", "1000000"})
    public int keys;

    /** Who answers. */
    @Param
    public Rival rival = Rival.SLUICE;

    private String[] subjects = new String[0];
    private Rival.Limiter limiter = subject -> false;

    /** Makes the keys and uses each of them up. */
    @Setup
    public void fill() {
        limiter = rival.limiter(keys);
        subjects = new String[keys];
        for (int i = 0; i < keys; i++) {
            subjects[i] = "processor/type/message-" + i;
            for (int use = 0; use < Rival.LIMIT; use++) {
                limiter.allow(subjects[i]);
            }
        }
    }

    /** Ends what the rival started. */
    @TearDown
    public void close() {
        limiter.close();
    }

    /** One occurrence decided. */
    @Benchmark
    public boolean decide() {
        return limiter.allow(subjects[ThreadLocalRandom.current().nextInt(keys)]);
    }
}
