package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variants, budgets and shadow as a caller and a receiver see them: over HTTP, on a clock that the test moves. */
class LimitsTest {
    private static final Pattern DECISION = Pattern.compile("\"decision\":\"([a-z]+)\"");

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-14T18:00:00Z");
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer sink = open();

    private static HttpServer open() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void startSink() {
        sink.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        sink.start();
    }

    @AfterEach
    void stopSink() {
        sink.stop(0);
    }

    private Server start(String more, Map<String, String> environment) throws IOException, ConfigException {
        String hook = "http://127.0.0.1:" + sink.getAddress().getPort() + "/";
        String flow = """
            channels:
              hook: {type: webhook, url: "%s"}
            budgets:
              recipient: {per: recipient, allow: 30 per 1h}
            flows:
              errors:
                subject: {fields: [processor, error_type, message]}
                allow: 5 per 1h
                channels: [hook]
            """.formatted(hook);
        Path file = Files.writeString(directory.resolve("sluice.yaml"), flow + more.indent(4));
        ConfigReader reader =
                new ConfigReader(Optional.of(file), environment, Optional.of(directory), Optional.of("0"));
        return Server.start(reader.read().ticking(Duration.ZERO), () -> now);
    }

    private void pass(Server server, Duration time) {
        now = now.plus(time);
        server.tick();
    }

    private List<String> post(Server server, String... lines) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/errors/occurrences"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", lines)))
                .build();
        List<String> answers =
                client.send(request, BodyHandlers.ofString()).body().lines().toList();
        server.tick();
        return answers;
    }

    private String get(Server server, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.address().resolve(path)).build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private static String words(List<String> answers) {
        List<String> words = new ArrayList<>();
        for (String answer : answers) {
            Matcher decision = DECISION.matcher(answer);
            words.add(decision.find() ? decision.group(1) : answer);
        }
        return String.join(" ", words);
    }

    private static String[] times(int times, String line) {
        return IntStream.range(0, times).mapToObj(i -> line).toArray(String[]::new);
    }

    private static String error(String members) {
        return "{\"fields\": {\"processor\": \"P\", \"message\": \"same\"" + members + "}, \"title\": \"t\"}";
    }

    private long digests() {
        return received.stream()
                .filter(body -> body.contains("\"kind\":\"digest\""))
                .count();
    }

    @Test
    @DisplayName("S4.6 of ten of a backfill one goes out, and a normal caller beside it keeps its five")
    void backfill() throws Exception {
        try (Server server = start("variants: [{name: backfill, when: {backfill: true}, allow: 1 per 1h}]", Map.of())) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                lines.add(error(", \"backfill\": true"));
                lines.add(error(""));
            }
            List<String> answers = post(server, lines.toArray(String[]::new));
            assertThat(answers.stream()
                            .filter(answer -> answer.contains("\"variant\":\"backfill\""))
                            .filter(answer -> words(List.of(answer)).equals("pass")))
                    .hasSize(1);
            assertThat(answers.stream()
                            .filter(answer -> !answer.contains("\"variant\""))
                            .filter(answer -> words(List.of(answer)).equals("pass")))
                    .hasSize(5);
            assertThat(received).hasSize(6);
        }
    }

    @Test
    @DisplayName("S4.12 each level has its own allowance: error 5, warning 3, info 2, and critical its own 20")
    void levels() throws Exception {
        String variants = """
                variants:
                  - {name: critical, when: {severity: critical}, allow: 20 per 1h}
                  - {name: warning, when: {severity: warning}, allow: 3 per 1h}
                  - {name: info, when: {severity: info}, allow: 2 per 1h}
                """;
        try (Server server = start(variants, Map.of())) {
            Map<String, Integer> allowed = Map.of("error", 5, "warning", 3, "info", 2, "critical", 20);
            for (Map.Entry<String, Integer> level : allowed.entrySet()) {
                String line = "{\"fields\": {\"message\": \"same\"}, \"severity\": \"" + level.getKey() + "\"}";
                assertThat(post(server, times(30, line)).stream()
                                .filter(answer -> answer.contains("\"decision\":\"pass\"")))
                        .as(level.getKey())
                        .hasSize(level.getValue());
            }
            assertThat(received).hasSize(30);
        }
    }

    @Test
    @DisplayName("S4.7 with limiting off ten of ten go out, and say what limiting would have made of them")
    void shadow() throws Exception {
        for (Map<String, String> off : List.of(
                Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", "false"), Map.of("SLUICE_FLOWS_ERRORS_LIMITING", "off"))) {
            received.clear();
            now = now.plus(Duration.ofDays(1));
            try (Server server = start("", off)) {
                List<String> answers = post(server, times(10, error("")));
                assertThat(words(answers)).isEqualTo(String.join(" ", times(10, "pass")));
                assertThat(answers.subList(5, 10))
                        .allSatisfy(answer -> assertThat(answer)
                                .contains(
                                        "\"reason\":\"shadow\"",
                                        "\"would\":\"suppress\"",
                                        "\"wouldReason\":\"in-flight\""));
                assertThat(answers.subList(0, 5)).noneMatch(answer -> answer.contains("would"));
                assertThat(received).hasSize(10);
                assertThat(get(server, "v1/flows")).contains("\"shadow\":true", "\"unaccounted\":0");
                assertThat(get(server, "metrics")).contains("reason=\"shadow\"");
                pass(server, Duration.ofHours(3));
                assertThat(digests()).isZero();
            }
        }
    }

    @Test
    @DisplayName(
            "S4.12 of 10,000 different errors over HTTP 30 reach the receiver, and one digest tells the other 9,970")
    void tenThousandDifferentErrors() throws Exception {
        try (Server server = start("budgets: [recipient]", Map.of())) {
            String[] lines = IntStream.range(0, 10_000)
                    .mapToObj(i -> "{\"fields\": {\"message\": \"error " + i + "\"}, \"title\": \"error " + i + "\"}")
                    .toArray(String[]::new);
            List<String> answers = post(server, lines);
            assertThat(answers).hasSize(10_000);
            assertThat(answers.get(9_999))
                    .contains(
                            "\"decision\":\"suppress\"",
                            "\"reason\":\"budget\"",
                            "\"budget\":{\"name\":\"recipient\",\"subject\":\"hook\"}",
                            "\"nextEligibleAt\":\"2026-01-14T19:00:00Z\"");
            assertThat(received).hasSize(30);
            assertThat(get(server, "v1/budgets"))
                    .contains("\"used\":30", "\"limit\":30", "\"held\":9970", "\"windowEnd\":\"2026-01-14T19:00:00Z\"");
            assertThat(get(server, "budgets")).contains("30 of 30", "max=\"30\" value=\"30\" high=\"29.5\"");
            assertThat(get(server, "flows/errors"))
                    .as("what a full budget holds does not pass now")
                    .contains("held by budget recipient")
                    .doesNotContain("passes now");
            assertThat(get(server, "flows/errors/subjects/unknown%2Ferror%2Ferror%20777"))
                    .contains("held by budget recipient</span>")
                    .doesNotContain("passes now", "its rule allows it");
            assertThat(get(server, "v1/flows/errors/subjects/unknown%2Ferror%2Ferror%20777"))
                    .contains("1 held by budget recipient for hook until 2026-01-14T19:00:00Z; its digest tells them.");
            assertThat(get(server, "metrics")).contains("reason=\"budget\"").doesNotContain("error 777");

            pass(server, Duration.ofHours(1));
            assertThat(received).hasSize(31);
            assertThat(received.get(30)).contains("\"kind\":\"digest\"", "\"held\":9970", "unknown/error/error 30");
            for (int hour = 0; hour < 24; hour++) {
                pass(server, Duration.ofHours(1));
            }
            assertThat(received).hasSize(31);
            String flows = get(server, "v1/flows");
            assertThat(flows)
                    .contains(
                            "\"in\":10000", "\"delivered\":30", "\"reported\":9970", "\"held\":0", "\"unaccounted\":0");
            assertThat(get(server, "v1/messages?flow=budget"))
                    .contains("budget recipient of hook: more than 30 per 1h");
        }
    }

    @Test
    void whatABudgetRefusedMayBeSentAgainAfterItsWindow() throws Exception {
        try (Server server = start("budgets: [recipient]", Map.of())) {
            String lines = IntStream.range(0, 31)
                    .mapToObj(i -> "{\"subject\": \"s" + i + "\", \"id\": \"id" + i + "\"}")
                    .collect(Collectors.joining("\n"));
            assertThat(words(post(server, lines))).endsWith("pass suppress");
            assertThat(words(post(server, lines)))
                    .as("a repeated call gets its answer again")
                    .endsWith("pass suppress");
            pass(server, Duration.ofDays(2));
            assertThat(words(post(server, "{\"subject\": \"s30\", \"id\": \"id30\"}")))
                    .isEqualTo("pass");
            assertThat(get(server, "flows/errors"))
                    .as("whether a budget will let the next one through is not known before")
                    .contains("its rule allows it")
                    .doesNotContain("held by budget", "passes now");
        }
    }
}
