package dev.sluice.redis;

import static dev.sluice.redis.Bench.DB_DOWN;
import static dev.sluice.redis.Bench.FIVE;
import static dev.sluice.redis.Bench.JOB;
import static dev.sluice.redis.Bench.await;
import static dev.sluice.redis.Bench.claim;
import static dev.sluice.redis.Bench.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.OutageDoctrine;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisSentinel;
import dev.sluice.testbed.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The server goes away, hangs, forgets, or is replaced. */
class RedisOutageTest {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

    /** So much longer than a time-out that only a caller who hangs is late. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private final RedisSettings settings = Bench.fresh().withTimeout(TIMEOUT);

    private static void assertFailsSoon(Store store, Key key) {
        long begun = System.nanoTime();
        assertThatThrownBy(() -> decide(store, key, FIVE)).isInstanceOf(StoreException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    }

    private static void comesBack(Store store, Key key) {
        await().atMost(BACK_WITHIN)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> await(store.read(key)).isPresent() || decide(store, key, FIVE) != null);
    }

    @Test
    @DisplayName("a server that is away fails its callers at once, and is found again by itself")
    void failsAtOnceWhileTheServerIsAway() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.open(server.url(), settings)) {
            decide(store, DB_DOWN, FIVE);
            server.kill();
            assertFailsSoon(store, DB_DOWN);
            assertFailsSoon(store, DB_DOWN);
            assertThat(store.now()).isPositive();
            server.restart();
            comesBack(store, DB_DOWN);
        }
    }

    @Test
    @DisplayName("a server that hangs fails its callers in time")
    void failsInTimeWhileTheServerHangs() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.open(server.url(), settings)) {
            decide(store, DB_DOWN, FIVE);
            server.pause();
            assertFailsSoon(store, DB_DOWN);
            assertFailsSoon(store, DB_DOWN);
            server.resume();
            comesBack(store, DB_DOWN);
        }
    }

    @Test
    @DisplayName("what was on its way when the connection broke fails, and is not done behind the caller's back")
    void doesNotRepeatWhatWasOnItsWay() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.open(server.url(), settings.withTimeout(BACK_WITHIN))) {
            decide(store, Key.of("errors", "before"), FIVE);
            server.pause();
            CompletionStage<Outcome> onItsWay = Bench.offer(store, DB_DOWN, FIVE);
            server.restart();
            assertThatThrownBy(() -> await(onItsWay)).isInstanceOf(StoreException.class);
            comesBack(store, Key.of("errors", "after"));
            assertThat(await(store.read(DB_DOWN))).isEmpty();
        }
    }

    @Test
    @DisplayName("a server that is full answers whoever reads, and is away until it has room again")
    void isAwayWhileItIsFull() {
        isAwayBetween(List.of("CONFIG", "SET", "maxmemory", "1mb"), List.of("CONFIG", "SET", "maxmemory", "0"));
    }

    @Test
    @DisplayName("a server that became a replica answers whoever reads, and is away until it is a master again")
    void isAwayWhileItIsAReplica() {
        isAwayBetween(List.of("REPLICAOF", "127.0.0.1", "1"), List.of("REPLICAOF", "NO", "ONE"));
    }

    private void isAwayBetween(List<String> trouble, List<String> end) {
        try (RedisServer server = RedisServer.start();
                RedisStore redis = RedisStore.open(server.url(), settings);
                OutageDoctrine store = OutageDoctrine.around(redis, OutageDoctrine.Settings.STANDARD)) {
            decide(store, DB_DOWN, FIVE);
            server.ask(trouble.toArray(String[]::new));
            assertThat(decide(store, DB_DOWN, FIVE)).isInstanceOf(Answer.Passed.class);
            await().atMost(BACK_WITHIN).until(() -> store.outage().isPresent());
            assertThat(await(redis.read(DB_DOWN))).as("it still answers").isPresent();

            server.ask(end.toArray(String[]::new));
            await().atMost(BACK_WITHIN).until(() -> store.outage().isEmpty());
            assertThat(await(redis.read(DB_DOWN)).orElseThrow().done()).isEqualTo(2);
            assertThat(store.figures().owed()).isZero();
        }
    }

    @Test
    void hasABoundedNumberOfCommandsWaiting() {
        RedisSettings few = new RedisSettings(
                settings.prefix(), Duration.ofSeconds(30), settings.connectTimeout(), 100, true, 0, settings.trusted());
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.open(server.url(), few)) {
            server.pause();
            List<CompletionStage<Outcome>> asked = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                asked.add(Bench.offer(store, DB_DOWN, FIVE));
            }
            assertThat(asked)
                    .filteredOn(it -> it.toCompletableFuture().isCompletedExceptionally())
                    .hasSizeGreaterThanOrEqualTo(100);
            server.resume();
            assertThat(await(asked.get(0)).answer()).isInstanceOf(Answer.Granted.class);
        }
    }

    @Test
    @DisplayName("a connection that says nothing any more is given up, and its listener told")
    void givesUpAConnectionThatIsSilent() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        try (RedisServer server = RedisServer.start();
                Proxy proxy = Proxy.to(server.port());
                RedisStore store = RedisStore.open("redis://127.0.0.1:" + proxy.port(), settings)) {
            store.listen(listener(lost));
            decide(store, DB_DOWN, FIVE);
            proxy.pause();
            assertFailsSoon(store, DB_DOWN);
            assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
            proxy.resume();
            comesBack(store, DB_DOWN);
        }
    }

    private static Store.Listener listener(CountDownLatch lost) {
        return new Store.Listener() {
            @Override
            public void rearmed(Key key) {}

            @Override
            public void disconnected() {
                lost.countDown();
            }
        };
    }

    @Test
    @DisplayName("a pass that too few replicas have is not handed out")
    void doesNotHandOutAPassThatNoReplicaHas() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.open(server.url(), settings.withReplicas(1))) {
            assertThatThrownBy(() -> claim(store, DB_DOWN, JOB))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("0 replicas of the 1");
            assertThat(await(Bench.offer(store, DB_DOWN, JOB)).answer()).isInstanceOf(Answer.Held.class);
        }
    }

    @Test
    @DisplayName("a replica that is promoted has every pass that waited for it, and no fence goes back")
    void losesNoPassThatWaitedForTheReplicaWhenItIsPromoted() {
        RedisSettings waiting = settings.withTimeout(Duration.ofSeconds(5)).withReplicas(1);
        try (RedisSentinel sentinel = RedisSentinel.start();
                RedisStore store = RedisStore.open(sentinel.url(), waiting)) {
            Map<Key, Live> claims = new HashMap<>();
            for (int i = 0; i < 50; i++) {
                Key key = Key.of("jobs", "job-" + i);
                claims.put(key, claim(store, key, JOB));
            }
            sentinel.master().kill();
            RedisSettings alone = settings.withReplicas(0);
            await().atMost(BACK_WITHIN)
                    .ignoreExceptionsInstanceOf(StoreException.class)
                    .until(() -> await(store.read(Key.of("jobs", "job-0"))).isPresent());
            try (RedisStore after = RedisStore.open(sentinel.url(), alone)) {
                claims.forEach((key, claim) -> {
                    assertThat(await(Bench.offer(after, key, JOB)).answer()).isInstanceOf(Answer.Held.class);
                    Event complete = new Event.Complete(claim.fence(), claim.nonce());
                    assertThat(await(after.apply(new Command(key, JOB, complete)))
                                    .answer())
                            .isInstanceOf(Answer.Ok.class);
                    assertThat(claim(after, key, JOB).fence()).isGreaterThan(claim.fence());
                });
            }
        }
    }

    @Test
    @DisplayName("a master of a cluster is killed: its keys come back on the replica, those of others never went away")
    void goesOnWhenAMasterOfAClusterIsKilled() {
        RedisSettings waiting = settings.withTimeout(Duration.ofSeconds(5)).withReplicas(1);
        try (RedisCluster cluster = RedisCluster.start();
                RedisStore store = RedisStore.open(cluster.url(), waiting)) {
            Map<Key, Live> claims = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                Key key = Key.of("jobs", "job-" + i);
                claims.put(key, claim(store, key, JOB));
            }
            cluster.nodes().get(0).kill();
            claims.keySet()
                    .forEach(key -> await().atMost(BACK_WITHIN)
                            .ignoreExceptionsInstanceOf(StoreException.class)
                            .until(() -> await(store.read(key)).isPresent()));
            try (RedisStore other = backAfterFailover(cluster)) {
                claims.forEach((key, claim) -> {
                    assertThat(await(other.read(key)).map(State::live)).contains(List.of(claim));
                    Event complete = new Event.Complete(claim.fence(), claim.nonce());
                    assertThat(await(other.apply(new Command(key, JOB, complete)))
                                    .answer())
                            .isInstanceOf(Answer.Ok.class);
                    assertThat(claim(other, key, JOB).fence()).isGreaterThan(claim.fence());
                });
            }
        }
    }

    private RedisStore backAfterFailover(RedisCluster cluster) {
        return await().atMost(BACK_WITHIN)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> RedisStore.open(cluster.url(), settings), store -> true);
    }
}
