package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.StoreException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts, put together. */
class ServerTest {
    private static final String ERROR =
            "{\"fields\": {\"processor\": \"P\", \"error_type\": \"T\"}, \"title\": \"t\", \"message\": \"m\"}";

    @TempDir
    Path directory;

    @Test
    void tenErrorsWithoutAnyConfigurationAreFiveMessagesAndFiveHeld() throws Exception {
        try (Server server = start()) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                words.add(post(server).replaceAll("(?s).*\"decision\":\\s*\"([a-z]*)\".*", "$1"));
            }
            assertThat(String.join(" ", words))
                    .isEqualTo("pass pass summary pass pass suppress suppress suppress suppress suppress");
            assertThat(get(server, "v1/messages")).contains("\"subject\":\"p/t/m\"");
        }
    }

    @Test
    void whatWasDecidedIsStillKnownAfterARestart() throws Exception {
        try (Server server = start()) {
            for (int i = 0; i < 5; i++) {
                post(server);
            }
        }
        try (Server server = start()) {
            assertThat(post(server)).contains("\"suppress\"");
        }
    }

    @Test
    void aSecondServerOnTheSameDataIsRefusedAndTheFirstGoesOn() throws Exception {
        try (Server server = start()) {
            assertThatThrownBy(this::start).isInstanceOf(StoreException.class);
            assertThat(post(server)).contains("\"pass\"");
        }
    }

    @Test
    void aPortInUseIsToldAndTheStoreIsFreeAgain() {
        Path other = directory.resolve("other");
        try (Server server = start()) {
            ServerConfig taken = config(other).withHttp(config(other).http().withPort(server.port()));
            assertThatThrownBy(() -> Server.start(taken))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + server.port());
        }
        try (Server server = Server.start(config(other))) {
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void aClosedServerListensNoMoreAndMayBeClosedAgain() {
        Server server = start();
        server.close();
        server.close();
        assertThatThrownBy(() -> get(server, "health/live")).isInstanceOf(ConnectException.class);
    }

    @Test
    void theOperatorIsToldOfAMessageThatWasGivenUpOnceEvenAcrossARestart() throws Exception {
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", exchange -> {
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
        });
        refusing.start();
        Map<String, String> environment = Map.of(
                "SLUICE_CHANNELS",
                "{hook: {type: webhook, url: 'http://127.0.0.1:%d/'}}"
                        .formatted(refusing.getAddress().getPort()),
                "SLUICE_FLOWS_ERRORS_CHANNELS",
                "hook");
        ServerConfig config =
                new ConfigReader(Optional.empty(), environment, Optional.of(directory), Optional.of("0")).read();
        try {
            try (Server server = Server.start(config)) {
                post(server);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> get(server, "v1/messages"), all -> all.contains("\"flow\":\"operator\""));
                assertThat(get(server, "v1/messages"))
                        .contains("Message 1 of flow errors could not be delivered", "400");
            }
            try (Server server = Server.start(config)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> get(server, "metrics"), ServerTest::operatorHasARepetition);
                assertThat(get(server, "v1/messages").split("could not be delivered", -1))
                        .hasSize(2);
            }
        } finally {
            refusing.stop(0);
        }
    }

    @Test
    void aServerOnAClockOfTheCallerTellsWhatIsDueWhenItIsTicked() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-14T18:00:00Z"));
        try (Server server = Server.start(config(directory).ticking(Duration.ZERO), now::get)) {
            for (int i = 0; i < 10; i++) {
                post(server);
                server.tick();
            }
            assertThat(get(server, "v1/messages"))
                    .contains("2026-01-14T18:00:00")
                    .doesNotContain("\"digest\"");

            now.set(Instant.parse("2026-01-14T19:00:00Z"));
            assertThat(server.tick()).isPositive();
            assertThat(server.tick()).isZero();
            assertThat(get(server, "v1/messages"))
                    .contains("\"digest\"", "\"held\":5", "2026-01-14T19:00:00")
                    .doesNotContain("\"waiting\"");
        }
    }

    private static boolean operatorHasARepetition(String metrics) {
        return metrics.lines()
                .anyMatch(line ->
                        line.contains("\"repeated\"") && line.contains("\"operator\"") && line.endsWith(" 1.0"));
    }

    private Server start() {
        return Server.start(config(directory));
    }

    private static ServerConfig config(Path data) {
        ServerConfig config = ServerConfig.standard(data);
        return config.withHttp(config.http().withPort(0));
    }

    private static String post(Server server) throws IOException, InterruptedException {
        URI uri = server.address().resolve("v1/flows/errors/occurrences");
        return send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(ERROR))
                .build());
    }

    private static String get(Server server, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.address().resolve(path)).build());
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
