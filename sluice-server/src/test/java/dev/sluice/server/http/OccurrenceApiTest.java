package dev.sluice.server.http;

import static dev.sluice.server.http.Parsed.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OccurrenceApiTest {
    private static final String ERRORS = "/v1/flows/errors/occurrences";
    private static final String JOBS = "/v1/flows/jobs/occurrences";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode offer(String path, String body) {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @Test
    @DisplayName("S4.1 ten at once: S S A S S and then muted")
    void tenAtOnceAreFivePassesTheThirdASummary() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            words.add(offer(ERRORS + "?settle=now", "{\"subject\":\"db\"}")
                    .path("decision")
                    .asText());
        }
        assertThat(words)
                .containsExactly(
                        "pass",
                        "pass",
                        "summary",
                        "pass",
                        "pass",
                        "suppress",
                        "suppress",
                        "suppress",
                        "suppress",
                        "suppress");
    }

    @Test
    void anAnswerSaysWhatWasDecidedAndWhenTheNextPasses() {
        JsonNode first =
                offer(JOBS, "{\"subject\":\"user/1\",\"title\":\"t\",\"message\":\"m\",\"data\":{\"a\":[1.50]}}");
        assertThat(first.path("flow").asText()).isEqualTo("jobs");
        assertThat(first.path("subject").asText()).isEqualTo("user/1");
        assertThat(first.path("reason").asText()).isEqualTo("allowed");
        assertThat(first.path("claim").path("fence").asLong()).isPositive();
        assertThat(first.path("claim").path("until").asText()).isEqualTo("2026-03-04T12:00:30Z");
        assertThat(server.engine.seen.get(0).content().data()).isEqualTo("{\"a\":[1.50]}");

        JsonNode second = offer(JOBS, "{\"subject\":\"user/1\"}");
        assertThat(second.path("decision").asText()).isEqualTo("suppress");
        assertThat(second.path("reason").asText()).isEqualTo("in-flight");
        assertThat(second.path("held").asLong()).isEqualTo(1);
        assertThat(second.path("occurrences").asLong()).isEqualTo(2);
        assertThat(second.path("nextEligibleAt").asText()).isEqualTo("2026-03-04T12:00:30Z");
        assertThat(second.has("claim")).isFalse();
    }

    @Test
    void fieldsMakeTheSubjectAndTheVariant() {
        JsonNode answer = offer(
                ERRORS,
                "{\"fields\":{\"processor\":\" Import \",\"error_type\":7,\"gone\":null},\"severity\":\"critical\"}");
        assertThat(answer.path("subject").asText()).isEqualTo("import/7");
        assertThat(answer.path("variant").asText()).isEqualTo("critical");
    }

    @Test
    void aNamedVariantWinsOverTheConditions() {
        assertThat(offer(ERRORS, "{\"subject\":\"s\",\"variant\":\"critical\"}")
                        .path("variant")
                        .asText())
                .isEqualTo("critical");
    }

    @Test
    void aSubjectOver200BytesIsHashedAndItsTextHandedOn() {
        String subject = "x".repeat(300);
        JsonNode answer = offer(ERRORS, "{\"subject\":\"" + subject + "\"}");
        assertThat(answer.path("subject").asText()).startsWith("sha256-").hasSize(71);
        assertThat(server.engine.seen.get(0).subjectText()).isEqualTo(subject);
    }

    @Test
    void aTitleThatIsTooLongIsCutAndNothingElseIs() {
        String title = "x".repeat(1_998);
        offer(ERRORS, "{\"subject\":\"whole\",\"title\":\"" + title + "yz\"}");
        offer(ERRORS, "{\"subject\":\"cut\",\"title\":\"" + title + "yz!\"}");
        offer(ERRORS, "{\"subject\":\"pair\",\"title\":\"" + title + "\ud83d\ude00 and on\"}");
        offer(ERRORS, "{\"subject\":\"long\",\"title\":\"" + "x".repeat(15_000) + "\"}");
        assertThat(server.engine.seen)
                .extracting(occurrence -> occurrence.content().title())
                .containsExactly(title + "yz", title + "y…", title + "…", title + "x…");
        assertThat(server.post(ERRORS, "{\"subject\":\"s\",\"severity\":\"" + title + "\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.post(ERRORS, "{\"subject\":\"s\",\"title\":\"" + title + "\\ud800, longer\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theSameIdIsAnsweredAgainAndCountedOnce() {
        String body = "{\"subject\":\"s\",\"title\":\"a\",\"id\":\"o-1\"}";
        JsonNode first = offer(ERRORS, body);
        JsonNode again = offer(ERRORS, "{ \"id\": \"o-1\", \"title\": \"a\", \"subject\": \"s\" }");
        assertThat(again.path("claim")).isEqualTo(first.path("claim"));
        assertThat(again.path("occurrences").asLong()).isEqualTo(1);
    }

    @Test
    void theIdMayComeAsAHeaderOrBothTheSame() {
        Map<String, String> headers = Map.of("Content-Type", "application/json", "Idempotency-Key", "\"k\"");
        assertThat(server.post(ERRORS, "{\"subject\":\"s\"}", headers).statusCode())
                .isEqualTo(200);
        assertThat(server.engine.seen.get(0).request().orElseThrow().id()).isEqualTo("k");
        assertThat(server.post(ERRORS, "{\"subject\":\"s\",\"id\":\"k\"}", headers)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anotherBodyUnderTheSameIdIsRefused() {
        offer(ERRORS, "{\"subject\":\"s\",\"id\":\"o-1\"}");
        HttpResponse<String> other = server.post(ERRORS, "{\"subject\":\"other\",\"id\":\"o-1\"}");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(json(other).path("type").asText()).endsWith(":id-reused");
    }

    @Test
    void aClaimIsCompletedOnceAndStaleAfterItWasReleased() {
        String token =
                offer(JOBS, "{\"subject\":\"s\"}").path("claim").path("token").asText();
        assertThat(server.post("/v1/claims/" + token + "/extend", "{\"for\":\"5m\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.post("/v1/claims/" + token + "/release", "{\"why\":\"withdrawn\"}")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> late = server.post("/v1/claims/" + token + "/complete", "", Map.of());
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(json(late).path("type").asText()).isEqualTo("urn:sluice:problem:stale");
        assertThat(offer(JOBS, "{\"subject\":\"s\"}").path("decision").asText()).isEqualTo("pass");
    }

    @Test
    void aFailedReleaseLetsTheKeyRest() {
        String token =
                offer(JOBS, "{\"subject\":\"s\"}").path("claim").path("token").asText();
        assertThat(server.post("/v1/claims/" + token + "/release", "", Map.of()).statusCode())
                .isEqualTo(200);
        JsonNode next = offer(JOBS, "{\"subject\":\"s\"}");
        assertThat(next.path("reason").asText()).isEqualTo("backoff");
        assertThat(next.path("nextEligibleAt").asText()).isEqualTo("2026-03-04T12:00:05Z");
    }

    @Test
    void aStoreThatIsAwayIs503WithRetryAfter() {
        server.engine.away = true;
        HttpResponse<String> response = server.post(ERRORS, "{\"subject\":\"s\"}");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get("/metrics").body()).contains("sluice_store_up 0");
        server.engine.away = false;
        assertThat(server.lives()).isTrue();
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aServerThatGoesOnWithoutItsStoreIsReadyAndSaysSo() {
        server.engine.degraded = Optional.of("redis://r does not answer");
        HttpResponse<String> ready = server.get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"status\":\"degraded\",\"reason\":\"redis://r does not answer\"}");
        assertThat(server.get("/metrics").body()).contains("sluice_degraded 1");
        server.engine.degraded = Optional.empty();
        assertThat(server.get("/health/ready").body()).isEqualTo("{\"status\":\"up\"}");
        assertThat(server.get("/metrics").body()).contains("sluice_degraded 0");
    }
}
