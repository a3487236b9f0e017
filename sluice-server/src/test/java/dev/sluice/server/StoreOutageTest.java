package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers over one Redis and one PostgreSQL; one of them loses its way to the Redis. */
class StoreOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String YAML = """
            store: redis://127.0.0.1:%d
            database: %s
            redis: {prefix: "%s"}
            outbox: {tick: 20ms}
            operator: {channels: [inbox]}
            flows:
              margin-call: {allow: once per 3h, channels: [inbox], answer-within: 500ms}
              orders: {allow: once per 3h, channels: [inbox], on-outage: open, answer-within: 500ms}
              import: {allow: exclusive, answer-within: 500ms}
            """;

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private Database database;
    private Proxy line;
    private Server cut;
    private Server other;

    @BeforeEach
    void startServers() throws Exception {
        database = PostgresServer.shared().lend();
        line = Proxy.to(RedisServer.shared().port());
        String prefix = "outage-" + directory.getFileName();
        cut = start("cut", line.port(), prefix);
        other = start("other", RedisServer.shared().port(), prefix);
    }

    @AfterEach
    void stopServers() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
        line.close();
        PostgresServer.shared()
                .giveBack(database, Set.of("sluice_schema", "sluice_fence_floor", "sluice_probe", "sluice_database"));
    }

    private Server start(String name, int redis, String prefix) throws Exception {
        Path file = directory.resolve(name + ".yaml");
        Files.writeString(file, YAML.formatted(redis, database.url(), prefix));
        Server server =
                Server.start(new ConfigReader(Optional.of(file), Map.of(), Optional.empty(), Optional.of("0")).read());
        parts.add(server);
        return server;
    }

    private HttpResponse<String> post(Server server, String flow, String subject) {
        return send(HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"subject\":\"" + subject + "\",\"title\":\"t\"}"))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private String get(Server server, String path) {
        return send(HttpRequest.newBuilder(server.address().resolve(path)).build())
                .body();
    }

    private String decide(Server server, String flow, String subject) throws IOException {
        HttpResponse<String> response = post(server, flow, subject);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.body());
        return answer.path("decision").textValue() + " " + answer.path("reason").textValue();
    }

    private List<String> notices() throws IOException {
        List<String> titles = new ArrayList<>();
        for (JsonNode message :
                JSON.readTree(get(other, "v1/messages?flow=operator")).path("messages")) {
            titles.add(message.path("title").textValue());
        }
        return titles;
    }

    private void partitioned(Consumer<Proxy> trouble) throws Exception {
        assertThat(decide(cut, "margin-call", "known")).isEqualTo("pass allowed");
        trouble.accept(line);
        long begin = System.nanoTime();
        assertThat(decide(cut, "margin-call", "new")).isEqualTo("pass local");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> get(cut, "health/ready").contains("degraded"));
        for (int i = 0; i < 25; i++) {
            assertThat(decide(cut, "margin-call", "new")).isEqualTo("suppress limit");
        }
        assertThat(decide(cut, "orders", "o")).isEqualTo("pass open");
        assertThat(decide(cut, "orders", "o")).isEqualTo("pass open");
        HttpResponse<String> closed = post(cut, "import", "job");
        assertThat(closed.statusCode()).isEqualTo(503);
        assertThat(closed.headers().firstValue("Retry-After")).isPresent();
        assertThat(get(cut, "metrics")).contains("sluice_degraded 1");
        assertThat(decide(other, "margin-call", "new")).as("one for each node").isEqualTo("pass allowed");
        assertThat(get(other, "health/ready")).contains("up");
        await().atMost(PATIENCE).until(() -> notices().equals(List.of("The store is away")));
    }

    private void reconciled() throws Exception {
        line.resume();
        await().atMost(PATIENCE).until(() -> get(cut, "health/ready").contains("\"up\""));
        await().atMost(PATIENCE).until(() -> notices().equals(List.of("The store is back", "The store is away")));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(other, "v1/flows/margin-call/subjects/new"))
                        .as("what passed and was held without the store")
                        .contains("\"delivered\":2")
                        // The offer that waited in the line when it broke may arrive at last, and is then held once
                        // more.
                        .containsPattern("\"held\":2[56],"));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(other, "v1/flows/orders/subjects/o")).contains("\"delivered\":2"));
        assertThat(decide(cut, "margin-call", "new")).isEqualTo("suppress limit");
        assertThat(decide(other, "margin-call", "new")).isEqualTo("suppress limit");
        assertThat(decide(other, "orders", "o")).isEqualTo("suppress limit");
        assertThat(post(cut, "import", "job").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(other, "metrics"))
                        .contains("sluice_unaccounted{flow=\"margin-call\"} 0")
                        .contains("sluice_degraded 0"));
    }

    @Test
    @DisplayName("S1.12 store partition: no flood, at most one for each node, an alarm, and reconciled afterwards")
    void aStoreThatIsSilent() throws Exception {
        partitioned(Proxy::pause);
        reconciled();
    }

    @Test
    @DisplayName("S1.12 store partition: connections are cut and refused")
    void aStoreThatIsGone() throws Exception {
        partitioned(proxy -> {
            proxy.refuse();
            proxy.cut();
        });
        reconciled();
    }
}
