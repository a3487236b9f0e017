package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import dev.sluice.sql.UnitOfWork;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.sqlite.SQLiteConfig;

/**
 * Durable decisions of the store on SQLite beside the least that anybody could write by hand: one upsert for each key,
 * {@value #BATCH} to a commit, in a bare loop of one thread that reads nothing, decides nothing and answers nobody. Both
 * in turns, in one run, on the same disk, with the same batch, log mode, synchronous level, cache and checkpoints; the
 * rows of the one are as large as those of the other, and once more with rows that hold a time and nothing else.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.SqliteBesideUpsert [directory] [keys] [seconds]
 * </pre>
 *
 * <p>Syncs: put {@code strace -f -c -e trace=fsync,fdatasync} before {@code java}, and divide by the commits printed.
 */
public final class SqliteBesideUpsert {
    private static final int BATCH = 512;
    private static final int ROUNDS = 7;

    /** Makes the file as large as that of the store: less than the longest states, more than the shortest. */
    private static final int STATE_BYTES = 46;

    /** Twice, so that each key has passed once and holds one: its row then hardly grows any more. */
    private static final int FILLS = 2;

    private static final Rule RULE = Rule.allow("once per 1h").build();
    private static final SqliteSettings SETTINGS = new SqliteSettings(
            4 * BATCH,
            BATCH,
            1,
            SqliteSettings.STANDARD.hotKeys(),
            SqliteSettings.Durability.DISK,
            SqliteSettings.STANDARD.patience());

    private final int keys;
    private final Duration length;
    private final SplittableRandom random = new SplittableRandom(1);

    private SqliteBesideUpsert(int keys, Duration length) {
        this.keys = keys;
        this.length = length;
    }

    /** Runs with an optional directory for the files, number of keys, and seconds for each measurement. */
    public static void main(String[] arguments) throws Exception {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("sluice-sqlite");
        int keys = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        Duration length = Duration.ofSeconds(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3);
        Files.createDirectories(directory);
        new SqliteBesideUpsert(keys, length).run(directory);
    }

    private void run(Path directory) throws SQLException {
        Path file = directory.resolve("sluice.db");
        try (Upsert same = new Upsert(directory.resolve("same.db"), STATE_BYTES);
                Upsert small = new Upsert(directory.resolve("small.db"), 0)) {
            fill(file);
            same.fill(keys);
            small.fill(keys);
            long start = System.nanoTime();
            try (Sluice sluice = new Sluice(file)) {
                sluice.decide(0).toCompletableFuture().join();
                System.out.printf("reopened with %,d keys, and decided: %.2f s%n", keys, seconds(start));
                compare("distinct random keys, rows of one size", () -> random.nextInt(keys), sluice, same);
                compare("distinct random keys, small rows beside ours", () -> random.nextInt(keys), sluice, small);
                compare("one key", () -> 0, sluice, same);
                System.out.printf(
                        "commits: %,d of the store, %,d by hand%n", sluice.commits(), same.commits + small.commits);
            }
        }
    }

    private void fill(Path file) {
        try (Sluice sluice = new Sluice(file)) {
            long start = System.nanoTime();
            AtomicInteger next = new AtomicInteger();
            for (int batch = 0; batch * BATCH < FILLS * keys; batch++) {
                sluice.decideMany(() -> next.getAndIncrement() % keys);
            }
            sluice.settle();
            System.out.printf("filled with %,d keys, by %d decisions each: %.1f s%n", keys, FILLS, seconds(start));
        }
    }

    private void compare(String name, IntSupplier key, Sluice sluice, Upsert upsert) throws SQLException {
        double[] ratios = new double[ROUNDS];
        sluice.decide(key, length);
        upsert.decide(key, length);
        System.out.printf("%s%n  %10s %10s %7s %12s %12s%n", name, "sluice/s", "upsert/s", "ratio", "CPU us", "CPU us");
        for (int round = 0; round < ROUNDS; round++) {
            Rate ours = Rate.of(() -> sluice.decide(key, length));
            Rate theirs = Rate.of(() -> upsert.decide(key, length));
            ratios[round] = ours.perSecond() / theirs.perSecond();
            System.out.printf(
                    "  %,10.0f %,10.0f %7.2f %12.1f %12.1f%n",
                    ours.perSecond(), theirs.perSecond(), ratios[round], ours.cpuMicros(), theirs.cpuMicros());
        }
        Arrays.sort(ratios);
        System.out.printf("  %29s%n", "median %.2f".formatted(ratios[ROUNDS / 2]));
    }

    /**
     * How fast something went.
     *
     * @param perSecond decisions in a second
     * @param cpuMicros time of all processors for one decision, callers and collector included
     */
    private record Rate(double perSecond, double cpuMicros) {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        static Rate of(Run run) throws SQLException {
            long start = System.nanoTime();
            long cpu = SYSTEM.getProcessCpuTime();
            long decided = run.decide();
            return new Rate(decided / seconds(start), (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / decided);
        }
    }

    /** Decides for a while, and says how often. */
    @FunctionalInterface
    private interface Run {
        long decide() throws SQLException;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String subject(int key) {
        return "subject-" + key;
    }

    /** The store, with two batches of calls under way: the next is handed in before the last is waited for. */
    private static final class Sluice implements AutoCloseable {
        private final SqlStore store;
        private final AtomicLong commits = new AtomicLong();
        private List<CompletableFuture<Outcome>> underWay = List.of();
        private long id;

        Sluice(Path file) {
            store = SqlStore.sqlite(file, SETTINGS, InstantSource.system());
        }

        long decide(IntSupplier key, Duration length) {
            long start = System.nanoTime();
            long decided = 0;
            while (System.nanoTime() - start < length.toNanos()) {
                decideMany(key);
                decided += BATCH;
            }
            settle();
            return decided;
        }

        void decideMany(IntSupplier key) {
            List<CompletableFuture<Outcome>> next = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                next.add(decide(key.getAsInt()).toCompletableFuture());
            }
            settle();
            underWay = next;
        }

        CompletionStage<Outcome> decide(int key) {
            id++;
            Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW);
            Command command = new Command(Key.of("errors", subject(key)), RULE, offer);
            return store.transact(unit -> {
                unit.gather(Commit.class, () -> new Commit(commits), commit -> {});
                return unit.step(command);
            });
        }

        /** Waits until every call is answered. */
        void settle() {
            underWay.forEach(CompletableFuture::join);
        }

        long commits() {
            return commits.get();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** Counts a commit. */
    private record Commit(AtomicLong commits) implements UnitOfWork.Gathered {
        @Override
        public void write(UnitOfWork unit) {
            commits.incrementAndGet();
        }
    }

    /** The statement, and nothing around it. */
    private static final class Upsert implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement claim;
        private final byte[] state;
        private long commits;

        Upsert(Path file, int stateBytes) throws SQLException {
            state = new byte[stateBytes];
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
            config.setGetGeneratedKeys(false);
            config.setCacheSize(-(128 << 10));
            connection = config.createConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("PRAGMA wal_autocheckpoint = 16000");
                statement.executeUpdate("""
                        CREATE TABLE claim (key TEXT NOT NULL PRIMARY KEY, expires INTEGER NOT NULL, state BLOB NOT NULL)
                        STRICT, WITHOUT ROWID""");
            }
            claim = connection.prepareStatement("""
                    INSERT INTO claim (key, expires, state) VALUES (?, ?, ?)
                    ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, state = excluded.state""");
        }

        void fill(int keys) throws SQLException {
            AtomicInteger next = new AtomicInteger();
            for (int batch = 0; batch * BATCH < keys; batch++) {
                decide(() -> next.getAndIncrement() % keys);
            }
        }

        long decide(IntSupplier key, Duration length) throws SQLException {
            long start = System.nanoTime();
            long decided = 0;
            while (System.nanoTime() - start < length.toNanos()) {
                decide(key);
                decided += BATCH;
            }
            return decided;
        }

        /** One commit. */
        void decide(IntSupplier key) throws SQLException {
            connection.setAutoCommit(false);
            for (int i = 0; i < BATCH; i++) {
                claim.setString(1, "errors:" + subject(key.getAsInt()));
                claim.setLong(2, System.nanoTime());
                claim.setBytes(3, state);
                claim.addBatch();
            }
            claim.executeBatch();
            connection.setAutoCommit(true);
            commits++;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
