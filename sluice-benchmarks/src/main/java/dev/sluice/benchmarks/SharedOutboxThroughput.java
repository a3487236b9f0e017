package dev.sluice.benchmarks;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Receipt;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/**
 * Occurrences per second through one and through two outboxes that share a database server, each durable before it is
 * answered: passes of new subjects, stored with their messages, and what is held, spread over a thousand subjects and of
 * one alone. At the end the books must be right. Servers, database and load are on one machine: the figures say what a
 * second server costs or gains there, not what a database server of its own can do.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.SharedOutboxThroughput [postgresql|mariadb] [seconds]
 * </pre>
 */
public final class SharedOutboxThroughput {
    private static final int IN_FLIGHT = 256;
    private static final int SUBJECTS = 1_000;
    private static final int LIMIT = 5;
    private static final Content CONTENT = new Content("a title", "a message of some length", "error", "{}");

    private final List<Outbox> outboxes;
    private final Duration length;
    private final LongAdder failed = new LongAdder();

    private SharedOutboxThroughput(List<SqlStore> stores, Duration length) {
        this.length = length;
        Rule rule = Rule.allow(LIMIT + " per 1h").build();
        outboxes = stores.stream()
                .map(store -> new Outbox(
                        store,
                        List.of(new FlowPlan("errors", Map.of("", rule), List.of("sink"), OnFailure.STANDARD)),
                        Map.of("sink", outgoing -> new Receipt.Accepted("")),
                        new Outbox.Settings(Duration.ofSeconds(30), 1, Duration.ZERO, Duration.ofDays(30)),
                        new SecureRandom()))
                .toList();
    }

    /** Runs with the kind of the database, and seconds for each measurement. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean maria = arguments.length > 0 && arguments[0].equals("mariadb");
        Duration length = Duration.ofSeconds(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5);
        try (SqlServer server = maria
                ? MariaDbServer.start(SqlServer.Durability.DISK)
                : PostgresServer.start(SqlServer.Durability.DISK)) {
            for (int servers : List.of(1, 2, 1, 2)) {
                run(server.fresh().url(), servers, length);
            }
        }
    }

    private static void run(String url, int servers, Duration length) throws InterruptedException {
        List<SqlStore> stores = new ArrayList<>();
        try {
            for (int i = 0; i < servers; i++) {
                stores.add(SqlStore.open(url, SqlSettings.STANDARD));
            }
            new SharedOutboxThroughput(stores, length).run(servers + (servers == 1 ? " server: " : " servers: "));
        } finally {
            stores.forEach(SqlStore::close);
        }
    }

    private void run(String what) throws InterruptedException {
        for (int n = 0; n < SUBJECTS * LIMIT; n++) {
            outboxes.get(0)
                    .accept(occurrence("known-" + n % SUBJECTS))
                    .toCompletableFuture()
                    .join();
        }
        measure(what + "passes, stored as messages", n -> occurrence("new-" + n));
        measure(
                what + "held, of a thousand subjects",
                n -> occurrence("known-" + ThreadLocalRandom.current().nextInt(SUBJECTS)));
        measure(what + "held, of one", n -> occurrence("known-0"));
        System.out.println("failed: " + failed.sum() + ", discrepancies in the books: "
                + outboxes.get(0).audit());
    }

    private static Occurrence occurrence(String subject) {
        return new Occurrence(Key.of("errors", subject), "", CONTENT, List.of(), Optional.empty(), Event.Settle.LATER);
    }

    private void measure(String what, LongFunction<Occurrence> occurrences) throws InterruptedException {
        LongAdder answered = new LongAdder();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < outboxes.size(); i++) {
            Outbox outbox = outboxes.get(i);
            long first = i;
            Thread caller = new Thread(() -> call(outbox, occurrences, first, answered), "caller-" + i);
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        System.out.printf("%-50s %,10.0f/s%n", what, answered.sum() / (length.toMillis() / 1_000.0));
    }

    private void call(Outbox outbox, LongFunction<Occurrence> occurrences, long first, LongAdder answered) {
        Semaphore free = new Semaphore(IN_FLIGHT);
        long end = System.nanoTime() + length.toNanos();
        for (long n = first; System.nanoTime() < end; n += outboxes.size()) {
            free.acquireUninterruptibly();
            outbox.accept(occurrences.apply(n)).whenComplete((answer, failure) -> {
                if (failure != null) {
                    failed.increment();
                } else if (System.nanoTime() < end) {
                    answered.increment();
                }
                free.release();
            });
        }
        free.acquireUninterruptibly(IN_FLIGHT);
    }
}
