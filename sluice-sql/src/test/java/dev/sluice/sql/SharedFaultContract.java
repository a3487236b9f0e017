package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.SqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a store on a shared database does while its server, or the way to it, fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SharedFaultContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final SqlSettings SETTINGS = new SqlSettings(10_000, 64, 3, TIMEOUT, SqlSettings.Tables.CREATE);

    /** A commit, an attempt to connect, and what a statement may take beyond the time-out. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** How much later than it should a thread may come to its turn; far less than another time-out. */
    private static final Duration BUSY_MACHINE = Duration.ofMillis(1_500);

    private static final Key KEY = Key.of("errors", "disk");
    private static final Rule RULE = Rule.allow("5 per 1h").digest(Digest.OFF).build();

    private static final Rule CLAIMED =
            Rule.allow("3 per 1h").lease(Duration.ofHours(1)).digest(Digest.OFF).build();

    private final SqlServer server;
    private final List<SqlStore> open = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();

    SharedFaultContract(SqlServer server) {
        this.server = server;
    }

    final SqlServer server() {
        return server;
    }

    @AfterAll
    void closeServer() {
        server.close();
    }

    /** A statement that ends all connections to the database but the one that says it. */
    abstract void cutAll(Database database);

    @AfterEach
    void closeStores() {
        open.forEach(SqlStore::close);
        open.clear();
    }

    private SqlStore store(String url) {
        return store(url, TIMEOUT);
    }

    private SqlStore store(String url, Duration timeout) {
        SqlStore store = SqlStore.open(url, new SqlSettings(10_000, 64, 3, timeout, SqlSettings.Tables.CREATE));
        open.add(store);
        return store;
    }

    private Command offer(Key key) {
        return offer(key, ids.incrementAndGet());
    }

    private static Command offer(Key key, long id) {
        return new Command(key, RULE, new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW));
    }

    private static long counted(SqlStore store, Key key) {
        State state = await(store.read(key)).orElseThrow();
        return state.done() + state.held();
    }

    private static boolean answers(CompletableFuture<Outcome> outcome) {
        try {
            outcome.get(BOUND.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(StoreException.class);
            return false;
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("nobody was answered within " + BOUND, e);
        }
    }

    private void awaitWorking(SqlStore store, Key key) {
        Awaitility.await()
                .atMost(BOUND)
                .until(() -> answers(store.apply(offer(key)).toCompletableFuture()));
    }

    @Test
    void whatWasAnsweredSurvivesThatTheServerIsKilledInMidBatch() {
        SqlStore store = store(server.fresh().url());
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        int keys = 20;
        for (int i = 0; i < 4_000; i++) {
            outcomes.add(store.apply(offer(Key.of("errors", "k" + i % keys))).toCompletableFuture());
            if (i == 2_000) {
                outcomes.get(500).join();
                server.kill();
            }
        }
        long[] answered = new long[keys];
        long[] failed = new long[keys];
        for (int i = 0; i < outcomes.size(); i++) {
            (answers(outcomes.get(i)) ? answered : failed)[i % keys]++;
        }
        server.restart();
        awaitWorking(store, KEY);
        for (int i = 0; i < keys; i++) {
            assertThat(counted(store, Key.of("errors", "k" + i))).isBetween(answered[i], answered[i] + failed[i]);
        }
    }

    @Test
    void nobodyWaitsLongerThanTheTimeOutForAServerThatStandsStill() {
        Duration timeout = Duration.ofSeconds(4);
        SqlStore store = store(server.fresh().url(), timeout);
        await(store.apply(offer(KEY)));
        server.pause();
        try {
            // The first stands in a commit, the second behind it, the third before a connection that is not made.
            for (int wave = 0; wave < 3; wave++) {
                long start = System.nanoTime();
                List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    waiting.add(store.apply(offer(KEY)).toCompletableFuture());
                }
                assertThat(waiting.stream().filter(SharedFaultContract::answers))
                        .isEmpty();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(timeout.plus(BUSY_MACHINE));
            }
        } finally {
            server.resume();
        }
        awaitWorking(store, KEY);
        assertThat(counted(store, KEY)).isBetween(2L, 400L);
    }

    @Test
    void aConnectionThatWasCutBetweenCommitsIsReplacedWithoutAWord() {
        Database database = server.fresh();
        SqlStore store = store(database.url());
        await(store.apply(offer(KEY)));
        cutAll(database);
        await(store.apply(offer(KEY)));
        assertThat(counted(store, KEY)).isEqualTo(2);
    }

    @Test
    void aProcessThatStandsStillWithKeysLockedLetsGoOfThem() throws SQLException {
        Database database = server.fresh();
        SqlStore store = store(database.url());
        await(store.apply(offer(KEY)));
        SharedDatabase other =
                new SharedDatabase(SqlUrl.parse(database.url()), SETTINGS, ServerClock.of(Optional.empty()));
        try (Session stopped = other.open()) {
            stopped.begin(List.of(KEY.text()));
            long start = System.nanoTime();
            awaitWorking(store, KEY);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
            assertThat(stopped.rollback()).isFalse();
        }
        assertThat(counted(store, KEY)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void anEventThatIsRepeatedBecauseItsReplyWasLostCountsOnce() {
        Database database = server.fresh();
        try (Proxy proxy = Proxy.to(server.port())) {
            SqlStore direct = store(database.url());
            SqlStore store = store(database.url().replace(":" + server.port() + "/", ":" + proxy.port() + "/"));
            int failed = 0;
            int asked = 0;
            for (Proxy.Direction direction : Proxy.Direction.values()) {
                for (int bytes = 0; bytes < 1_200; bytes += 60) {
                    long id = ids.incrementAndGet();
                    asked++;
                    Key key = Key.of("errors", "lost-" + asked % 3 + direction);
                    proxy.cutAfter(direction, bytes);
                    if (!answers(store.apply(offer(key, id)).toCompletableFuture())) {
                        failed++;
                        await(direct.apply(offer(key, id)));
                    }
                }
            }
            proxy.resume();
            long all = 0;
            for (Key key : await(direct.keys("errors", Optional.empty(), 100))) {
                all += counted(direct, key);
            }
            assertThat(all).isEqualTo(asked);
            assertThat(failed).isPositive();
        }
    }

    /**
     * No claim is lost here, so nothing is completed late: whatever is rerun or answered into the void, no key passes more
     * often than its rule says, and each completion that was confirmed counts once.
     */
    @Test
    void twoProcessesWhoseCommitsAreRerunAndWhoseRepliesAreLostKeepTheLimit() throws Exception {
        Database database = server.fresh();
        int keys = 40;
        try (Proxy proxy = Proxy.to(server.port())) {
            String through = database.url().replace(":" + server.port() + "/", ":" + proxy.port() + "/");
            List<SqlStore> processes = List.of(store(through), store(through));
            ExecutorService callers = Executors.newFixedThreadPool(4);
            List<Future<Map<Key, Integer>>> completed = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SqlStore process = processes.get(i % 2);
                completed.add(callers.submit(() -> completeAll(process, keys)));
            }
            for (int i = 0; i < 60; i++) {
                TimeUnit.MILLISECONDS.sleep(25);
                proxy.cutAfter(i % 3 == 0 ? Proxy.Direction.COMMANDS : Proxy.Direction.REPLIES, 400 + 97 * i % 2_000);
            }
            proxy.resume();
            Map<Key, Integer> all = new HashMap<>();
            for (Future<Map<Key, Integer>> each : completed) {
                each.get(60, TimeUnit.SECONDS).forEach((key, times) -> all.merge(key, times, Integer::sum));
            }
            callers.shutdown();
            assertThat(all).hasSize(keys).allSatisfy((key, times) -> {
                State state = await(processes.get(0).read(key)).orElseThrow();
                assertThat(state.done()).isEqualTo(times).isEqualTo(CLAIMED.limit());
            });
        }
    }

    /** Offers four times to each key, and completes what it is granted; what is not answered it repeats. */
    private Map<Key, Integer> completeAll(SqlStore process, int keys) {
        Map<Key, Integer> completed = new HashMap<>();
        for (int i = 0; i < 4 * keys; i++) {
            Key key = Key.of("errors", "claimed-" + i * 7 % keys);
            long id = ids.incrementAndGet();
            Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.LATER);
            Outcome offered = repeated(process, new Command(key, CLAIMED, offer));
            assertThat(offered.effects()).noneMatch(Effect.Overshoot.class::isInstance);
            if (offered.answer() instanceof Answer.Granted granted) {
                Live claim = granted.claim();
                Event complete = new Event.Complete(claim.fence(), claim.nonce());
                Outcome done = repeated(process, new Command(key, CLAIMED, complete));
                assertThat(done.answer()).isInstanceOf(Answer.Ok.class);
                assertThat(done.effects()).noneMatch(Effect.Overshoot.class::isInstance);
                completed.merge(key, 1, Integer::sum);
            }
        }
        return completed;
    }

    private static Outcome repeated(SqlStore process, Command command) {
        while (true) {
            CompletableFuture<Outcome> outcome = process.apply(command).toCompletableFuture();
            if (answers(outcome)) {
                return outcome.join();
            }
        }
    }

    @Test
    void aServerThatIsAwayIsNamedWithoutItsPassword() {
        Database database = server.fresh();
        SqlStore store = store(database.url());
        server.stop();
        try {
            assertThatThrownBy(() -> await(store.apply(offer(KEY)))).rootCause().isNotNull();
            assertThatThrownBy(() -> SqlStore.open(database.url(), SETTINGS))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageContaining("does not answer")
                    .hasMessageNotContaining("secret");
        } finally {
            server.restart();
        }
        awaitWorking(store, KEY);
    }
}
