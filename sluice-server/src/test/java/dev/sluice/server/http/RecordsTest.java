package dev.sluice.server.http;

import static dev.sluice.server.http.Parsed.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.MessageState;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be asked afterwards: flows, subjects, messages, ledger, metrics. */
class RecordsTest {
    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private void offer(String flow, String body) {
        assertThat(server.post("/v1/flows/" + flow + "/occurrences?settle=now", body)
                        .statusCode())
                .isEqualTo(200);
    }

    private JsonNode get(String path) {
        HttpResponse<String> response = server.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @Test
    void flowsSayTheirRulesAndBooks() {
        JsonNode flow = get("/v1/flows").path("flows").get(0);
        assertThat(flow.path("name").asText()).isEqualTo("errors");
        assertThat(flow.path("allow").asText()).isEqualTo("5 per 1h");
        assertThat(flow.path("variants").get(0).path("allow").asText()).isEqualTo("20 per 1h");
        assertThat(flow.path("books").path("in").asLong()).isEqualTo(2);
        assertThat(flow.path("books").path("unaccounted").asLong()).isZero();
    }

    @Test
    void anExplanationSaysTheRuleTheCountsAndWhatWouldPass() {
        for (int i = 0; i < 7; i++) {
            offer("errors", "{\"subject\":\"a/b c\"}");
        }
        JsonNode about = get("/v1/flows/errors/subjects/a%2Fb%20c");
        assertThat(about.path("subject").asText()).isEqualTo("a/b c");
        assertThat(about.path("allow").asText()).isEqualTo("5 per 1h");
        assertThat(about.path("reason").asText()).isEqualTo("limit");
        assertThat(about.path("delivered").asInt()).isEqualTo(5);
        assertThat(about.path("held").asInt()).isEqualTo(2);
        assertThat(about.path("windowStart").asText()).isEqualTo("2026-03-04T12:00:00Z");
        assertThat(about.path("nextEligibleAt").asText()).isEqualTo("2026-03-04T13:00:00Z");
        assertThat(about.path("explanation").toString())
                .contains("The rule is 5 per 1h.", "the next one passes at 2026-03-04T13:00:00Z");
    }

    @Test
    void aResetArmsTheKeyOfItsVariantOnly() {
        offer("jobs", "{\"subject\":\"s\"}");
        for (int i = 0; i < 6; i++) {
            offer("errors", "{\"subject\":\"s\"}");
            offer("errors", "{\"subject\":\"s\",\"variant\":\"critical\"}");
        }
        HttpResponse<String> reset = server.post("/v1/flows/errors/subjects/s/reset", "{\"level\":7}");
        assertThat(json(reset).path("onReset").asText()).isEqualTo("rearm");
        assertThat(get("/v1/flows/errors/subjects/s").path("delivered").asInt()).isZero();
        assertThat(get("/v1/flows/errors/subjects/s?variant=critical")
                        .path("delivered")
                        .asInt())
                .isEqualTo(6);
        assertThat(server.post("/v1/flows/errors/subjects/s/reset", "", Map.of())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void subjectsComeInPagesAndByTheirBeginning() {
        for (int i = 10; i < 20; i++) {
            offer("errors", "{\"subject\":\"s" + i + "\"}");
            offer("errors", "{\"subject\":\"s" + i + "\",\"variant\":\"critical\"}");
        }
        offer("errors", "{\"subject\":\"other\"}");
        assertThat(all("/v1/flows/errors/subjects?limit=4")).hasSize(21).doesNotHaveDuplicates();
        assertThat(all("/v1/flows/errors/subjects?prefix=s1&limit=3"))
                .hasSize(20)
                .doesNotHaveDuplicates();
        assertThat(all("/v1/flows/errors/subjects?prefix=s15&limit=3")).containsExactly("s15", "s15~critical");
        assertThat(all("/v1/flows/errors/subjects?prefix=x")).isEmpty();
    }

    /** Follows the pages to their end. */
    private List<String> all(String path) {
        List<String> found = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = get(path + (next.isEmpty() ? "" : "&after=" + next));
            page.path("subjects")
                    .forEach(row -> found.add(row.path("subject").asText()
                            + (row.has("variant") ? "~" + row.path("variant").asText() : "")));
            next = page.path("next").asText();
        } while (!next.isEmpty());
        return found;
    }

    @Test
    void messagesAreFilteredPagedAndWithdrawn() {
        for (int i = 1; i <= 5; i++) {
            server.engine.message(i, i == 3 ? MessageState.PENDING : MessageState.DELIVERED, "title " + i);
        }
        JsonNode page = get("/v1/messages?state=delivered&limit=2&flow=errors&subject=db%2Fdown");
        assertThat(page.path("messages").findValuesAsText("title")).containsExactly("title 5", "title 4");
        assertThat(page.path("next").asLong()).isEqualTo(4);
        assertThat(get("/v1/messages?state=delivered&before=4").path("messages").findValuesAsText("title"))
                .containsExactly("title 2", "title 1");
        JsonNode one = get("/v1/messages/3");
        assertThat(one.path("data").path("a").asInt()).isEqualTo(1);
        assertThat(one.path("deliveries").get(0).path("note").asText()).isEqualTo("refused: <busy>");
        assertThat(server.post("/v1/messages/3/withdraw", "", Map.of()).statusCode())
                .isEqualTo(200);
        assertThat(server.get("/v1/messages/3").statusCode()).isEqualTo(404);
    }

    @Test
    void aMessageThatIsBeingSentIsNotCalledClosed() {
        server.engine.message(1, MessageState.PENDING, "title");
        server.engine.message(2, MessageState.DELIVERED, "title");
        server.engine.sending = true;
        HttpResponse<String> sent = server.post("/v1/messages/1/withdraw", "", Map.of());
        assertThat(sent.statusCode()).isEqualTo(409);
        assertThat(json(sent).path("detail").asText()).contains("is being sent right now");
        assertThat(json(server.post("/v1/messages/2/withdraw", "", Map.of()))
                        .path("detail")
                        .asText())
                .contains("is delivered already");
    }

    @Test
    void aMessageOfAFlowThatIsGoneCannotBeOfferedAgainAndThatIsSaid() {
        server.engine.message(1, MessageState.DEAD, "title");
        server.engine.redriven = CompletableFuture.failedStage(new IllegalArgumentException("there is no flow"));
        HttpResponse<String> answer = server.post("/v1/messages/1/redrive", "", Map.of());
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).path("detail").asText()).contains("not in the configuration any more");
    }

    @Test
    void filtersThatNothingCanFitAreFaults() {
        for (String path : List.of("/v1/ledger?kind=passed", "/v1/messages?flow=No%20Name&subject=s")) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(400);
        }
        assertThat(server.get("/v1/ledger?kind=overshoot").statusCode()).isEqualTo(200);
    }

    @Test
    void theLedgerSaysWhereTheNextPageBegins() {
        server.engine.entries.add(new LedgerEntry(9, MemoryEngine.NOON, "errors:s", "pass", "message 1"));
        JsonNode page = get("/v1/ledger?flow=errors&from=2026-03-04T00:00:00Z&limit=1");
        assertThat(page.path("entries").get(0).path("detail").asText()).isEqualTo("message 1");
        assertThat(page.path("next").asLong()).isEqualTo(9);
    }

    @Test
    void metricsCarryTheFlowAndNeverTheSubject() {
        for (int i = 0; i < 6; i++) {
            offer("errors", "{\"subject\":\"secret-subject\"}");
        }
        String metrics = server.get("/metrics").body();
        assertThat(metrics)
                .contains("sluice_decision_seconds_count{flow=\"errors\"} 6")
                .contains("sluice_books{bucket=\"held\",flow=\"errors\"} 2.0")
                .contains("sluice_unaccounted{flow=\"errors\"} 0.0")
                .contains("sluice_decisions_waiting 0.0")
                .contains("sluice_store_up 1.0")
                .doesNotContain("secret-subject");
    }

    @Test
    void headIsAnsweredAsGetWithoutABody() {
        HttpResponse<String> head =
                server.send(server.request("/v1/flows").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }
}
