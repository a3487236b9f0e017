package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same message over all channels of the real server. */
class EveryChannelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Object> ERROR = Map.of(
            "fields", Map.of("processor", "NBACScheduleProcessor"), "title", "Sync failed", "message", "no answer");

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName("S4.1 [AGGREGATED x3] is visible in smtp, webhook, inbox, log, Slack, Discord and Telegram")
    void theThirdOfThreeIsASummaryEverywhere() throws Exception {
        try (EveryChannel server = new EveryChannel(directory)) {
            server.delivered(server.post("aggregated", ERROR));
            server.delivered(server.post("aggregated", ERROR));
            assertThat(server.output()).doesNotContain("AGGREGATED");
            server.forget();
            HttpResponse<String> third = server.post("aggregated", ERROR);
            JsonNode message = server.delivered(third);

            assertThat(message.path("deliveries").findValuesAsText("state"))
                    .as(message.toString())
                    .hasSize(9)
                    .containsOnly("accepted");
            String title = "[AGGREGATED x3] Sync failed";
            assertThat(JSON.readTree(third.body()).path("decision").textValue()).isEqualTo("summary");
            assertThat(server.mails().mails()).singleElement().asString().contains("Subject: " + title);
            assertThat(text(server, "/web", "title")).isEqualTo(title);
            assertThat(text(server, "/slack", "text")).startsWith("*" + title + "*\n3 occurrences");
            assertThat(text(server, "/discord", "content"))
                    .startsWith("**\\[AGGREGATED x3\\] Sync failed**\n3 occurrences");
            assertThat(text(server, "/telegram", "text")).startsWith(title + "\n3 occurrences");
            assertThat(server.arrivedAt("/plain").headers()).containsEntry("x-title", title);
            assertThat(server.arrivedAt("/form").body()).startsWith("title=%5BAGGREGATED+x3%5D+Sync+failed&");
            assertThat(server.get("/messages/" + message.path("id").longValue()).body())
                    .contains(title);
            assertThat(server.output()).containsOnlyOnce("INFO  message: " + title + " | 3 occurrences");
        }
    }

    private static String text(EveryChannel server, String path, String field) throws Exception {
        return JSON.readTree(server.arrivedAt(path).body()).path(field).textValue();
    }
}
