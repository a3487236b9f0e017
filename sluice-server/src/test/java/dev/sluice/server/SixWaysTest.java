package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every cell of the table in docs/remembering.md, played with the configuration of its row: over a real PostgreSQL and a
 * real Redis where that names one, by a clock that is moved by hand.
 */
class SixWaysTest {
    private static final Path PAGE = Path.of("..", "docs", "remembering.md");
    private static final Pattern ROW = Pattern.compile(
            "\\| \\[(\\d [^\\]]+)\\]\\(#[^)]+\\) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|\\n");
    private static final String SECTION = "## %s\\n\\n```yaml\\n(.*?)```";
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final int SHORT = 50;
    private static final int ENOUGH = 200;
    private static final String FLOW = "margin-shortfall";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();
    private final String prefix = "six" + System.nanoTime();
    private final AtomicReference<String> postgres = new AtomicReference<>("");
    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(Server::close);
    }

    /** A row of the table, and its configuration. */
    record Way(String name, String restart, String servers, String recovery, String hour, String yaml) {
        boolean watches() {
            return yaml.contains("watch:");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() throws IOException {
        String page = Files.readString(PAGE);
        return ROW.matcher(page)
                .results()
                .map(row -> new Way(
                        row.group(1),
                        row.group(2),
                        row.group(3),
                        row.group(4),
                        row.group(5),
                        yaml(page, row.group(1))));
    }

    private static String yaml(String page, String name) {
        Pattern section = Pattern.compile(SECTION.formatted(Pattern.quote(name)), Pattern.DOTALL);
        return section.matcher(page).results().findFirst().orElseThrow().group(1);
    }

    @Test
    void thePageHasSixWaysAndNoTwoPromiseTheSame() throws IOException {
        List<Way> all = ways().toList();
        assertThat(all).hasSize(6);
        assertThat(all.stream().map(way -> List.of(way.restart, way.servers, way.recovery, way.hour)))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.4 short at 0, a restart at 100, short at 120 s")
    void afterARestart(Way way) throws Exception {
        Server before = start(way, "a");
        assertThat(told(before, way, SHORT)).isTrue();
        at(100);
        servers.remove(before);
        before.close();
        Server after = start(way, "a");
        at(120);
        assertThat(word(told(after, way, SHORT))).isEqualTo(way.restart);
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.4, S2.8 three servers are asked in the same moment")
    void threeServers(Way way) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (Server server : List.of(start(way, "a"), start(way, "b"), start(way, "c"))) {
            answers.add(client.sendAsync(request(server, way, SHORT), BodyHandlers.ofString()));
        }
        int messages = 0;
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            messages += passes(answer.get()) ? 1 : 0;
        }
        assertThat(messages == 1 ? "one message" : messages == 3 ? "three messages" : messages + "")
                .isEqualTo(way.servers);
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.3 short at 0, enough at 60, short at 120 s")
    void enoughInBetween(Way way) throws Exception {
        Server server = start(way, "a");
        assertThat(told(server, way, SHORT)).isTrue();
        at(60);
        if (way.watches()) {
            told(server, way, ENOUGH);
        }
        at(120);
        assertThat(word(told(server, way, SHORT))).isEqualTo(way.recovery);
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.2, S2.5 short for an hour: held until just before, then as the table says")
    void exactlyAnHourAfter(Way way) throws Exception {
        Server server = start(way, "a");
        assertThat(told(server, way, SHORT)).isTrue();
        clock.set(BEGIN.plus(Duration.ofHours(1)).minusNanos(1_000));
        assertThat(told(server, way, SHORT)).isFalse();
        clock.set(BEGIN.plus(Duration.ofHours(1)));
        assertThat(word(told(server, way, SHORT))).isEqualTo(way.hour);
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.10 enough for a smaller order is not enough for what was told")
    void aSmallerOrder(Way way) throws Exception {
        Server server = start(way, "a");
        int messages = 0;
        for (int check = 0; check < (way.watches() ? 50 : 0); check++) {
            at(60L * check);
            messages += told(server, way, 60, check % 2 == 0 ? 100 : 50) ? 1 : 0;
        }
        assertThat(messages).isEqualTo(way.watches() ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("S2.6 each shortage is in the history: opened, seen last, checks, held, told, over")
    void theHistory(Way way) throws Exception {
        Server server = start(way, "a");
        for (int second : new int[] {0, 60, 120}) {
            at(second);
            told(server, way, SHORT);
        }
        at(180);
        told(server, way, ENOUGH);
        URI uri = server.address().resolve("v1/flows/" + FLOW + "/episodes");
        JsonNode episodes = JSON.readTree(
                        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body())
                .path("episodes");
        if (!way.watches()) {
            assertThat(episodes).isEmpty();
            return;
        }
        assertThat(episodes).singleElement().satisfies(one -> {
            assertThat(one.path("openedAt").asText()).isEqualTo(BEGIN.toString());
            assertThat(one.path("lastSeen").asText())
                    .isEqualTo(BEGIN.plusSeconds(120).toString());
            assertThat(one.path("checks").asInt()).isEqualTo(3);
            assertThat(one.path("held").asInt()).isEqualTo(2);
            assertThat(one.path("notifiedAt").asText()).isEqualTo(BEGIN.toString());
            assertThat(one.path("closedAt").asText())
                    .isEqualTo(BEGIN.plusSeconds(180).toString());
        });
    }

    private static String word(boolean told) {
        return told ? "told again" : "held";
    }

    private void at(long second) {
        clock.set(BEGIN.plusSeconds(second));
        servers.forEach(Server::tick);
    }

    private boolean told(Server server, Way way, int available) throws IOException, InterruptedException {
        return told(server, way, available, 100);
    }

    /** Asks, and lets what passes be delivered at once. */
    private boolean told(Server server, Way way, int available, int required) throws IOException, InterruptedException {
        boolean passes = passes(client.send(request(server, way, available, required), BodyHandlers.ofString()));
        server.tick();
        return passes;
    }

    private static boolean passes(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("decision").asText().equals("pass");
    }

    private static HttpRequest request(Server server, Way way, int available) {
        return request(server, way, available, 100);
    }

    private static HttpRequest request(Server server, Way way, int available, int required) {
        String names = "\"exchange\": \"kraken\", \"symbol\": \"BTC\"";
        String body = way.watches()
                ? "{\"subject\": \"kraken:BTC\", %s, \"available\": %d, \"required\": %d}"
                        .formatted(names, available, required)
                : "{\"fields\": {%s}, \"title\": \"Insufficient margin\"}".formatted(names);
        return HttpRequest.newBuilder(
                        server.address().resolve("v1/flows/" + FLOW + (way.watches() ? "/levels" : "/occurrences")))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Servers of different names share what the configuration names, and nothing else. */
    private Server start(Way way, String name) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), way.yaml);
        Map<String, String> environment = new TreeMap<>();
        if (way.yaml.contains("redis:")) {
            environment.put("SLUICE_STORE", RedisServer.sharedUrl());
            environment.put("SLUICE_REDIS_PREFIX", prefix);
        }
        if (way.yaml.contains("postgresql:")) {
            String url = postgres.updateAndGet(
                    known -> known.isEmpty() ? PostgresServer.shared().fresh().url() : known);
            environment.put(way.yaml.contains("database:") ? "SLUICE_DATABASE" : "SLUICE_STORE", url);
        } else if (!way.yaml.contains("store:")) {
            environment.put("SLUICE_STORE", "sqlite:" + directory.resolve(name).resolve("sluice.db"));
        }
        ConfigReader reader =
                new ConfigReader(Optional.of(file), environment, Optional.empty(), Optional.of("127.0.0.1:0"));
        Server server = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
        servers.add(server);
        return server;
    }
}
