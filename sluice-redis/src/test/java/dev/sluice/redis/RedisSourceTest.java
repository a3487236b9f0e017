package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Subjects that a channel announces, with the values of their hashes. */
class RedisSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NEVER = Duration.ofDays(1);

    private final Told told = new Told();

    private static RedisSource.Plan plan(Duration sweep) {
        return new RedisSource.Plan(
                "portfolio_updates",
                NameTemplate.of("<type|lower>:<id>"),
                List.of(NameTemplate.of("user_portfolio:{<type>:<id>}"), NameTemplate.of("user:{<type>:<id>}:config")),
                sweep,
                1_000);
    }

    private RedisSource open(String url, Duration sweep) {
        return RedisSource.open(url, RedisSettings.STANDARD.withTimeout(Duration.ofMillis(500)), plan(sweep), told);
    }

    /** What was told of each subject. */
    private static final class Told implements RedisSource.Sink {
        private final Map<String, Map<String, String>> values = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<String> unreadable = new ConcurrentLinkedQueue<>();
        private volatile CompletionStage<?> answer = CompletableFuture.completedStage(null);

        @Override
        public CompletionStage<?> values(String subject, Map<String, String> read) {
            values.put(subject, read);
            return answer;
        }

        @Override
        public CompletionStage<?> unreadable(String subject, String why) {
            unreadable.add(subject);
            return answer;
        }

        boolean isAt(String subject, String level) {
            return level.equals(values.getOrDefault(subject, Map.of()).get("margin_level"));
        }

        void awaitLevel(String subject, String level) {
            await().atMost(PATIENCE).until(() -> isAt(subject, level));
        }
    }

    @Test
    @DisplayName("what is announced is read from its hashes")
    void readsWhatIsAnnounced() {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect();
                RedisSource source = open(server.url(), NEVER)) {
            redis.sync().hset("user_portfolio:{live:17}", Map.of("margin_level", "80.5", "used_margin", "10"));
            redis.sync().hset("user:{live:17}:config", Map.of("email", "a@example.org", "used_margin", "shadowed"));
            redis.sync().publish("portfolio_updates", " LIVE :17");
            told.awaitLevel("live:17", "80.5");
            assertThat(told.values.get("live:17"))
                    .containsOnly(
                            Map.entry("margin_level", "80.5"),
                            Map.entry("used_margin", "10"),
                            Map.entry("email", "a@example.org"));
            redis.sync().publish("portfolio_updates", "without a colon");
            redis.sync().publish("portfolio_updates", "live:gone");
            await().atMost(PATIENCE).until(() -> told.values.containsKey("live:gone"));
            assertThat(told.values).containsOnlyKeys("live:17", "live:gone").containsEntry("live:gone", Map.of());
            assertThat(source.progress().announced()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("values can be read by whoever wants them, announced or not")
    void readsWhatIsAskedFor() {
        try (RedisServer server = RedisServer.start();
                RedisHashes hashes = RedisHashes.open(server.url(), RedisSettings.STANDARD, plan(NEVER))) {
            server.ask("HSET", "user_portfolio:{live:17}", "margin_level", "80.5");
            assertThat(hashes.values("LIVE:17").toCompletableFuture().join()).containsEntry("margin_level", "80.5");
            assertThat(hashes.values("live:18").toCompletableFuture().join()).isEmpty();
            assertThat(hashes.values("nobody").toCompletableFuture().join()).isEmpty();
        }
    }

    @Test
    @DisplayName("what cannot be read is told as such, and is not empty")
    void tellsWhatCannotBeRead() {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect();
                RedisSource source = open(server.url(), NEVER)) {
            redis.sync().set("user_portfolio:{live:17}", "no hash");
            redis.sync().publish("portfolio_updates", "live:17");
            await().atMost(PATIENCE).until(() -> told.unreadable.contains("live:17"));
            assertThat(told.values).isEmpty();
            assertThat(source.progress().announced()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("S1.13 what changed while nobody listened is found as soon as somebody listens again")
    void sweepsWhenItBegins() {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect()) {
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "80");
            redis.sync().hset("user_portfolio:odd", "margin_level", "80");
            try (RedisSource source = open(server.url(), NEVER)) {
                told.awaitLevel("live:17", "80");
                assertThat(told.values).containsOnlyKeys("live:17");
                assertThat(source.progress().announced()).isZero();
            }
        }
    }

    @Test
    @DisplayName("S1.13 what the channel lost is found by the next sweep")
    void sweepsAgainAndAgain() {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect();
                RedisSource source = open(server.url(), Duration.ofMillis(100))) {
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "80");
            told.awaitLevel("live:17", "80");
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "70");
            told.awaitLevel("live:17", "70");
            assertThat(source.progress().announced()).isZero();
        }
    }

    @Test
    @DisplayName("S1.13 a connection that hangs is found out and opened anew, and what was lost meanwhile is swept up")
    void outlivesAConnectionThatHangs() {
        try (RedisServer server = RedisServer.start();
                Proxy proxy = Proxy.to(server.port());
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect();
                RedisSource source = open("redis://127.0.0.1:" + proxy.port(), NEVER)) {
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "80");
            redis.sync().publish("portfolio_updates", "live:17");
            told.awaitLevel("live:17", "80");
            int connections = proxy.connections();
            proxy.pause();
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "70");
            redis.sync().publish("portfolio_updates", "live:17");
            await().atMost(PATIENCE).until(() -> proxy.connections() > connections);
            proxy.resume();
            told.awaitLevel("live:17", "70");
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "60");
            await().atMost(PATIENCE).until(() -> {
                redis.sync().publish("portfolio_updates", "live:17");
                return told.isAt("live:17", "60");
            });
            assertThat(source.progress().refused()).isZero();
        }
    }

    @Test
    @DisplayName("a receiver that is slow is never told of one subject twice at a time, and then of its newest values")
    void waitsForItsReceiver() {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.url());
                StatefulRedisConnection<String, String> redis = client.connect();
                RedisSource source = open(server.url(), NEVER)) {
            CompletableFuture<Void> slow = new CompletableFuture<>();
            told.answer = slow;
            redis.sync().hset("user_portfolio:{live:17}", "margin_level", "80");
            redis.sync().publish("portfolio_updates", "live:17");
            told.awaitLevel("live:17", "80");
            for (int level = 79; level > 69; level--) {
                redis.sync().hset("user_portfolio:{live:17}", "margin_level", Integer.toString(level));
                redis.sync().publish("portfolio_updates", "live:17");
            }
            await().atMost(PATIENCE).until(() -> source.progress().announced() == 11);
            assertThat(told.values.get("live:17")).containsEntry("margin_level", "80");
            slow.complete(null);
            told.awaitLevel("live:17", "70");
            await().atMost(PATIENCE).until(() -> source.progress().told() == 2);
        }
    }

    @Test
    @DisplayName("in a cluster the hashes of all nodes are read and swept")
    void readsACluster() {
        try (RedisCluster cluster = RedisCluster.start();
                RedisClusterClient client =
                        RedisClusterClient.create(cluster.url().replace("-cluster", ""));
                StatefulRedisClusterConnection<String, String> redis = client.connect()) {
            for (int i = 0; i < 50; i++) {
                redis.sync().hset("user_portfolio:{live:" + i + "}", "margin_level", "80");
            }
            try (RedisSource source = open(cluster.url(), NEVER)) {
                await().atMost(PATIENCE).until(() -> told.values.size() == 50);
                redis.sync().hset("user_portfolio:{live:7}", "margin_level", "60");
                redis.sync().publish("portfolio_updates", "live:7");
                told.awaitLevel("live:7", "60");
                assertThat(source.progress().announced()).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("a plan that could not tell whose values a sweep found is refused")
    void refusesAPlanThatCannotWork() {
        NameTemplate payload = NameTemplate.of("<type>:<id>");
        assertThatThrownBy(
                        () -> new RedisSource.Plan("c", payload, List.of(NameTemplate.of("portfolio:<id>")), NEVER, 10))
                .hasMessageContaining("lacks a part of '<type>:<id>'");
        assertThatThrownBy(() ->
                        new RedisSource.Plan("c", payload, List.of(NameTemplate.of("portfolio:<who>")), NEVER, 10))
                .hasMessageContaining("has a part that '<type>:<id>' has not");
    }
}
