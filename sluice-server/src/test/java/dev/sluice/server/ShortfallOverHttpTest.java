package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of a margin that are posted to a whole server with a real receiver, by a clock that is moved by hand. */
class ShortfallOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");

    private static final String CONFIG = """
            channels:
              desk: {type: webhook, url: "${DESK}"}
            flows:
              shortfall:
                watch:
                  value: available
                  zones: [{name: short, below: required x 1.05}]
                  unknown: {notice-after: 5, proceed: off}
                  on-recovery: {tell: on}
                allow: once until reset
                forget-after: 7d
                on-failure: {retry: {first: 1s, max: 1m, jitter: 0%, attempts: 20}, give-up: 1d}
                channels: [desk]
              reminded:
                watch:
                  value: available
                  zones: [{name: short, below: required x 1.05}]
                allow: once per 1h
                on-failure: {retry: {first: 1s, max: 1m, jitter: 0%, attempts: 20}, give-up: 1d}
                channels: [desk]
            """;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<JsonNode> desk = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private HttpServer sink;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                JsonNode body = JSON.readTree(exchange.getRequestBody());
                boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                if (!fails) {
                    desk.add(body);
                }
                exchange.sendResponseHeaders(fails ? 503 : 204, -1);
            }
        });
        sink.start();
        Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        serve();
    }

    private void serve() throws Exception {
        ConfigReader reader = new ConfigReader(
                Optional.of(directory.resolve("sluice.yaml")),
                Map.of("DESK", "http://127.0.0.1:" + sink.getAddress().getPort() + "/"),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    @AfterEach
    void stop() {
        server.close();
        sink.stop(0);
    }

    private HttpRequest check(String flow, String subject, String available) {
        return HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/levels"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"subject\":\"" + subject + "\",\"available\":" + available + ",\"required\":100}"))
                .build();
    }

    private JsonNode checked(String flow, String subject, String available) throws IOException, InterruptedException {
        JsonNode answer = JSON.readTree(client.send(check(flow, subject, available), BodyHandlers.ofString())
                .body());
        server.tick();
        return answer;
    }

    private String decision(String subject, String available) throws IOException, InterruptedException {
        return checked("shortfall", subject, available).path("decision").asText();
    }

    private void at(long seconds) {
        clock.set(BEGIN.plusSeconds(seconds));
        server.tick();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body());
    }

    private List<String> told() {
        return desk.stream()
                .map(message -> message.path("kind").asText() + " "
                        + message.path("subject").asText())
                .toList();
    }

    @Test
    @DisplayName("S2.4 a durable store survives a restart without telling again")
    void aRestartTellsNothingAgain() throws Exception {
        assertThat(decision("BTC", "50")).isEqualTo("pass");
        at(100);
        server.close();
        serve();
        at(120);
        assertThat(decision("BTC", "50")).isEqualTo("suppress");
        assertThat(told()).containsExactly("pass BTC");
    }

    @Test
    @DisplayName("S2.5 a shortage that goes on is told at 0, and again at exactly 3600 and 7200 s")
    void reminders() throws Exception {
        for (int second : List.of(0, 1800, 3599, 3600, 5400, 7199, 7200)) {
            at(second);
            checked("reminded", "BTC", "50");
        }
        assertThat(desk)
                .extracting(message -> message.path("at").asText())
                .containsExactly("2026-01-14T09:00:00Z", "2026-01-14T10:00:00Z", "2026-01-14T11:00:00Z");
    }

    @Test
    @DisplayName("S2.6 the history says since when, how often, how many held, when told and when over")
    void history() throws Exception {
        for (int minute = 0; minute < 5; minute++) {
            at(60L * minute);
            checked("shortfall", "BTC", "50");
        }
        at(300);
        checked("shortfall", "BTC", "200");
        at(302);
        JsonNode episode = get("v1/flows/shortfall/episodes?subject=BTC").at("/episodes/0");
        assertThat(episode.path("openedAt").asText()).isEqualTo("2026-01-14T09:00:00Z");
        assertThat(episode.path("lastSeen").asText()).isEqualTo("2026-01-14T09:04:00Z");
        assertThat(episode.path("checks").asInt()).isEqualTo(5);
        assertThat(episode.path("held").asInt()).isEqualTo(4);
        assertThat(episode.path("notifiedAt").asText()).startsWith("2026-01-14T09:00:00");
        assertThat(episode.path("closedAt").asText()).isEqualTo("2026-01-14T09:05:00Z");
    }

    @Test
    @DisplayName(
            "S2.7 a receiver fails ten times and then works: one message, with back-off, and not taken for told before")
    void theSinkFailsTenTimes() throws Exception {
        failures.set(10);
        assertThat(decision("BTC", "50")).isEqualTo("pass");
        assertThat(get("v1/flows/shortfall/episodes?subject=BTC")
                        .at("/episodes/0/notifiedAt")
                        .asText(""))
                .isIn("", "null");
        for (int second = 1; failures.get() > 0; second++) {
            assertThat(desk).isEmpty();
            assertThat(second).as("it goes on trying").isLessThan(3600);
            at(second);
        }
        for (int second = 0; second < 120; second++) {
            at(600 + second);
        }
        assertThat(told()).containsExactly("pass BTC");
    }

    @Test
    @DisplayName("S2.8 ten checks at the same time are one message")
    void tenAtOnce() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 10)
                .mapToObj(i -> client.sendAsync(check("shortfall", "BTC", "50"), BodyHandlers.ofString()))
                .toList();
        int passes = 0;
        for (CompletableFuture<HttpResponse<String>> one : all) {
            passes += JSON.readTree(one.get().body()).path("decision").asText().equals("pass") ? 1 : 0;
        }
        at(1);
        assertThat(passes).isEqualTo(1);
        assertThat(told()).containsExactly("pass BTC");
    }

    @Test
    @DisplayName("S2.11 A and B short are both told in one pass, and B's recovery while A is short is recorded")
    void bothAreTold() throws Exception {
        decision("A", "50");
        decision("B", "50");
        at(60);
        decision("A", "50");
        decision("B", "200");
        at(120);
        assertThat(decision("B", "50")).isEqualTo("pass");
        assertThat(told()).containsExactly("pass A", "pass B", "resolved B", "pass B");
        assertThat(get("v1/flows/shortfall/episodes?state=open").path("episodes"))
                .hasSize(2);
    }

    @Test
    @DisplayName(
            "S2.12 a balance of None, NaN or an error is no message, no reset and no leave to go on; the operator hears after 5")
    void whatIsNotKnown() throws Exception {
        decision("BTC", "50");
        for (String balance : List.of("null", "\"NaN\"", "\"\"", "\"timeout\"", "null")) {
            JsonNode answer = checked("shortfall", "BTC", balance);
            assertThat(answer.path("zone").asText()).isEqualTo("unknown");
            assertThat(answer.path("proceed").asBoolean(true)).isFalse();
        }
        at(60);
        assertThat(decision("BTC", "50")).isEqualTo("suppress");
        assertThat(told()).containsExactly("pass BTC");
        assertThat(get("v1/messages?flow=operator").path("messages")).hasSize(1);
    }

    @Test
    @DisplayName(
            "S2.13 idle for 7 days is over; an undelivered message is withdrawn when it is over first; who was told hears how long it was")
    void whatEnds() throws Exception {
        decision("IDLE", "50");
        failures.set(1);
        decision("EARLY", "50");
        assertThat(decision("EARLY", "200")).isNotEqualTo("pass");
        decision("TOLD", "50");
        at(7_800);
        decision("TOLD", "50");
        decision("TOLD", "200");
        assertThat(told()).containsExactly("pass IDLE", "pass TOLD", "resolved TOLD");
        assertThat(desk.get(2).path("title").asText()
                        + desk.get(2).path("message").asText())
                .contains("2 h 10 m");
        at(Duration.ofDays(7).toSeconds() + 120);
        assertThat(decision("IDLE", "50")).isEqualTo("pass");
        assertThat(get("v1/messages?flow=shortfall&state=withdrawn").path("messages"))
                .hasSize(1);
    }
}
