package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.HttpConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What does not come is not waited for. */
class SlowBytesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_DROPS = 150;

    private final Server server = new Server(
            new HttpConfig("127.0.0.1", 0, Server.SETTINGS.limits(), PATIENCE, Optional.empty()), Pages.NONE);

    @AfterEach
    void theServerLivesOn() {
        assertThat(server.lives()).isTrue();
        server.close();
    }

    private String exchange(String request) throws IOException {
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(request);
            return raw.readAll();
        }
    }

    @Test
    void aBodyThatStopsComingIs408() throws IOException {
        String answer = exchange("""
                POST /v1/flows/errors/occurrences HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/json\r
                Content-Length: 100\r
                \r
                {"subject":\
                """);
        assertThat(answer).startsWith("HTTP/1.1 408 ").contains("application/problem+json", ":timeout");
    }

    @Test
    void aLineThatTricklesIsAnsweredAndEndsTheStream() throws Exception {
        String answer = trickled("""
                POST /v1/flows/errors/occurrences HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-ndjson\r
                Content-Length: 10000\r
                \r
                {"subject":"first"}
                {"subject":\
                """, " ");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("\"subject\":\"first\"", "\"line\":2", ":timeout")
                .endsWith("\r\n0\r\n\r\n");
    }

    @Test
    void emptyLinesDoNotKeepAStreamOpen() throws Exception {
        String answer = trickled("""
                POST /v1/flows/errors/occurrences HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-ndjson\r
                Content-Length: 10000\r
                \r
                """, "\n");
        assertThat(answer).contains(":timeout");
    }

    @Test
    void aStreamWhoseLinesComeInTimeGoesOn() throws Exception {
        try (RawClient raw = new RawClient(server.port)) {
            raw.send("""
                    POST /v1/flows/errors/occurrences HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/x-ndjson\r
                    Transfer-Encoding: chunked\r
                    \r
                    """);
            String line = "{\"subject\":\"s\"}\n";
            for (int i = 0; i < 6; i++) {
                raw.send("8\r\n" + line.substring(0, 8) + "\r\n");
                TimeUnit.MILLISECONDS.sleep(PATIENCE.toMillis() / 2);
                raw.send("8\r\n" + line.substring(8) + "\r\n");
            }
            raw.send("0\r\n\r\n");
            assertThat(raw.readUntil("\r\n0\r\n\r\n").lines().filter(text -> text.startsWith("{")))
                    .hasSize(6)
                    .noneMatch(text -> text.contains("timeout"));
        }
    }

    @Test
    void aSecondRequestThatTricklesIsEnded() throws Exception {
        String answer =
                trickled("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health/live HTTP/1.1\r\nX: ", "x");
        assertThat(answer).startsWith("HTTP/1.1 200 ").containsOnlyOnce("HTTP/1.1");
    }

    @Test
    void requestsInARowOnOneConnectionAreAllAnswered() throws IOException {
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertThat(exchange(get.repeat(50)).split("HTTP/1.1 200 ", -1)).hasSize(51);
    }

    /** What comes back until the server ends the connection, while {@code drop} is sent again and again. */
    private String trickled(String beginning, String drop) throws Exception {
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(beginning);
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return raw.readAll();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < MOST_DROPS && !answer.isDone(); i++) {
                raw.sendQuietly(drop);
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return answer.get(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aConnectionThatAsksNothingIsEnded() throws IOException {
        assertThat(exchange("GET /v1/fl")).isEmpty();
    }
}
