package dev.sluice.benchmarks;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Receipt;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/**
 * Occurrences per second through an outbox on SQLite, durable before they are answered: the same one again and again, the
 * same one as requests that may be repeated, messages stored with their decision, and messages delivered. At the end the
 * books must be right.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.OutboxThroughput [directory] [seconds]
 * </pre>
 */
public final class OutboxThroughput {
    private static final int IN_FLIGHT = 256;
    private static final int MANY = 10_000;
    private static final int WORKERS = 4;
    private static final Content CONTENT = new Content("a title", "a message of some length", "error", "{}");

    private final Outbox outbox;
    private final Duration length;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private OutboxThroughput(SqlStore store, Duration length) {
        this.length = length;
        Rule rule = Rule.allow("5 per 1h").summaryAt(3).build();
        outbox = new Outbox(
                store,
                List.of(new FlowPlan("errors", Map.of("", rule), List.of("sink"), OnFailure.STANDARD)),
                Map.of("sink", outgoing -> {
                    delivered.increment();
                    return new Receipt.Accepted("");
                }),
                new Outbox.Settings(Duration.ofSeconds(30), WORKERS, Duration.ofMillis(250), Duration.ofDays(30)),
                new SecureRandom());
    }

    /** Runs with an optional directory for the file, and seconds for each measurement. */
    public static void main(String[] arguments) throws Exception {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("sluice-outbox");
        Duration length = Duration.ofSeconds(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5);
        SqlStore store =
                SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, InstantSource.system());
        try (store) {
            new OutboxThroughput(store, length).run();
        }
    }

    private void run() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            measure("the same occurrence", n -> occurrence("same", Optional.empty()));
            String run = "request-" + round + "-";
            measure(
                    "the same, each a request of its own",
                    n -> occurrence("same", Optional.of(new Occurrence.Request(run + n, "hash"))));
            String keys = "key-" + round + "-";
            measure("messages, stored with their decision", n -> occurrence(keys + n % MANY, Optional.empty()));
        }
        long before = delivered.sum();
        outbox.start();
        Thread.sleep(length.toMillis());
        System.out.printf(
                "%-40s %,10.0f/s%n", "deliveries by " + WORKERS + " workers", perSecond(delivered.sum() - before));
        outbox.stop(Duration.ofSeconds(10));
        System.out.println("failed: " + failed.sum() + ", discrepancies in the books: " + outbox.audit());
    }

    private static Occurrence occurrence(String subject, Optional<Occurrence.Request> request) {
        Key key = Key.of("errors", subject);
        return new Occurrence(key, "", CONTENT, List.of(), request, Event.Settle.LATER);
    }

    private void measure(String what, LongFunction<Occurrence> occurrences) throws InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT);
        LongAdder answered = new LongAdder();
        long end = System.nanoTime() + length.toNanos();
        for (long n = 0; System.nanoTime() < end; n++) {
            free.acquire();
            CompletionStage<Acceptance> stage = outbox.accept(occurrences.apply(n));
            stage.whenComplete((answer, failure) -> {
                (failure == null ? answered : failed).increment();
                free.release();
            });
        }
        long inTime = answered.sum();
        free.acquire(IN_FLIGHT);
        System.out.printf("%-40s %,10.0f/s%n", what, perSecond(inTime));
    }

    private double perSecond(long count) {
        return count / (length.toMillis() / 1_000.0);
    }
}
