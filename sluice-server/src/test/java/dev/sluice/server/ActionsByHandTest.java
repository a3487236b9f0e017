package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does about actions, over HTTP, at a broker that refuses them. */
class ActionsByHandTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final String CONFIG = """
            actions:
              liquidate: {url: "${BROKER}", retry: {first: 1h, max: 2h, attempts: 2}}
            flows:
              margin-call:
                watch: {value: level, zones: [{name: act, below: 50, action: liquidate, stop: 100}]}
                allow: once per 3h
                channels: []
            """;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger status = new AtomicInteger(503);
    private final AtomicInteger steps = new AtomicInteger();
    private HttpServer broker;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        broker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        broker.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                steps.incrementAndGet();
                exchange.sendResponseHeaders(status.get(), -1);
            }
        });
        broker.start();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        String url = "http://127.0.0.1:" + broker.getAddress().getPort() + "/";
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of("BROKER", url),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    @AfterEach
    void stop() {
        server.close();
        broker.stop(0);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body());
    }

    private void falls() throws IOException, InterruptedException {
        assertThat(post("v1/flows/margin-call/levels", "{\"subject\":\"live:42\",\"level\":40}")
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> order(String what) throws IOException, InterruptedException {
        return post("v1/actions/liquidate/live:42/" + what, "{}");
    }

    private JsonNode awaitState(String state) {
        await().atMost(PATIENCE).until(() -> {
            server.tick();
            return action().path("state").asText().equals(state);
        });
        try {
            return action();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode action() throws IOException, InterruptedException {
        return get("v1/actions").path("actions").path(0);
    }

    @Test
    void whatRestsIsTriedNowAndWhatIsDeadHasAllItsAttemptsAgain() throws Exception {
        falls();
        JsonNode resting = awaitState("resting");
        assertThat(resting.path("action").asText()).isEqualTo("liquidate");
        assertThat(resting.path("flow").asText()).isEqualTo("margin-call");
        assertThat(resting.path("zone").asText()).isEqualTo("act");
        assertThat(resting.path("subject").asText()).isEqualTo("live:42");
        assertThat(resting.at("/failure/reason").asText()).contains("status 503");
        assertThat(order("retry").statusCode()).isEqualTo(200);
        assertThat(awaitState("dead").path("next").isNull()).isTrue();
        assertThat(steps).hasValue(2);

        status.set(204);
        assertThat(order("retry").body()).contains("tried again now");
        await().atMost(PATIENCE).until(() -> {
            server.tick();
            return get("v1/actions").path("actions").isEmpty();
        });
        assertThat(steps).hasValue(3);
        assertThat(get("v1/ledger?subject=live:42&kind=action").toString())
                .contains("action liquidate: tried again now by api", "attempt 1: done after 1 steps");
    }

    @Test
    void whatIsGivenUpIsTriedByNobodyUntilALevelComesAfterItsLongestRest() throws Exception {
        falls();
        awaitState("resting");
        assertThat(order("give-up").statusCode()).isEqualTo(200);
        assertThat(awaitState("dead").at("/failure/reason").asText()).isEqualTo("given up by api");
        assertThat(order("give-up").statusCode()).as("again").isEqualTo(200);
        clock.set(BEGIN.plus(Duration.ofMinutes(119)));
        falls();
        server.tick();
        assertThat(steps).hasValue(1);
        assertThat(awaitState("dead").path("attempt").asInt()).isEqualTo(2);
        assertThat(get("v1/ledger?subject=live:42&kind=action").toString())
                .contains("action liquidate: given up by api");
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        assertThat(order("retry").statusCode()).isEqualTo(404);
        assertThat(post("v1/actions/unknown/live:42/give-up", "{}").statusCode())
                .isEqualTo(404);
        assertThat(get("v1/actions").path("actions")).isEmpty();
    }
}
