package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.Key;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.RedisCluster;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server over a real cluster of three masters, of which one is killed and nobody takes its place. */
class StorePartOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SLOTS = 16_384;
    private static final int HELD = 25;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String YAML = """
            store: %s
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
    private RedisCluster cluster;
    private Server server;

    @BeforeEach
    void startServer() throws Exception {
        cluster = RedisCluster.startWithoutReplicas();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), YAML.formatted(cluster.url()));
        server = Server.start(
                new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory), Optional.of("0")).read());
    }

    @AfterEach
    void stopServer() {
        server.close();
        cluster.close();
    }

    /** A subject of the flow whose key lies on the master. */
    private String on(int master, String flow) {
        return IntStream.iterate(0, next -> next + 1)
                .mapToObj(next -> "subject-" + next)
                .filter(subject -> slot(Key.of(flow, subject)) * 3 / SLOTS == master)
                .findFirst()
                .orElseThrow();
    }

    private int slot(Key key) {
        String reply = cluster.nodes().get(0).ask("CLUSTER", "KEYSLOT", "{" + key.shard() + "}");
        return Integer.parseInt(reply.replaceAll("\\D", ""));
    }

    private HttpResponse<String> post(String flow, String subject) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"subject\":\"" + subject + "\",\"title\":\"t\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private String decide(String flow, String subject) throws Exception {
        HttpResponse<String> response = post(flow, subject);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.body());
        return answer.path("decision").textValue() + " " + answer.path("reason").textValue();
    }

    private String get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private List<String> notices() throws Exception {
        List<String> titles = new ArrayList<>();
        for (JsonNode message : JSON.readTree(get("v1/messages?flow=operator")).path("messages")) {
            titles.add(message.path("title").textValue());
        }
        return titles;
    }

    @Test
    @DisplayName("a part of a cluster is away: its keys as declared, others as ever, one notice, and reconciled")
    void aMasterIsKilledAndComesBack() throws Exception {
        String lost = on(1, "margin-call");
        cluster.nodes().get(1).kill();
        lostKeysGoAsDeclared(lost);
        othersAreDecidedByTheStore(0);
        othersAreDecidedByTheStore(2);
        await().atMost(PATIENCE).until(() -> notices().equals(List.of("A part of the store is away")));
        assertThat(get("health/ready")).contains("A part of redis-cluster://");
        assertThat(get("metrics")).contains("sluice_degraded 1");

        cluster.nodes().get(1).restart();
        await().atMost(PATIENCE).until(() -> get("health/ready").contains("\"up\""));
        isReconciled(lost);
    }

    private void lostKeysGoAsDeclared(String lost) throws Exception {
        assertThat(decide("margin-call", lost)).isEqualTo("pass local");
        await().atMost(PATIENCE).until(() -> get("health/ready").contains("degraded"));
        for (int i = 0; i < HELD; i++) {
            assertThat(decide("margin-call", lost)).isEqualTo("suppress limit");
        }
        String order = on(1, "orders");
        assertThat(decide("orders", order)).isEqualTo("pass open");
        assertThat(decide("orders", order)).isEqualTo("pass open");
        HttpResponse<String> closed = post("import", on(1, "import"));
        assertThat(closed.statusCode()).isEqualTo(503);
        assertThat(closed.headers().firstValue("Retry-After")).isPresent();
    }

    private void othersAreDecidedByTheStore(int master) throws Exception {
        for (String flow : List.of("margin-call", "orders")) {
            assertThat(decide(flow, on(master, flow))).isEqualTo("pass allowed");
            assertThat(decide(flow, on(master, flow)))
                    .as("its message may still be on its way")
                    .isIn("suppress limit", "suppress in-flight");
        }
        assertThat(decide("import", on(master, "import"))).isEqualTo("pass allowed");
    }

    private void isReconciled(String lost) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> notices().equals(List.of("The store is back", "A part of the store is away")));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get("metrics"))
                        .contains("sluice_posts 0", "sluice_outage_owed 0", "sluice_degraded 0"));
        assertThat(get("v1/flows/margin-call/subjects/" + lost)).contains("\"delivered\":1", "\"held\":" + HELD + ",");
        assertThat(get("v1/flows/orders/subjects/" + on(1, "orders"))).contains("\"delivered\":2");
        assertThat(decide("margin-call", lost)).isEqualTo("suppress limit");
        assertThat(decide("orders", on(1, "orders"))).isEqualTo("suppress limit");
        assertThat(decide("import", on(1, "import"))).isEqualTo("pass allowed");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get("metrics"))
                        .contains(
                                "sluice_unaccounted{flow=\"margin-call\"} 0", "sluice_unaccounted{flow=\"orders\"} 0"));
    }
}
