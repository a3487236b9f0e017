package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.StoreException;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisServer;
import dev.sluice.testbed.SqlServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server whose real store goes away and comes back. */
@Timeout(120)
class StoreAwayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void withoutItsRedisAServerGoesOnByItselfSaysSoAndTellsItAfterwards() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Server server = Server.start(config(Map.of("SLUICE_STORE", redis.url())))) {
            assertThat(decision(post(server, "before"))).isEqualTo("pass");
            assertThat(get(server, "health/ready")).isEqualTo("{\"status\":\"up\"}");
            redis.stop();

            for (int i = 0; i < 5; i++) {
                assertThat(decision(post(server, "meanwhile"))).isIn("pass", "summary");
            }
            assertThat(decision(post(server, "meanwhile"))).isEqualTo("suppress");
            assertThat(get(server, "health/ready"))
                    .contains("\"status\":\"degraded\"", "redis://127.0.0.1:" + redis.port());
            assertThat(get(server, "metrics"))
                    .contains("sluice_degraded 1", "sluice_outage_decisions_total{decision=\"held\"} 1.0");
            awaitNotice(server, "The store is away");

            redis.restart();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(server, "health/ready")).isEqualTo("{\"status\":\"up\"}"));
            awaitNotice(server, "The store is back");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(server, "metrics")).contains("sluice_outage_owed 0"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(server, "v1/flows/errors/subjects/meanwhile"))
                            .contains("\"delivered\":5", "\"held\":1,"));
            assertThat(decision(post(server, "meanwhile"))).isEqualTo("suppress");
        }
    }

    @Test
    void whatItHeldByItselfIsCountedThoughItsRedisDiedUnnoticedRightBeforeAnOrderlyEnd() throws Exception {
        int held = 40;
        try (RedisServer redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "always")) {
            Map<String, String> environment = Map.of("SLUICE_STORE", redis.url());
            try (Server server = Server.start(config(environment))) {
                for (int i = 0; i < 5 + held; i++) {
                    assertThat(post(server, "flood").statusCode()).isEqualTo(200);
                }
                redis.kill();
            }
            redis.restart();
            try (Server server = Server.start(config(environment))) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(get(server, "metrics")).contains("sluice_posts 0"));
                assertThat(get(server, "v1/flows/errors/subjects/flood"))
                        .contains("\"delivered\":5", "\"held\":" + held + ",");
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(get(server, "metrics")).contains("sluice_unaccounted{flow=\"errors\"} 0"));
            }
        }
    }

    @Test
    void withoutItsDatabaseAServerAcceptsNothingAndGoesOnWhenItIsBack() throws Exception {
        try (PostgresServer postgres = PostgresServer.start(SqlServer.Durability.MEMORY);
                Server server = Server.start(
                        config(Map.of("SLUICE_STORE", postgres.fresh().url(), "SLUICE_SQL_TIMEOUT", "500ms")))) {
            assertThat(decision(post(server, "one"))).isEqualTo("pass");
            postgres.stop();

            HttpResponse<String> refused = post(server, "one");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).doesNotContain("secret");
            assertThat(send(server, "health/ready").statusCode()).isEqualTo(503);
            assertThat(get(server, "metrics")).contains("sluice_store_up 0");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(server, "health/ready")).contains("nothing can be stored since 2"));

            postgres.restart();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(post(server, "one").statusCode()).isEqualTo(200));
            assertThat(send(server, "health/ready").statusCode()).isEqualTo(200);
            awaitNotice(server, "The database was away");
            assertThat(get(server, "metrics")).contains("sluice_store_up 1");
        }
    }

    @Test
    void keysThatBelongToTheMessagesOfAnotherDatabaseAreLeftAlone() throws Exception {
        Map<String, String> redis = Map.of("SLUICE_STORE", RedisServer.sharedUrl(), "SLUICE_REDIS_PREFIX", "away-test");
        Server.start(config(redis)).close();
        Server.start(config(redis)).close();
        Map<String, String> elsewhere = new TreeMap<>(redis);
        elsewhere.put("SLUICE_DATABASE", "sqlite:" + directory.resolve("other.db"));
        assertThatThrownBy(() -> Server.start(config(elsewhere, Optional.empty())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("belong to the messages of another database");
    }

    @Test
    void aSecondServerThatSharesARedisAndNoDatabaseIsRefusedAndToldWhatToWrite() throws Exception {
        Map<String, String> redis = Map.of("SLUICE_STORE", RedisServer.sharedUrl(), "SLUICE_REDIS_PREFIX", "two-files");
        Path one = Files.createDirectory(directory.resolve("one"));
        Path two = Files.createDirectory(directory.resolve("two"));
        try (Server first = Server.start(config(redis, Optional.of(one)))) {
            assertThatThrownBy(() -> Server.start(config(redis, Optional.of(two))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("prefix two-files")
                    .hasMessageContaining("Give all servers of this gate one database")
                    .hasMessageContaining("delete the key two-files:~database");
            assertThat(decision(post(first, "goes on"))).isEqualTo("pass");
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsNamedWithoutItsPassword() {
        assertThatThrownBy(() -> Server.start(config(
                        Map.of(
                                "SLUICE_STORE",
                                "postgresql://gate:hunter2@127.0.0.1:1/sluice",
                                "SLUICE_SQL_TIMEOUT",
                                "500ms"),
                        Optional.empty())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageNotContaining("hunter2");
    }

    private ServerConfig config(Map<String, String> environment) throws ConfigException {
        boolean sql = environment.getOrDefault("SLUICE_STORE", "").startsWith("postgresql");
        return config(environment, sql ? Optional.empty() : Optional.of(directory));
    }

    private static ServerConfig config(Map<String, String> environment, Optional<Path> data) throws ConfigException {
        Map<String, String> all = new TreeMap<>(environment);
        all.put("SLUICE_FLOWS", "{errors: {allow: 5 per 1h, channels: [inbox]}}");
        all.put("SLUICE_OUTBOX_TICK", "50ms");
        return new ConfigReader(Optional.empty(), all, data, Optional.of("0")).read();
    }

    private void awaitNotice(Server server, String title) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(server, "v1/messages?flow=operator")).contains(title));
    }

    private static String decision(HttpResponse<String> answer) {
        return answer.body().replaceAll("(?s).*\"decision\":\"(\\w+)\".*", "$1");
    }

    private HttpResponse<String> post(Server server, String subject) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/errors/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"subject\":\"" + subject + "\",\"title\":\"t\"}"))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> send(Server server, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString());
    }

    private String get(Server server, String path) throws IOException, InterruptedException {
        return send(server, path).body();
    }
}
