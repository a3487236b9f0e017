package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.HttpConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What does not come is not waited for. */
class SlowBytesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

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
    void aConnectionThatAsksNothingIsEnded() throws IOException {
        assertThat(exchange("GET /v1/fl")).isEmpty();
    }
}
