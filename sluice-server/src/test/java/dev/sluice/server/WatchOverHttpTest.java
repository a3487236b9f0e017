package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Levels that are posted to a whole server, by a clock that is moved by hand. */
class WatchOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");

    private static final String CONFIG = """
            channels:
              desk: {type: webhook, url: "${DESK}"}
            actions:
              liquidate: {url: "${SINK}", lease: 30s, pause: 300ms, retry: {first: 1s, max: 10s, attempts: 3}}
            flows:
              margin-call:
                watch:
                  value: margin_level
                  zones:
                    - {name: act, below: 50, action: liquidate, stop: 100}
                    - name: alert
                      below: 100
                      title: 'Margin Alert: Level {{data.level}}% below {{data.threshold}}%'
                      message: 'Account {{data.account}} is at {{data.level}}%.'
                    - {name: safe}
                  flat: used_margin
                  unknown: {notice-after: 3}
                allow: once per 3h
                on-reset: ignore
                channels: [inbox]
              margin-shortfall:
                watch:
                  value: available
                  zones: [{name: short, below: required x 1.05}]
                  unknown: {notice-after: 5, proceed: off}
                  on-recovery: {tell: on}
                group: {by: exchange}
                allow: once until reset
                forget-after: 7d
                channels: [desk]
            """;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<JsonNode> steps = new CopyOnWriteArrayList<>();
    private final List<JsonNode> desk = new CopyOnWriteArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private HttpServer sink;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                steps.add(JSON.readTree(exchange.getRequestBody()));
                byte[] answer = (answers.isEmpty() ? "{}" : answers.remove(0)).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer[0] == '{' ? 200 : 500, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        sink.createContext("/desk", exchange -> {
            try (exchange) {
                desk.add(JSON.readTree(exchange.getRequestBody()));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        sink.start();
        String address = "http://127.0.0.1:" + sink.getAddress().getPort();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of("SINK", address + "/liquidate", "DESK", address + "/desk"),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    @AfterEach
    void stop() {
        server.close();
        sink.stop(0);
    }

    private JsonNode post(String flow, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(flow, "application/json", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String flow, String type, String body) throws IOException, InterruptedException {
        URI uri = server.address().resolve("v1/flows/" + flow + "/levels");
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode level(double level) throws IOException, InterruptedException {
        return post(
                "margin-call",
                "{\"subject\":\"live:17\",\"margin_level\":" + level + ",\"used_margin\":10,\"account\":\"A-17\"}");
    }

    private void after(long seconds) {
        clock.set(BEGIN.plusSeconds(seconds));
        server.tick();
    }

    private List<JsonNode> messages(String flow) throws IOException, InterruptedException {
        URI uri = server.address().resolve("v1/messages?flow=" + flow);
        JsonNode all = JSON.readTree(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                        .body())
                .path("messages");
        return StreamSupport.stream(all.spliterator(), false).toList();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body());
    }

    @Test
    @DisplayName("S1.5 a level is told in its zone, with its figures, and once")
    void tellsALevelOnce() throws Exception {
        JsonNode first = level(80);
        assertThat(first.path("zone").asText()).isEqualTo("alert");
        assertThat(first.path("previousZone").asText()).isEqualTo("safe");
        assertThat(first.path("decision").asText()).isEqualTo("pass");
        assertThat(first.path("proceed").asBoolean(true)).isFalse();
        after(1);
        JsonNode second = level(79);
        assertThat(second.path("decision").asText()).isEqualTo("suppress");
        assertThat(second.path("previousZone").asText()).isEqualTo("alert");
        assertThat(second.path("nextEligibleAt").asText())
                .startsWith(BEGIN.plus(Duration.ofHours(3)).toString().substring(0, 16));
        assertThat(second.at("/episode/checks").asInt()).isEqualTo(2);
        assertThat(second.at("/episode/held").asInt()).isEqualTo(1);
        assertThat(second.at("/episode/notifiedAt").asText()).isNotEmpty();
        assertThat(messages("margin-call")).singleElement().satisfies(message -> {
            assertThat(message.path("title").asText()).isEqualTo("Margin Alert: Level 80% below 100%");
            assertThat(message.path("message").asText()).isEqualTo("Account A-17 is at 80%.");
            assertThat(message.path("state").asText()).isEqualTo("delivered");
        });
        assertThat(level(100).path("zone").asText()).isEqualTo("safe");
        assertThat(steps).isEmpty();
    }

    @Test
    @DisplayName("S1.6 a recovery does not re-arm the margin call, and ends its episode")
    void aRecoveryDoesNotRearm() throws Exception {
        level(80);
        after(60);
        assertThat(level(100).path("proceed").asBoolean()).isTrue();
        after(120);
        assertThat(level(80).path("decision").asText()).isEqualTo("suppress");
        assertThat(messages("margin-call")).hasSize(1);
        JsonNode episodes = get("v1/flows/margin-call/episodes").path("episodes");
        assertThat(episodes).hasSize(2);
        assertThat(episodes.get(1).path("state").asText()).isEqualTo("recovered");
        assertThat(get("v1/flows/margin-call/episodes?state=open").path("episodes"))
                .hasSize(1);
        String page = client.send(
                        HttpRequest.newBuilder(server.address().resolve("flows/margin-call"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        assertThat(page).contains("Episodes", "live:17", "alert");
    }

    @Test
    @DisplayName("S1.7 what is not known is neither told nor acted on, and after three times the operator hears of it")
    void unknownIsNotZero() throws Exception {
        for (String value : List.of("null", "\"\"", "\"nan\"", "\"abc\"")) {
            JsonNode answer =
                    post("margin-call", "{\"subject\":\"live:17\",\"used_margin\":10,\"margin_level\":" + value + "}");
            assertThat(answer.path("zone").asText()).isEqualTo("unknown");
            assertThat(answer.path("decision").asText()).isEqualTo("unknown");
            assertThat(answer.path("proceed").asBoolean(true)).isFalse();
        }
        after(1);
        assertThat(messages("margin-call")).isEmpty();
        assertThat(steps).isEmpty();
        assertThat(messages("operator"))
                .singleElement()
                .satisfies(notice ->
                        assertThat(notice.path("title").asText()).isEqualTo("The level of live:17 is not known"));
        assertThat(post("margin-call", "{\"subject\":\"live:18\",\"used_margin\":0,\"margin_level\":0}")
                        .path("zone")
                        .asText())
                .isEqualTo("safe");
    }

    @Test
    @DisplayName("S1.11 a fall from 120 to 40 acts and is told, with a fence, and the ledger has the values")
    void actsAndTells() throws Exception {
        level(120);
        JsonNode fallen = level(40);
        assertThat(fallen.path("zone").asText()).isEqualTo("act");
        assertThat(fallen.path("decision").asText()).isEqualTo("pass");
        awaitSteps(1);
        assertThat(steps.get(0).path("subject").asText()).isEqualTo("live:17");
        assertThat(steps.get(0).path("level").asDouble()).isEqualTo(40);
        assertThat(steps.get(0).path("fence").asLong()).isPositive();
        assertThat(steps.get(0).at("/values/account").asText()).isEqualTo("A-17");
        String token = steps.get(0).path("claim").asText();
        assertThat(extend(token).statusCode()).as("the run is over").isEqualTo(409);
        assertThat(messages("margin-call")).hasSize(1);
        server.tick();
        assertThat(get("v1/ledger?subject=live:17&kind=action").toString())
                .contains("action liquidate, attempt 1: done after 1 steps")
                .contains("account=A-17");
    }

    private HttpResponse<String> extend(String token) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/claims/" + token + "/extend"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"for\":\"30s\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @DisplayName("an action that fails is tried again by timer, and dies loudly")
    void anActionThatFailsIsTriedAgain() throws Exception {
        answers.addAll(List.of("no", "no", "no"));
        level(40);
        awaitSteps(1);
        after(1);
        awaitSteps(2);
        after(4);
        awaitSteps(3);
        after(60);
        assertThat(steps).hasSize(3);
        assertThat(steps.get(2).path("fence").asLong())
                .isGreaterThan(steps.get(0).path("fence").asLong());
        assertThat(messages("operator")).singleElement().satisfies(notice -> {
            assertThat(notice.path("title").asText()).isEqualTo("The action liquidate for live:17 is dead");
            assertThat(notice.path("message").asText()).contains("its receiver answered with status 500\n");
        });
    }

    /** The action begins in a thread of its own. */
    private void awaitSteps(int count) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            server.tick();
            return steps.size() >= count;
        });
    }

    private JsonNode balance(String symbol, double available, double required) throws Exception {
        return post(
                "margin-shortfall",
                "{\"subject\":\"" + symbol + "\",\"exchange\":\"lighter\",\"available\":" + available + ",\"required\":"
                        + required + "}");
    }

    @Test
    @DisplayName("S2.1, S2.2, S2.3 short is told once until it is enough again for what was told")
    void shortfallUntilReset() throws Exception {
        assertThat(balance("BTC", 105, 100).path("zone").asText()).isEqualTo("safe");
        assertThat(balance("BTC", 104.99, 100).path("decision").asText()).isEqualTo("pass");
        for (int minute = 1; minute <= 60; minute++) {
            after(60L * minute);
            assertThat(balance("BTC", 50, 100).path("decision").asText()).isEqualTo("suppress");
        }
        after(3660);
        assertThat(balance("BTC", 200, 100).path("proceed").asBoolean()).isTrue();
        after(3720);
        assertThat(balance("BTC", 50, 100).path("decision").asText()).isEqualTo("pass");
        after(3721);
        assertThat(messages("margin-shortfall"))
                .extracting(each -> each.path("kind").asText())
                .containsExactlyInAnyOrder("pass", "resolved", "pass");
    }

    @Test
    @DisplayName("S2.10 a smaller order does not end the shortage that was told")
    void aSmallerOrderIsNoRecovery() throws Exception {
        int passes = 0;
        for (int check = 0; check < 50; check++) {
            after(60L * check);
            passes += balance("BTC", 60, check % 2 == 0 ? 100 : 50)
                            .path("decision")
                            .asText()
                            .equals("pass")
                    ? 1
                    : 0;
        }
        assertThat(passes).isEqualTo(1);
    }

    @Test
    @DisplayName("S2.9 twenty symbols of one exchange in one request are one message that names twenty")
    void oneRequestIsOneMessage() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("{\"subject\":\"SYM")
                    .append(i)
                    .append("\",\"exchange\":\"lighter\",\"available\":5,\"required\":100}\n");
        }
        HttpResponse<String> answer = send("margin-shortfall", "application/x-ndjson", lines.toString());
        assertThat(answer.body().lines().map(String::strip)).hasSize(20).allMatch(line -> line.contains("\"pass\""));
        after(1);
        assertThat(messages("margin-shortfall"))
                .hasSize(20)
                .allMatch(each -> each.path("state").asText().equals("delivered"));
        assertThat(desk).singleElement().satisfies(told -> {
            assertThat(StreamSupport.stream(told.path("members").spliterator(), false))
                    .extracting(each -> each.path("subject").asText())
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 20).mapToObj(i -> "SYM" + i).toList());
        });
    }

    @Test
    @DisplayName("S2.9 what is looked at in the middle of a request does not part its message")
    void oneSlowRequestIsOneMessage() throws Exception {
        try (PipedInputStream sent = new PipedInputStream(10_000)) {
            HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/margin-shortfall/levels"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> sent))
                    .build();
            CompletableFuture<HttpResponse<String>> answer;
            try (PipedOutputStream body = new PipedOutputStream(sent)) {
                answer = client.sendAsync(request, BodyHandlers.ofString());
                for (int half = 0; half < 2; half++) {
                    // Enough of it to be sent on before the end.
                    for (int i = 0; i < 20; i++) {
                        String line = "{\"subject\":\"SYM" + (half * 20 + i)
                                + "\",\"exchange\":\"lighter\",\"available\":5,\"required\":100,\"note\":\""
                                + "x".repeat(1_000) + "\"}\n";
                        body.write(line.getBytes(StandardCharsets.UTF_8));
                    }
                    body.flush();
                    awaitMessages("margin-shortfall", half * 20 + 1);
                    server.tick();
                }
            }
            assertThat(answer.get().body().lines()).hasSize(40);
        }
        after(6);
        assertThat(desk)
                .singleElement()
                .satisfies(told -> assertThat(told.path("members")).hasSize(40));
    }

    private void awaitMessages(String flow, int count) {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> messages(flow).size() >= count);
    }

    @Test
    @DisplayName(
            "S2.9 what is said of one request waits for its end, and what recovers in one request is one message, too")
    void aRequestThatIsStillComingIsNotToldInParts() throws Exception {
        lines(0, 5);
        assertThat(desk)
                .singleElement()
                .satisfies(told -> assertThat(told.path("members")).hasSize(2));
        lines(1, 500);
        assertThat(desk).hasSize(2);
        assertThat(desk.get(1).path("members")).hasSize(2);
        assertThat(desk.get(1).path("title").asText()).startsWith("[x2] [OVER]");
        assertThat(desk.get(1).at("/members/0/message").asText()).isEqualTo("recovered after 1 s");
        assertThat(messages("margin-shortfall"))
                .hasSize(4)
                .allMatch(each -> each.path("state").asText().equals("delivered"));
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** One request with two symbols, which stops in the middle until all that is due was done. */
    private void lines(int second, double available) throws Exception {
        after(second);
        String line = "{\"subject\":\"SYM%d\",\"exchange\":\"lighter\",\"available\":%s,\"required\":100}\n";
        int before = desk.size();
        int stored = messages("margin-shortfall").size();
        try (Socket socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            OutputStream request = socket.getOutputStream();
            request.write(("POST /v1/flows/margin-shortfall/levels HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk(line.formatted(0, available)))
                    .getBytes(StandardCharsets.US_ASCII));
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> messages("margin-shortfall").size() == stored + 1);
            server.tick();
            assertThat(desk).hasSize(before);
            request.write((chunk(line.formatted(1, available)) + "0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            server.tick();
            return desk.size() > before;
        });
    }

    @Test
    @DisplayName("a level is refused with all that is wrong, and may not name a subject of the server itself")
    void refusesWhatIsNoLevel() throws Exception {
        HttpResponse<String> refused = send(
                "margin-call",
                "application/json",
                "{\"subject\":\"~overflow\",\"id\":\" \",\"recipients\":[\"a\\u0000b\"],\"margin_level\":[80]}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains(
                        "must not begin with ~",
                        "must not be blank",
                        "must not hold control characters",
                        "margin_level");
        assertThat(send("margin-call", "application/json", "{}").body()).contains("must be given");
        assertThat(messages("margin-call")).isEmpty();
    }

    @Test
    @DisplayName("levels for a flow without a watch, and occurrences for one with, say where they belong")
    void saysWhereItBelongs() throws Exception {
        HttpResponse<String> refused = client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/flows/margin-call/occurrences"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"subject\":\"x\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("/v1/flows/margin-call/levels");
    }
}
