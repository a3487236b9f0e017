package dev.sluice.server.http;

import static dev.sluice.server.http.Parsed.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NdjsonTest {
    private static final String ERRORS = "/v1/flows/errors/occurrences";
    private static final Map<String, String> NDJSON = Map.of("Content-Type", "application/x-ndjson");

    /** Lines that may be read before reading stops: those that may wait, and one chunk. */
    private static final int AHEAD = 2_000;

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<JsonNode> lines(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<JsonNode> lines = new ArrayList<>();
        response.body().lines().forEach(line -> lines.add(json(line)));
        return lines;
    }

    @Test
    void linesAreAnsweredInOrderAndABadOneByAProblemWithItsNumber() {
        String body = String.join(
                "\n",
                "{\"subject\":\"a\"}",
                "{\"subject\":",
                "",
                "{\"subject\":\"b\"}\r",
                "{\"subject\":\"" + "x".repeat(6_000) + "\"}",
                "{\"x\":1}",
                "{\"subject\":\"c\"}");
        List<JsonNode> lines = lines(server.post(ERRORS, body, NDJSON));
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0).path("subject").asText()).isEqualTo("a");
        assertThat(lines.get(1).path("line").asInt()).isEqualTo(2);
        assertThat(lines.get(1).path("type").asText()).endsWith(":malformed-json");
        assertThat(lines.get(2).path("subject").asText()).isEqualTo("b");
        assertThat(lines.get(3).path("line").asInt()).isEqualTo(5);
        assertThat(lines.get(3).path("status").asInt()).isEqualTo(413);
        assertThat(lines.get(4).path("line").asInt()).isEqualTo(6);
        assertThat(lines.get(5).path("subject").asText()).isEqualTo("c");
    }

    @Test
    void twentyThousandLinesAreAnsweredEach() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            body.append("{\"subject\":\"s").append(i % 100).append("\"}\n");
        }
        List<JsonNode> lines = lines(server.post(ERRORS + "?settle=now", body.toString(), NDJSON));
        assertThat(lines).hasSize(20_000);
        assertThat(lines.stream().filter(line -> !line.path("decision").asText().equals("suppress")))
                .hasSize(500);
        assertThat(lines.get(12_345).path("subject").asText()).isEqualTo("s45");
    }

    @Test
    void aBatchUnderAnIdempotencyKeyIsSafeToRepeat() {
        Map<String, String> headers = Map.of("Content-Type", "application/x-ndjson", "Idempotency-Key", "batch-1");
        String body = "{\"subject\":\"a\"}\n{\"subject\":\"a\"}\n";
        List<JsonNode> first = lines(server.post(ERRORS, body, headers));
        List<JsonNode> again = lines(server.post(ERRORS, body, headers));
        assertThat(first.get(0).path("claim")).isNotEqualTo(first.get(1).path("claim"));
        assertThat(again.get(0).path("claim")).isEqualTo(first.get(0).path("claim"));
        assertThat(again.get(1).path("claim")).isEqualTo(first.get(1).path("claim"));
    }

    @Test
    void aLineThatBringsAnIdKeepsItUnderAnIdempotencyKey() {
        Map<String, String> headers = Map.of("Content-Type", "application/x-ndjson", "Idempotency-Key", "batch-1");
        String body = "{\"subject\":\"a\",\"id\":\"own\"}\n{\"subject\":\"a\"}\n";
        List<JsonNode> first = lines(server.post(ERRORS, body, headers));
        JsonNode again =
                json(server.post(ERRORS, "{\"subject\":\"a\",\"id\":\"own\"}").body());
        assertThat(first)
                .allSatisfy(line -> assertThat(line.path("decision").asText()).isNotEmpty());
        assertThat(again.path("claim")).isEqualTo(first.get(0).path("claim"));
        assertThat(first.get(1).path("claim")).isNotEqualTo(first.get(0).path("claim"));
    }

    @Test
    void aStoreThatIsAwayFailsItsLinesAndNotTheRest() {
        server.engine.away = true;
        List<JsonNode> lines = lines(server.post(ERRORS, "{\"subject\":\"a\"}\n{\"subject\":\"b\"}\n", NDJSON));
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.path("status").asInt()).isEqualTo(503));
    }

    @Test
    void readingStopsWhileTooManyLinesWaitAndGoesOnAfterwards() throws Exception {
        CompletableFuture<Void> hold = new CompletableFuture<>();
        server.engine.hold = Optional.of(hold);
        int many = 6_000;
        try (RawClient raw = new RawClient(server.port)) {
            Thread writer = new Thread(() -> raw.sendQuietly(request(many)), "ndjson-writer");
            writer.start();
            Awaitility.await().until(() -> stalled(writer));
            assertThat(server.engine.seen.size()).isLessThan(AHEAD);
            hold.complete(null);
            assertThat(raw.readUntil("\r\n0\r\n\r\n").lines().filter(line -> line.startsWith("{")))
                    .hasSize(many);
            writer.join();
        }
    }

    /** The writer has not ended, and nothing came in for a while: the socket is full. */
    private boolean stalled(Thread writer) throws InterruptedException {
        int before = server.engine.seen.size();
        writer.join(300);
        return writer.isAlive() && before > 0 && server.engine.seen.size() == before;
    }

    private static String request(int lines) {
        String body = "{\"subject\":\"s\",\"message\":\"" + "x".repeat(4_000) + "\"}\n";
        return "POST " + ERRORS + "?settle=now HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: " + body.length() * (long) lines + "\r\n\r\n" + body.repeat(lines);
    }
}
