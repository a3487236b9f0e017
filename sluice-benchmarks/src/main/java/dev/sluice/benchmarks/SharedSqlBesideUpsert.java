package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Durable decisions of the store on PostgreSQL and MariaDB beside the least that anybody could write by hand: a single
 * statement for each claim, that inserts or takes over what has expired, on a connection for each caller. Both in turns,
 * in one run, on one server that has every commit on the disk before it answers; every caller waits for its answer.
 *
 * <p>With more than one store, decisions are also spread by their keys over two, three, ... of them, each with a
 * connection that writes: what several writers in one process would give.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.SharedSqlBesideUpsert [postgresql|mariadb] [keys] [seconds] [stores]
 * </pre>
 */
public final class SharedSqlBesideUpsert {
    private static final int ROUNDS = 5;
    private static final int[] CALLERS = {16, 1};
    private static final int FILL = 500;
    private static final double TAIL = 0.99;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final Rule RULE = Rule.allow("once per 1h").build();

    private final SqlServer server;
    private final boolean postgres;
    private final int keys;
    private final Duration length;
    private final int most;
    private final AtomicLong commits = new AtomicLong();

    private SharedSqlBesideUpsert(SqlServer server, int keys, Duration length, int most) {
        this.server = server;
        this.postgres = server instanceof PostgresServer;
        this.keys = keys;
        this.length = length;
        this.most = most;
    }

    /** Runs with an optional kind of server, number of keys, seconds for each measurement, and most stores. */
    public static void main(String[] arguments) throws Exception {
        String kind = arguments.length > 0 ? arguments[0] : "postgresql";
        int keys = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        Duration length = Duration.ofSeconds(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3);
        int most = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
        try (SqlServer server = kind.equals("mariadb")
                ? MariaDbServer.start(SqlServer.Durability.DISK)
                : PostgresServer.start(SqlServer.Durability.DISK)) {
            new SharedSqlBesideUpsert(server, keys, length, most).run();
        }
    }

    private void run() throws Exception {
        Database database = server.fresh();
        List<SqlStore> stores = new ArrayList<>();
        try (HikariDataSource pool = pool(database)) {
            AtomicLong ids = new AtomicLong();
            List<Claims> ours = new ArrayList<>();
            for (int writers = 1; writers <= most; writers++) {
                stores.add(SqlStore.open(database.url(), SqlSettings.STANDARD));
                ours.add(claims(List.copyOf(stores), ids));
            }
            Upsert upsert = new Upsert(pool, postgres);
            upsert.fill(keys);
            fill(stores.get(0));
            for (int callers : CALLERS) {
                compare(callers, ours, upsert);
            }
        } finally {
            stores.forEach(SqlStore::close);
        }
    }

    private Claims claims(List<SqlStore> stores, AtomicLong ids) {
        return key -> {
            long id = ids.incrementAndGet();
            Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW);
            Command command = new Command(Key.of("errors", "subject-" + key), RULE, offer);
            stores.get(key % stores.size())
                    .transact(List.of(command.key()), unit -> {
                        unit.gather(Commit.class, () -> new Commit(commits), commit -> {});
                        return unit.step(command);
                    })
                    .toCompletableFuture()
                    .join();
        };
    }

    private static HikariDataSource pool(Database database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setMaximumPoolSize(CALLERS[0]);
        return new HikariDataSource(config);
    }

    private void fill(SqlStore store) {
        long id = -1;
        for (int key = 0; key < keys; ) {
            List<CompletableFuture<?>> some = new ArrayList<>();
            for (int i = 0; i < FILL && key < keys; i++, key++, id--) {
                Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW);
                some.add(store.apply(new Command(Key.of("errors", "subject-" + key), RULE, offer))
                        .toCompletableFuture());
            }
            some.forEach(CompletableFuture::join);
        }
    }

    private void compare(int callers, List<Claims> ours, Upsert upsert) throws Exception {
        double[][] ratios = new double[ours.size()][ROUNDS];
        for (Claims claims : ours) {
            rate(callers, claims);
        }
        rate(callers, upsert);
        System.out.printf(
                "%d callers%n  %6s %10s %8s %8s %10s %8s %8s %7s%n",
                callers, "stores", "sluice/s", "p99 ms", "CPU us", "upsert/s", "p99 ms", "CPU us", "ratio");
        for (int round = 0; round < ROUNDS; round++) {
            Rate theirs = rate(callers, upsert);
            for (int i = 0; i < ours.size(); i++) {
                long before = commits.get();
                Rate mine = rate(callers, ours.get(i));
                long committed = commits.get() - before;
                ratios[i][round] = mine.perSecond() / theirs.perSecond();
                System.out.printf(
                        "  %6d %s %s %7.2f   commits for each decision %.3f%n",
                        i + 1, mine, theirs, ratios[i][round], (double) committed / mine.decided());
            }
        }
        for (int i = 0; i < ours.size(); i++) {
            Arrays.sort(ratios[i]);
            System.out.printf("  %6d median %.2f%n", i + 1, ratios[i][ROUNDS / 2]);
        }
    }

    /** Counts a commit. */
    private record Commit(AtomicLong commits) implements UnitOfWork.Gathered {
        @Override
        public void write(UnitOfWork unit) {
            commits.incrementAndGet();
        }
    }

    private Rate rate(int callers, Claims claims) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        long cpu = cpuNanos();
        long start = System.nanoTime();
        List<Future<long[]>> all = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            int seed = caller;
            all.add(threads.submit(() -> claim(claims, new SplittableRandom(System.nanoTime() + seed), start)));
        }
        List<long[]> each = new ArrayList<>();
        for (Future<long[]> one : all) {
            each.add(one.get());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        threads.shutdown();
        long[] nanos = each.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Rate(
                nanos.length,
                nanos.length / seconds,
                nanos[(int) (nanos.length * TAIL)] / 1e6,
                (cpuNanos() - cpu) / 1e3 / nanos.length);
    }

    /** What this process and the server have used of the processors. */
    private long cpuNanos() {
        ProcessHandle here = ProcessHandle.of(server.pid()).orElseThrow();
        return SYSTEM.getProcessCpuTime()
                + Stream.concat(Stream.of(here), here.descendants())
                        .mapToLong(each -> each.info()
                                .totalCpuDuration()
                                .map(Duration::toNanos)
                                .orElse(0L))
                        .sum();
    }

    private long[] claim(Claims claims, SplittableRandom random, long start) throws SQLException {
        long[] nanos = new long[1 << 10];
        int done = 0;
        for (long now = System.nanoTime(); now - start < length.toNanos(); done++) {
            claims.claim(random.nextInt(keys));
            long end = System.nanoTime();
            nanos = done == nanos.length ? Arrays.copyOf(nanos, 2 * done) : nanos;
            nanos[done] = end - now;
            now = end;
        }
        return Arrays.copyOf(nanos, done);
    }

    /**
     * How fast something went.
     *
     * @param cpuMicros time of all processors for one decision, those of the server included
     */
    private record Rate(long decided, double perSecond, double p99Millis, double cpuMicros) {
        @Override
        public String toString() {
            return "%,10.0f %8.2f %8.0f".formatted(perSecond, p99Millis, cpuMicros);
        }
    }

    /** Decides one key, and waits for the answer. */
    @FunctionalInterface
    private interface Claims {
        void claim(int key) throws SQLException;
    }

    /** The statement, and nothing around it. */
    private static final class Upsert implements Claims {
        private final HikariDataSource pool;
        private final String sql;

        Upsert(HikariDataSource pool, boolean postgres) throws SQLException {
            this.pool = pool;
            String names = "INSERT INTO claim (name, expires) VALUES (?, ?) ";
            this.sql = postgres
                    ? names + "ON CONFLICT (name) DO UPDATE SET expires = excluded.expires WHERE claim.expires <= ?"
                    : names + "ON DUPLICATE KEY UPDATE expires = IF(expires <= ?, VALUES(expires), expires)";
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE claim (name VARCHAR(200) PRIMARY KEY, expires BIGINT NOT NULL)");
            }
        }

        void fill(int keys) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO claim (name, expires) VALUES (?, ?)")) {
                connection.setAutoCommit(false);
                for (int key = 0; key < keys; key++) {
                    bind(insert, key);
                    insert.addBatch();
                    if (key % FILL == 0) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
                connection.commit();
                connection.setAutoCommit(true);
            }
        }

        private static void bind(PreparedStatement statement, int key) throws SQLException {
            statement.setString(1, "errors:subject-" + key);
            // Another time with each claim: a server that finds nothing to change need not write.
            statement.setLong(2, System.nanoTime());
        }

        @Override
        public void claim(int key) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement claim = connection.prepareStatement(sql)) {
                bind(claim, key);
                claim.setLong(3, Long.MAX_VALUE);
                claim.executeUpdate();
            }
        }
    }
}
