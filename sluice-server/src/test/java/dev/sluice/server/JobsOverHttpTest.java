package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One job per subject over HTTP. Workers stand still but for {@code server.tick()}, and so does the clock. */
class JobsOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final String ID = "email_process_123_" + BEGIN.getEpochSecond();
    private static final String PENDING = "An email processing job is already pending for your account.";
    private static final String CONFIG = """
            jobs:
              mailbox:
                call: {url: "${RECEIVER}", secret: hush}
                retry: {first: 5m, factor: 2, max: 60m}
                id-prefix: email_process
                pending-text: An email processing job is already pending for your account.
                subjects:
                  - {subject: poll, every: 1h}
                  - {subject: off, every: 1h, enabled: off}
            """;

    @TempDir
    Path directory;

    private volatile Instant now = BEGIN;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<JsonNode> runs = Collections.synchronizedList(new ArrayList<>());
    private final List<Map<String, List<String>>> headers = Collections.synchronizedList(new ArrayList<>());
    private volatile Receiver receiver = body -> new Said(204, "");
    private HttpServer http;
    private Server server;

    private record Said(int status, String body) {}

    private interface Receiver {
        Said take(JsonNode body) throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::receive);
        http.start();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of("RECEIVER", "http://127.0.0.1:" + http.getAddress().getPort() + "/"),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), () -> now);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            Said said = receiver.take(body);
            runs.add(body);
            byte[] answer = said.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(said.status(), answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @AfterEach
    void stop() {
        server.close();
        http.stop(0);
    }

    private void later(Duration length) {
        now = now.plus(length);
        server.tick();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> trigger(String body) throws Exception {
        return send("POST", "v1/jobs/mailbox/123", body);
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private JsonNode get(String path) throws Exception {
        return json(send("GET", path, ""), 200);
    }

    private List<String> runsOf(String subject) {
        return runs.stream()
                .filter(run -> run.path("subject").asText().equals(subject))
                .map(run -> run.path("data").path("n").asText())
                .toList();
    }

    private static void isPending(JsonNode answer, String state) {
        assertThat(answer.path("success").asBoolean(true)).isFalse();
        assertThat(answer.path("error").asText()).isEqualTo(PENDING + " Status: " + state + ".");
        JsonNode status = answer.path("job_status");
        assertThat(status.path("user_id").asText()).isEqualTo("123");
        assertThat(status.path("has_any_pending").asBoolean()).isTrue();
        assertThat(Stream.of("running", "scheduled", "queued")
                        .filter(each -> status.path("has_" + each + "_job").asBoolean()))
                .containsExactly(state);
    }

    @Test
    @DisplayName("S5.1 S5.4: of two triggers 50 ms apart, with paused workers, the second one is told what is queued")
    void theSecondTriggerIsTold() throws Exception {
        JsonNode first = json(trigger("{\"by\":\"ann\"}"), 202);
        assertThat(first.path("success").asBoolean()).isTrue();
        assertThat(first.path("job_id").asText()).isEqualTo(ID);
        assertThat(first.path("state").asText()).isEqualTo("queued");
        assertThat(first.path("done").asText()).isEqualTo("started");
        now = BEGIN.plusMillis(50);

        HttpResponse<String> second = trigger("");
        isPending(json(second, 409), "queued");
        assertThat(second.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode told = JSON.readTree(second.body());
        assertThat(told.path("since").asText()).isEqualTo(BEGIN.toString());
        assertThat(told.path("by").asText()).isEqualTo("ann");
        assertThat(told.path("nextRunAt").asText()).isEqualTo(BEGIN.toString());
        assertThat(told.path("holder").isNull()).isTrue();
        server.tick();
        assertThat(runsOf("123")).hasSize(1);
        assertThat(send("GET", "metrics", "").body())
                .contains("sluice_jobs_conflicts_total{job=\"mailbox\",state=\"queued\"} 1.0")
                .contains("sluice_jobs_run_seconds_count{job=\"mailbox\",outcome=\"done\"}");
    }

    @Test
    @DisplayName("S5.2: while it runs a trigger is told so, and by whom it is held")
    void aRunningJobIsInTheWay() throws Exception {
        List<HttpResponse<String>> meanwhile = new ArrayList<>();
        receiver = body -> {
            if (body.path("subject").asText().equals("123")) {
                meanwhile.add(trigger(""));
            }
            return new Said(200, "{}");
        };
        json(trigger("{\"data\":{\"n\":1}}"), 202);
        server.tick();
        JsonNode told = json(meanwhile.get(0), 409);
        isPending(told, "running");
        assertThat(told.path("holder").asText()).isNotEmpty();
        assertThat(told.path("nextRunAt").isNull()).isTrue();
        assertThat(runsOf("123")).containsExactly("1");
        json(trigger(""), 202);
    }

    @Test
    @DisplayName("S5.3: one that is due in 30 minutes is in the way as scheduled")
    void aScheduledJobIsInTheWay() throws Exception {
        assertThat(json(trigger("{\"delay\":\"30m\"}"), 202).path("state").asText())
                .isEqualTo("scheduled");
        JsonNode told = json(trigger(""), 409);
        isPending(told, "scheduled");
        assertThat(told.path("nextRunAt").asText())
                .isEqualTo(BEGIN.plus(Duration.ofMinutes(30)).toString());
        later(Duration.ofMinutes(30));
        assertThat(runsOf("123")).hasSize(1);
    }

    @Test
    @DisplayName("S5.7: the id of a subject and an instant is the same in every time zone, scheduled or triggered")
    void theIdIsTheSameInEveryTimeZone() throws Exception {
        TimeZone here = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            assertThat(json(trigger(""), 202).path("job_id").asText()).isEqualTo(ID);
            json(send("DELETE", "v1/jobs/mailbox/123", ""), 200);
            TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
            json(send("PUT", "v1/jobs/mailbox/123/schedule", "{\"every\":\"1h\"}"), 200);
            server.tick();
            assertThat(runs.stream().map(run -> run.path("job_id").asText())).contains(ID);
        } finally {
            TimeZone.setDefault(here);
        }
    }

    @Test
    @DisplayName(
            "S5.11: five triggers with after, while it runs, make exactly one follow-up, which has the latest data")
    void fiveTriggersMakeOneFollowUp() throws Exception {
        List<JsonNode> answers = new ArrayList<>();
        receiver = body -> {
            if (body.path("data").path("n").asText().equals("first")) {
                for (int i = 1; i <= 5; i++) {
                    answers.add(json(trigger("{\"after\":true,\"data\":{\"n\":\"" + i + "\"}}"), 202));
                }
            }
            return new Said(200, "{}");
        };
        json(trigger("{\"data\":{\"n\":\"first\"}}"), 202);
        server.tick();
        assertThat(runsOf("123")).containsExactly("first", "5");
        assertThat(answers).hasSize(5).allSatisfy(answer -> {
            assertThat(answer.path("done").asText()).isEqualTo("follows");
            assertThat(answer.path("state").asText()).isEqualTo("running");
        });
    }

    @Test
    @DisplayName("S5.12: a priority trigger replaces what is scheduled and runs now; what runs is not cancelled")
    void aPriorityTriggerReplacesWhatIsScheduled() throws Exception {
        json(trigger("{\"delay\":\"30m\",\"data\":{\"n\":\"scheduled\"}}"), 202);
        JsonNode answer = json(trigger("{\"priority\":true,\"data\":{\"n\":\"now\"}}"), 202);
        assertThat(answer.path("done").asText()).isEqualTo("replaced");
        receiver = body -> {
            if (body.path("data").path("n").asText().equals("now")) {
                assertThat(json(trigger("{\"priority\":true,\"data\":{\"n\":\"next\"}}"), 202)
                                .path("done")
                                .asText())
                        .isEqualTo("follows");
            }
            return new Said(200, "{}");
        };
        server.tick();
        later(Duration.ofMinutes(31));
        assertThat(runsOf("123")).containsExactly("now", "next");
    }

    @Test
    @DisplayName(
            "S5.14: a job that fails is tried again after 5, 10, 20, 40, 60 and 60 minutes, says why, and success resets")
    void aFailingJobBacksOff() throws Exception {
        receiver = body -> new Said(body.path("subject").asText().equals("123") ? 500 : 204, "");
        json(trigger("{\"data\":{\"n\":1}}"), 202);
        server.tick();
        int tries = 1;
        for (int minutes : List.of(5, 10, 20, 40, 60, 60)) {
            later(Duration.ofMinutes(minutes).minusSeconds(1));
            assertThat(runsOf("123")).hasSize(tries);
            isPending(json(trigger(""), 409), "scheduled", "resting");
            later(Duration.ofSeconds(1));
            assertThat(runsOf("123")).hasSize(++tries);
        }
        JsonNode shown = get("v1/jobs/mailbox/123");
        assertThat(shown.path("state").asText()).isEqualTo("resting");
        assertThat(shown.at("/failure/reason").asText()).contains("status 500");
        receiver = body -> new Said(204, "");
        json(send("POST", "v1/jobs/mailbox/123/run", ""), 200);
        server.tick();
        assertThat(send("GET", "v1/jobs/mailbox/123", "").statusCode()).isEqualTo(404);
    }

    private static void isPending(JsonNode answer, String flag, String word) {
        assertThat(answer.path("error").asText()).isEqualTo(PENDING + " Status: " + word + ".");
        assertThat(answer.at("/job_status/has_" + flag + "_job").asBoolean()).isTrue();
    }

    @Test
    void aCallCarriesItsFenceItsDataAndWhereTheLastOneEnded() throws Exception {
        receiver = body -> new Said(200, "{\"place\":\"uid 7\"}");
        json(trigger("{\"data\":{\"n\":1}}"), 202);
        server.tick();
        json(trigger("{\"data\":{\"n\":2}}"), 202);
        server.tick();
        List<JsonNode> ours = runs.stream()
                .filter(run -> run.path("subject").asText().equals("123"))
                .toList();
        assertThat(ours.get(0).path("place").asText()).isEmpty();
        assertThat(ours.get(1).path("place").asText()).isEqualTo("uid 7");
        assertThat(ours.get(1).path("lastRun").asText()).isEqualTo(BEGIN.toString());
        assertThat(ours.get(1).path("fence").asLong())
                .isGreaterThan(ours.get(0).path("fence").asLong());
        assertThat(headers)
                .allSatisfy(each -> assertThat(each.keySet())
                        .contains("Sluice-fence", "Sluice-claim", "Idempotency-key", "Sluice-signature"));
    }

    @Test
    @DisplayName("who accepts with 202 settles the claim later: extended it outlives its lease, and settles once")
    void whoAcceptsAStepSettlesItLater() throws Exception {
        receiver = body -> new Said(202, "");
        json(trigger(""), 202);
        server.tick();
        assertThat(get("v1/jobs/mailbox/123").path("state").asText()).isEqualTo("running");
        isPending(json(trigger(""), 409), "running");
        String claim = "v1/claims/" + claimOf(0);
        json(send("POST", claim + "/extend", "{\"for\":\"10m\"}"), 200);
        later(Duration.ofMinutes(9));
        assertThat(runsOf("123")).hasSize(1);
        json(send("POST", claim + "/complete", "{\"place\":\"uid 9\"}"), 200);
        JsonNode shown = get("v1/jobs/mailbox/123");
        assertThat(shown.path("state").asText()).isEqualTo("none");
        assertThat(shown.path("place").asText()).isEqualTo("uid 9");
        assertThat(send("POST", claim + "/release", "{\"reason\":\"late\"}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void whoAcceptedAndFailsSaysWhyAndWhoLetsTheLeaseEndIsTooLate() throws Exception {
        receiver = body -> new Said(202, "");
        json(trigger(""), 202);
        server.tick();
        json(send("POST", "v1/claims/" + claimOf(0) + "/release", "{\"reason\":\"no such box\"}"), 200);
        assertThat(get("v1/jobs/mailbox/123").at("/failure/reason").asText()).isEqualTo("no such box");
        later(Duration.ofMinutes(5));
        assertThat(runsOf("123")).hasSize(2);
        later(Duration.ofSeconds(31));
        server.tick();
        assertThat(runsOf("123")).hasSize(3);
        assertThat(send("POST", "v1/claims/" + claimOf(1) + "/complete", "").statusCode())
                .isEqualTo(409);
    }

    private String claimOf(int run) {
        return runs.stream()
                .filter(each -> each.path("subject").asText().equals("123"))
                .toList()
                .get(run)
                .path("claim")
                .asText();
    }

    @Test
    void aStepThatWantsMoreIsFollowedByAnotherOneOfTheSameRun() throws Exception {
        receiver = body -> new Said(200, body.path("step").asInt() < 3 ? "{\"more\":true}" : "{}");
        json(trigger(""), 202);
        server.tick();
        assertThat(runs.stream().filter(run -> run.path("subject").asText().equals("123")))
                .extracting(run -> run.path("step").asInt())
                .containsExactly(1, 2, 3);
    }

    @Test
    void whatIsScheduledRunsByItselfAndAgainAnHourAfterItsLastRun() throws Exception {
        server.tick();
        assertThat(runsOf("poll")).hasSize(1);
        for (int minute = 5; minute <= 65; minute += 5) {
            later(Duration.ofMinutes(5));
        }
        assertThat(runsOf("poll")).hasSize(2);
        assertThat(runsOf("off")).isEmpty();
        assertThat(get("v1/jobs/mailbox/poll").path("schedule").asText()).isEqualTo("PT1H");
    }

    @Test
    void aSubjectThatIsNotEnabledOrPausedIsRefusedWithTheReason() throws Exception {
        server.tick();
        JsonNode off = json(send("POST", "v1/jobs/mailbox/off", ""), 400);
        assertThat(off.path("success").asBoolean(true)).isFalse();
        assertThat(off.path("error").asText()).isEqualTo("it is not enabled");

        json(send("POST", "v1/jobs/mailbox/123/pause", "{\"reason\":\"bad password\",\"by\":\"ann\"}"), 200);
        assertThat(json(trigger(""), 400).path("error").asText()).isEqualTo("bad password");
        json(send("POST", "v1/jobs/mailbox/123/resume", "{}"), 200);
        json(trigger(""), 202);
        assertThat(get("v1/ledger?flow=mailbox&subject=123").toString())
                .contains("paused by ann: bad password", "resumed by api");
    }

    @Test
    @DisplayName("S5.13: what waits can be listed, run now and cancelled by hand, and the ledger says by whom")
    void whatWaitsIsListedRunAndCancelled() throws Exception {
        json(trigger("{\"delay\":\"30m\"}"), 202);
        assertThat(get("v1/jobs?job=mailbox&state=scheduled")
                        .at("/jobs/0/subject")
                        .asText())
                .isEqualTo("123");
        json(send("POST", "v1/jobs/mailbox/123/run", "{\"by\":\"ann\"}"), 200);
        server.tick();
        assertThat(runsOf("123")).hasSize(1);
        json(trigger("{\"delay\":\"30m\"}"), 202);
        json(send("DELETE", "v1/jobs/mailbox/123", "{\"by\":\"bob\"}"), 200);
        later(Duration.ofMinutes(30));
        assertThat(runsOf("123")).hasSize(1);
        assertThat(send("DELETE", "v1/jobs/mailbox/123", "").statusCode()).isEqualTo(404);
        assertThat(get("v1/ledger?flow=mailbox&subject=123").toString())
                .contains("run now by ann", "cancelled by bob", "attempt 1: done after 1 steps");
    }

    @Test
    @DisplayName("S5.13: a running job is taken away from its holder by hand, and only so")
    void aRunningJobIsReleasedByForce() throws Exception {
        receiver = body -> {
            if (body.path("subject").asText().equals("123") && runsOf("123").isEmpty()) {
                json(send("DELETE", "v1/jobs/mailbox/123", ""), 409);
                json(send("POST", "v1/jobs/mailbox/123/release", "{\"by\":\"ann\"}"), 200);
            }
            return new Said(200, "{}");
        };
        json(trigger(""), 202);
        server.tick();
        server.tick();
        assertThat(runs.stream()
                        .filter(run -> run.path("subject").asText().equals("123"))
                        .map(run -> run.path("fence").asLong()))
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(get("v1/ledger?flow=mailbox&subject=123").toString())
                .contains("released by force by ann", "lost its claim");
        assertThat(send("POST", "v1/jobs/mailbox/123/release", "").statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsWrongWithARequestIsSaidAtOnceAndNothingIsStarted() throws Exception {
        JsonNode told = json(trigger("{\"after\":true,\"priority\":true,\"delay\":\"soon\",\"wrong\":1}"), 400);
        assertThat(told.path("errors")).hasSize(3);
        assertThat(json(send("PUT", "v1/jobs/mailbox/123/schedule", "{\"cron\":\"x\"}"), 400)
                        .at("/errors/0/field")
                        .asText())
                .isEqualTo("cron");
        json(send("POST", "v1/jobs/nothing/123", ""), 404);
        assertThat(send("GET", "v1/jobs/mailbox/123", "").statusCode()).isEqualTo(404);
    }
}
