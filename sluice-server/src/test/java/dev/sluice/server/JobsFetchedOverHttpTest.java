package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that come for jobs over HTTP. The clock stands still; who waits does so in real time. */
class JobsFetchedOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");

    @TempDir
    private Path directory = Path.of("");

    private volatile Instant now = BEGIN;
    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;

    @BeforeEach
    void start() throws Exception {
        server = Server.start(config().ticking(Duration.ZERO), () -> now);
    }

    private ServerConfig config() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                jobs:
                  index:
                    fetched: on
                    lease: 30s
                    timeout: 5m
                    retry: {first: 5m}
                  mailbox:
                    call: {url: "http://127.0.0.1:1/"}
                """);
        return new ConfigReader(
                        Optional.of(file), Map.of(), Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"))
                .read();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CompletableFuture<HttpResponse<String>> sending(String method, String path, String body) {
        return client.sendAsync(
                HttpRequest.newBuilder(server.address().resolve(path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return sending("POST", path, body).get(30, TimeUnit.SECONDS);
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private JsonNode claimed() throws Exception {
        return json(post("v1/jobs/index/claim", ""), 200);
    }

    private void isNothingToDo() throws Exception {
        HttpResponse<String> response = post("v1/jobs/index/claim", "");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    private JsonNode shown() throws Exception {
        return json(sending("GET", "v1/jobs/index/shop", "").get(30, TimeUnit.SECONDS), 200);
    }

    private void trigger(String body) throws Exception {
        json(post("v1/jobs/index/shop", body), 202);
    }

    private static String claim(JsonNode job) {
        return "v1/claims/" + job.path("token").asText();
    }

    @Test
    void aWorkerIsGivenTheJobThatIsDueAndSettlesIt() throws Exception {
        trigger("{\"data\":{\"n\":1},\"by\":\"ann\"}");
        JsonNode job = json(post("v1/jobs/index/claim?wait=1s", "{\"by\":\"worker-7\"}"), 200);
        assertThat(job.path("job").asText()).isEqualTo("index");
        assertThat(job.path("subject").asText()).isEqualTo("shop");
        assertThat(job.path("job_id").asText()).isEqualTo("index_shop_" + BEGIN.getEpochSecond());
        assertThat(job.path("data")).hasToString("{\"n\":1}");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("by").asText()).isEqualTo("ann");
        assertThat(job.path("place").asText("none")).isEmpty();
        assertThat(job.path("lastRun").isNull()).isTrue();
        assertThat(job.path("fence").asLong()).isPositive();
        assertThat(job.path("until").asText()).isEqualTo(BEGIN.plusSeconds(30).toString());
        assertThat(shown().path("holder").asText()).isEqualTo("worker-7");
        assertThat(post("v1/jobs/index/shop", "").statusCode()).isEqualTo(409);
        isNothingToDo();

        json(post(claim(job) + "/complete", "{\"place\":\"row 9\"}"), 200);
        trigger("");
        JsonNode next = claimed();
        assertThat(next.path("place").asText()).isEqualTo("row 9");
        assertThat(next.path("lastRun").asText()).isEqualTo(BEGIN.toString());
        assertThat(next.path("data")).hasToString("{}");
        assertThat(next.path("fence").asLong()).isGreaterThan(job.path("fence").asLong());
    }

    @Test
    void ofTwoWorkersOneDiesSoTheOtherIsGivenItsJobAfterTheLeaseAndTheLateTokenIsStale() throws Exception {
        trigger("");
        JsonNode dead = json(post("v1/jobs/index/claim", "{\"by\":\"first\"}"), 200);
        now = BEGIN.plusSeconds(29);
        isNothingToDo();
        now = BEGIN.plusSeconds(31);
        JsonNode second = json(post("v1/jobs/index/claim", "{\"by\":\"second\"}"), 200);
        assertThat(second.path("subject").asText()).isEqualTo("shop");
        assertThat(second.path("attempt").asInt()).isEqualTo(2);
        assertThat(second.path("fence").asLong())
                .isGreaterThan(dead.path("fence").asLong());
        for (String verb : new String[] {"/complete", "/release", "/extend"}) {
            String body = verb.equals("/extend") ? "{\"for\":\"1m\"}" : "";
            assertThat(post(claim(dead) + verb, body).statusCode()).as(verb).isEqualTo(409);
        }
        json(post(claim(second) + "/complete", "{\"place\":\"row 9\"}"), 200);
        assertThat(shown().path("state").asText()).isEqualTo("none");
    }

    @Test
    void aWorkerThatNeedsLongerExtendsItsClaim() throws Exception {
        trigger("");
        JsonNode job = claimed();
        json(post(claim(job) + "/extend", "{\"for\":\"2m\"}"), 200);
        now = BEGIN.plusSeconds(119);
        isNothingToDo();
        json(post(claim(job) + "/complete", ""), 200);
    }

    @Test
    void aWorkerThatFailsSaysWhyAndTheJobRests() throws Exception {
        trigger("");
        json(post(claim(claimed()) + "/release", "{\"reason\":\"disk full\"}"), 200);
        assertThat(shown().at("/failure/reason").asText()).isEqualTo("disk full");
        isNothingToDo();
        now = BEGIN.plus(Duration.ofMinutes(5));
        assertThat(claimed().path("attempt").asInt()).isEqualTo(2);
    }

    @Test
    void aWorkerThatWaitsIsAnsweredWhenAJobIsThere() throws Exception {
        server.close();
        server = Server.start(config());
        CompletableFuture<HttpResponse<String>> waiting = sending("POST", "v1/jobs/index/claim?wait=60s", "");
        trigger("{\"data\":{\"n\":1}}");
        JsonNode job = json(waiting.get(30, TimeUnit.SECONDS), 200);
        assertThat(job.at("/data/n").asInt()).isEqualTo(1);
        json(post(claim(job) + "/complete", ""), 200);
    }

    @Test
    void whoWaitsInVainIsToldSoAfterTheWait() throws Exception {
        long began = System.nanoTime();
        assertThat(post("v1/jobs/index/claim?wait=300ms", "").statusCode()).isEqualTo(204);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void whatIsWrongWithARequestIsSaid() throws Exception {
        assertThat(json(post("v1/jobs/index/claim?wait=61s", "{\"who\":1}"), 400)
                        .path("errors"))
                .hasSize(2);
        assertThat(json(post("v1/jobs/index/claim?wait=soon", ""), 400)
                        .at("/errors/0/field")
                        .asText())
                .isEqualTo("wait");
        assertThat(json(post("v1/jobs/mailbox/claim", ""), 400).path("detail").asText())
                .contains("the jobs of mailbox are done by its call");
        json(post("v1/jobs/nothing/claim", ""), 404);
    }

    @Test
    void aSubjectCalledClaimIsTriggeredByItsEscapedName() throws Exception {
        assertThat(json(post("v1/jobs/index/%63laim", ""), 202).path("done").asText())
                .isEqualTo("started");
        assertThat(claimed().path("subject").asText()).isEqualTo("claim");
    }
}
