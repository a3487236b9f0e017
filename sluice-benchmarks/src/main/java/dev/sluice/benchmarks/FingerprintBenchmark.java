package dev.sluice.benchmarks;

import dev.sluice.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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
 * Fingerprints per second of one thread, beside lower case alone and beside the least that anybody would write by hand.
 * {@code -p logs=DIRECTORY} takes the messages of real logs, as {@link GroupingAccuracy} does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FingerprintBenchmark {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final List<String> OWN = List.of(
            "Error processing 2025-12-01 order 4711 for customer alice@example.com: card declined",
            "Connection to db-main.internal:5432 refused after 30 s (attempt 3 of 5), next one in 1m30s",
            "org.example.orders.LockedException: row 17 of /var/lib/orders/in/2025-12-01.csv is locked by 'import-7'",
            "Could not load https://api.example.com/v1/orders/550e8400-e29b-41d4-a716-446655440000?full=true: timeout",
            "The nightly import stopped, because the remote side closed the connection before all rows had been read");

    private final Fingerprint whole = new Fingerprint("message", Fingerprint.WHOLE, true);
    private final Fingerprint first100 = new Fingerprint("message", 100, true);

    /** Directory of labelled logs; empty: a few lines of our own. */
    @Param("")
    public String logs = "";

    private String[] messages = {};
    private int at;

    /** Reads the messages. */
    @Setup
    public void read() throws IOException {
        List<String> read = logs.isEmpty()
                ? OWN
                : LabelledLog.in(Path.of(logs)).stream()
                        .flatMap(log -> log.messages().stream())
                        .toList();
        messages = read.toArray(String[]::new);
    }

    /** Of whole messages. */
    @Benchmark
    public String normalised() {
        return whole.of(next());
    }

    /** Of the first 100 characters, as flows take it unless something else is said. */
    @Benchmark
    public String normalisedFirst100() {
        return first100.of(next());
    }

    /** The first half of any normal form. */
    @Benchmark
    public String lowerCase() {
        return next().toLowerCase(Locale.ROOT);
    }

    /** The usual one-liner. */
    @Benchmark
    public String lowerCaseAndDigitsByRegex() {
        return DIGITS.matcher(next().toLowerCase(Locale.ROOT)).replaceAll("0");
    }

    private String next() {
        at = at + 1 < messages.length ? at + 1 : 0;
        return messages[at];
    }
}
