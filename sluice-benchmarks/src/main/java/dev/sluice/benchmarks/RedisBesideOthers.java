package dev.sluice.benchmarks;

import dev.sluice.testbed.RedisServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decisions a second over one Redis, by {@value #CALLERS} callers that each wait for their answer: the store beside the
 * least that a Redis can do, beside its own script without the store, and beside two libraries. In turns, in one run, with
 * the processor time of the server for a decision. {@value RedisRival#OTHER_SCRIPT} names a file with another script.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.RedisBesideOthers [seconds] [rounds] [names]
 * </pre>
 *
 * <p>A Redis 7.0 of its own is started, unless the environment names another one as {@code SLUICE_TEST_REDIS}.
 */
public final class RedisBesideOthers {
    /** Begins keys that nobody asked for before. */
    static final String NEW = "new-";

    private static final int CALLERS = 64;
    private static final int KEYS = 10_000;

    /** So that every key is used up. */
    private static final int FILLS = 8;

    private final long nanos;
    private final int rounds;
    private final List<RedisRival> rivals;
    private final ServerProcessor processor;
    private final AtomicLong names = new AtomicLong();

    private RedisBesideOthers(long nanos, int rounds, List<RedisRival> rivals, ServerProcessor processor) {
        this.processor = processor;
        this.nanos = nanos;
        this.rounds = rounds;
        this.rivals = rivals;
    }

    /** Runs with optional seconds for each measurement, number of rounds, and names of those that take part. */
    public static void main(String[] arguments) throws Exception {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7;
        List<String> wanted = Arrays.asList(arguments).subList(Math.min(2, arguments.length), arguments.length);
        String outside = System.getenv(RedisServer.OUTSIDE);
        try (RedisServer own = outside == null ? RedisServer.start() : null) {
            String url = own == null ? outside : own.url();
            List<RedisRival> rivals = RedisRival.all(url);
            try (ServerProcessor processor = new ServerProcessor(url)) {
                List<RedisRival> chosen = rivals.stream()
                        .filter(rival -> wanted.isEmpty() || wanted.contains(rival.name()))
                        .toList();
                new RedisBesideOthers((long) (seconds * 1e9), rounds, chosen, processor).run();
            } finally {
                rivals.forEach(RedisRival::close);
            }
        }
    }

    private void run() throws InterruptedException {
        for (RedisRival rival : rivals) {
            AtomicLong next = new AtomicLong();
            together(() -> {
                long key = next.getAndIncrement();
                if (key < KEYS) {
                    rival.introduce("used-" + key);
                } else {
                    rival.decide("used-" + key % KEYS);
                }
                return key < (long) KEYS * FILLS;
            });
        }
        compare("each decision a new key", () -> names.incrementAndGet(), NEW);
        compare(KEYS + " keys, used up", () -> ThreadLocalRandom.current().nextInt(KEYS), "used-");
        compare("one key, used up", () -> 7, "used-");
    }

    private void compare(String load, LongSupplier key, String prefix) throws InterruptedException {
        double[][] rates = new double[rivals.size()][rounds];
        double[][] costs = new double[rivals.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < rivals.size(); i++) {
                double before = processor.seconds();
                Rate rate = rate(rivals.get(i), key, prefix);
                if (round >= 0) {
                    rates[i][round] = rate.perSecond();
                    costs[i][round] = 1e6 * (processor.seconds() - before) / rate.decided();
                }
            }
        }
        System.out.println(load);
        double ours = 0;
        for (int i = 0; i < rivals.size(); i++) {
            Arrays.sort(rates[i]);
            Arrays.sort(costs[i]);
            double median = rates[i][rounds / 2];
            ours = i == 0 ? median : ours;
            System.out.printf(
                    "  %-28s %,10.0f/s (%,.0f to %,.0f)   the store is %.2f of it, server %.1f us (%.1f to %.1f)%n",
                    rivals.get(i).name(),
                    median,
                    rates[i][0],
                    rates[i][rounds - 1],
                    ours / median,
                    costs[i][rounds / 2],
                    costs[i][0],
                    costs[i][rounds - 1]);
        }
    }

    private record Rate(long decided, double perSecond) {}

    private Rate rate(RedisRival rival, LongSupplier key, String prefix) throws InterruptedException {
        long start = System.nanoTime();
        AtomicLong decided = new AtomicLong();
        together(() -> {
            rival.decide(prefix + key.getAsLong());
            decided.incrementAndGet();
            return System.nanoTime() - start < nanos;
        });
        return new Rate(decided.get(), decided.get() / ((System.nanoTime() - start) / 1e9));
    }

    /** Lets all callers do it again and again until it says no. */
    private static void together(BooleanSupplier what) throws InterruptedException {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(() -> {
                while (what.getAsBoolean()) {
                    Thread.onSpinWait();
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
    }
}
