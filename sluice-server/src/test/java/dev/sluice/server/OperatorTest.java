package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator is told of, by a whole server with real sinks, on a clock that is moved by hand. */
class OperatorTest {
    private static final String FLOWS = """
            operator: {channels: [%s], allow: 3 per 1h}
            channels:
              hook: {type: webhook, url: "http://127.0.0.1:%d/", connect-timeout: 1s, timeout: 2s}
              nobody: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org}
            flows:
              orders: {allow: 50 per 1h, channels: [hook]}
              mails: {allow: 50 per 1h, channels: [nobody]}
            """;

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-14T18:00:00Z");
    private Optional<HttpServer> sink = Optional.empty();
    private int port;

    @BeforeEach
    void freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stopSink() {
        sink.ifPresent(each -> each.stop(0));
    }

    @Test
    void anOutageIsToldOnceAndSoIsItsEnd() throws Exception {
        try (Server server = start("inbox")) {
            send(server, "orders", "one");
            send(server, "orders", "two");
            pass(server, Duration.ofSeconds(59));
            assertThat(notices(server)).isEmpty();
            pass(server, Duration.ofHours(2));
            assertThat(notices(server)).singleElement().satisfies(notice -> {
                assertThat(notice.path("title").textValue()).isEqualTo("Channel hook cannot be reached");
                assertThat(notice.path("message").textValue())
                        .contains("Down since 2026-01-14T18:00:00Z", ": no connection", "2 deliveries wait");
            });

            startSink();
            pass(server, Duration.ofMinutes(5));
            assertThat(notices(server)).hasSize(2);
            assertThat(notices(server).get(0).path("title").textValue()).isEqualTo("Channel hook can be reached again");
            assertThat(notices(server).get(0).path("message").textValue()).contains("0 deliveries still wait");

            stopSink();
            send(server, "orders", "three");
            pass(server, Duration.ofMinutes(5));
            assertThat(notices(server)).hasSize(3);
        }
    }

    @Test
    void anOutageThatOutlivesTheServerIsToldOnceAndSoIsItsEnd() throws Exception {
        try (Server server = start("inbox")) {
            send(server, "orders", "one");
            pass(server, Duration.ofMinutes(2));
            assertThat(notices(server)).hasSize(1);
        }
        try (Server server = start("inbox")) {
            pass(server, Duration.ofMinutes(3));
            assertThat(notices(server)).hasSize(1);
            startSink();
            pass(server, Duration.ofMinutes(3));
            assertThat(notices(server)).hasSize(2);
        }
    }

    @Test
    void anOutageThatOnlyNoticesWaitForGivesNoNotice() throws Exception {
        try (Server server = start("hook")) {
            send(server, "mails", "nobody");
            pass(server, Duration.ofMinutes(10));
            assertThat(notices(server))
                    .singleElement()
                    .satisfies(notice ->
                            assertThat(notice.path("title").textValue()).contains("could not be delivered"));

            now = now.plus(Duration.ofHours(25));
            pass(server, Duration.ofMinutes(2));
            assertThat(notices(server)).hasSize(1);
            assertThat(notices(server).get(0).path("state").textValue()).isEqualTo("dead");
        }
    }

    @Test
    void aMessageThatHasNobodyToGoToIsToldWithTheReason() throws Exception {
        try (Server server = start("inbox")) {
            send(server, "mails", "a");
            server.tick();
            assertThat(notices(server))
                    .singleElement()
                    .satisfies(notice -> assertThat(notice.path("message").textValue())
                            .contains("neither the occurrence nor the channel names a recipient"));
        }
    }

    @Test
    void noticesAreBoundedByTheirRuleAndTheRestIsToldInADigest() throws Exception {
        try (Server server = start("inbox")) {
            for (int i = 0; i < 10; i++) {
                send(server, "mails", "subject " + i);
            }
            server.tick();
            assertThat(notices(server)).hasSize(3);
            pass(server, Duration.ofMinutes(61));
            assertThat(notices(server)).hasSize(4);
            assertThat(notices(server).get(0).path("kind").textValue()).isEqualTo("digest");
            assertThat(notices(server).get(0).path("held").intValue()).isEqualTo(7);
        }
    }

    @Test
    void aFlowThatLeftTheConfigurationAndStillOwesSomethingIsToldOnce() throws Exception {
        try (Server server = start("inbox")) {
            send(server, "orders", "one");
        }
        String without = FLOWS.replaceAll("(?m)^  orders:.*\n", "");
        for (int i = 0; i < 2; i++) {
            try (Server server = start("inbox", without)) {
                server.tick();
                assertThat(notices(server)).singleElement().satisfies(notice -> {
                    assertThat(notice.path("title").textValue()).startsWith("Flow orders is not configured any more");
                    assertThat(notice.path("message").textValue()).startsWith("1 occurrences pending");
                });
            }
        }
    }

    @Test
    void aStateThatCannotBeReadIsToldOnce() throws Exception {
        try (Server server = start("inbox")) {
            send(server, "orders", "one");
        }
        damage();
        try (Server server = start("inbox")) {
            assertThat(post(server, "orders", "one").statusCode()).isEqualTo(503);
            assertThat(post(server, "orders", "one").statusCode()).isEqualTo(503);
            server.tick();
            server.tick();
            assertThat(notices(server)).singleElement().satisfies(notice -> {
                assertThat(notice.path("title").textValue()).isEqualTo("The stored state of a key cannot be read");
                assertThat(notice.path("message").textValue()).contains("orders:one", "damaged");
            });
            assertThat(post(server, "orders", "two").statusCode()).isEqualTo(200);
        }
    }

    private void damage() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sluice.db"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("update sluice_key set state = x'01ff' where key like 'orders%'"))
                    .isEqualTo(1);
        }
    }

    private Server start(String operator) throws IOException, ConfigException {
        return start(operator, FLOWS);
    }

    private Server start(String operator, String yaml) throws IOException, ConfigException {
        Path file = directory.resolve("sluice.yaml");
        Files.writeString(file, yaml.formatted(operator, port, port));
        ServerConfig config =
                new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory), Optional.of("0")).read();
        return Server.start(config.ticking(Duration.ZERO), () -> now);
    }

    private void startSink() throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        started.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        started.start();
        sink = Optional.of(started);
    }

    /** In steps of the longest rest of a channel. */
    private void pass(Server server, Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            Instant next = now.plusSeconds(60);
            now = next.isAfter(end) ? end : next;
            server.tick();
        }
    }

    private static void send(Server server, String flow, String subject) throws Exception {
        assertThat(post(server, flow, subject).statusCode()).isEqualTo(200);
        server.tick();
    }

    private static java.net.http.HttpResponse<String> post(Server server, String flow, String subject)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"subject\": \"" + subject + "\", \"title\": \"t\", \"message\": \"m\"}"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    /** The newest first. */
    private static List<JsonNode> notices(Server server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/messages?flow=operator"))
                .build();
        String body = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        List<JsonNode> notices = new ArrayList<>();
        new ObjectMapper().readTree(body).path("messages").forEach(notices::add);
        return notices;
    }
}
