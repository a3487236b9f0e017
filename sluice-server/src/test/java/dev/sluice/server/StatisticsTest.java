package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a running server says of itself: by API, command, console and log. */
class StatisticsTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("S4.2 limit 3, ten calls: 3 sent, 7 suppressed, statistics 10/3/7")
    void tenCallsUnderALimitOfThree() throws Exception {
        try (Server server = start(Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "3"))) {
            for (int i = 0; i < 10; i++) {
                post(server, "Import", "same");
            }
            for (String path : new String[] {"v1/flows/errors/stats", "v1/stats"}) {
                JsonNode stats = json(get(server, path));
                assertThat(stats.path("total_occurrences").asLong()).as(path).isEqualTo(10);
                assertThat(stats.path("total_alerts_sent").asLong()).isEqualTo(3);
                assertThat(stats.path("total_suppressed").asLong()).isEqualTo(7);
                assertThat(stats.path("suppression_rate").asDouble()).isEqualTo(0.7);
                assertThat(stats.path("tracked_signatures").asLong()).isEqualTo(1);
            }
            JsonNode config = json(get(server, "v1/flows/errors/stats")).path("config");
            assertThat(config.path("rate_limit_per_hour").asInt()).isEqualTo(3);
            assertThat(config.path("cooldown_minutes").asInt()).isEqualTo(60);
            assertThat(config.path("aggregate_threshold").asInt()).isEqualTo(3);
            assertThat(config.path("rate_limiting_enabled").asBoolean()).isTrue();
            assertThat(json(get(server, "v1/stats")).at("/config/errors")).isEqualTo(config);
        }
    }

    @Test
    @DisplayName("S4.7 switched off, ten are sent; the statistics say what would have been suppressed")
    void switchedOff() throws Exception {
        try (Server server = start(Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", "false"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(post(server, "Import", "same"))
                        .contains("\"decision\":\"")
                        .doesNotContain("\"decision\":\"suppress\"");
            }
            JsonNode stats = json(get(server, "v1/flows/errors/stats"));
            assertThat(stats.path("total_occurrences").asLong()).isEqualTo(10);
            assertThat(stats.path("total_alerts_sent").asLong()).isEqualTo(5);
            assertThat(stats.path("total_suppressed").asLong()).isEqualTo(5);
            assertThat(stats.at("/config/rate_limiting_enabled").asBoolean(true))
                    .isFalse();
            assertThat(json(get(server, "v1/messages")).path("messages")).hasSize(10);
            assertThat(stats("--url", server.address().toString()).out).contains("5 per 1h (limiting off)");
        }
    }

    @Test
    void theLoudestSubjectsAndProcessorsComeFirst() throws Exception {
        try (Server server = start(Map.of())) {
            for (int i = 0; i < 8; i++) {
                post(server, "Loud", "same");
                post(server, "Quiet", i < 7 ? "again" : "other");
            }
            JsonNode stats = json(get(server, "v1/flows/errors/stats"));
            assertThat(stats.path("most_suppressed"))
                    .hasToString(
                            "[{\"subject\":\"loud/t/same\",\"count\":3},{\"subject\":\"quiet/t/again\",\"count\":2}]");
            assertThat(stats.path("noisiest_sources"))
                    .hasToString("[{\"source\":\"loud\",\"count\":8},{\"source\":\"quiet\",\"count\":8}]");
            assertThat(get(server, "flows/errors")).contains("Suppressed: 5, ", "Most suppressed", "loud/t/same");
        }
    }

    @Test
    void theCommandPrintsATableOrWhatTheServerAnswers() throws Exception {
        try (Server server = start(Map.of())) {
            for (int i = 0; i < 10; i++) {
                post(server, "Import", "same");
            }
            Called table = stats("--url", server.address().toString());
            assertThat(table.code).isZero();
            assertThat(table.out).isEqualToNormalizingNewlines("""
                    FLOW    ALLOWS    SUBJECTS  OCCURRENCES  SENT  SUPPRESSED  RATE
                    errors  5 per 1h  1         10           5     5           50.0 %

                    Most suppressed in errors by this server since its start:
                      5  import/t/same

                    Noisiest in errors by this server since its start:
                      10  import
                    """);
            Called one = stats("--url", server.address().toString(), "--flow", "errors", "--json");
            assertThat(json(one.out).path("total_suppressed").asInt()).isEqualTo(5);
            Called none = stats("--url", server.address().toString(), "--flow", "nothing");
            assertThat(none.code).isEqualTo(1);
            assertThat(none.err).contains("404", "there is no flow 'nothing'; there is errors");
        }
        Called away = stats("--url", "http://127.0.0.1:1");
        assertThat(away.code).isEqualTo(1);
        assertThat(away.err).contains("No server answers at http://127.0.0.1:1", "./sluice serve");
        assertThat(stats("--url", "nonsense").code).isEqualTo(2);
        assertThat(stats("--flow", "No Name").code).isEqualTo(2);
    }

    @Test
    void theLineCanBeSwitchedOff() throws Exception {
        ConfigReader off = reader(Map.of("SLUICE_STATISTICS_LOG_EVERY", "off"));
        assertThat(off.read().statisticsEvery()).isEmpty();
        assertThat(reader(Map.of()).read().statisticsEvery()).contains(Duration.ofHours(1));
    }

    private record Called(int code, String out, String err) {}

    private Called stats(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = SluiceCommand.line(new Surroundings(Map.of(), directory, Clocks.SYSTEM));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] all = new String[args.length + 1];
        all[0] = "stats";
        System.arraycopy(args, 0, all, 1, args.length);
        int code = line.execute(all);
        return new Called(code, out.toString(), err.toString());
    }

    private Server start(Map<String, String> environment) throws Exception {
        return Server.start(reader(environment).read());
    }

    private ConfigReader reader(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("SLUICE_STORE", "sqlite:" + directory.resolve("sluice.db"));
        return new ConfigReader(Optional.empty(), all, Optional.empty(), Optional.of("0"));
    }

    private static String post(Server server, String processor, String message) throws Exception {
        URI uri = server.address().resolve("v1/flows/errors/occurrences");
        String body =
                "{\"fields\": {\"processor\": \"%s\", \"error_type\": \"T\"}, \"title\": \"t\", \"message\": \"%s\"}"
                        .formatted(processor, message);
        return send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String get(Server server, String path) throws Exception {
        return send(HttpRequest.newBuilder(server.address().resolve(path)));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .body();
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }
}
