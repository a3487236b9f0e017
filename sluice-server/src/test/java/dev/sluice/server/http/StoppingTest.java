package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.HttpConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StoppingTest {
    private static final String POST = """
            POST /v1/flows/errors/occurrences HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            Content-Length: 15\r
            \r
            {"subject":"s"}""";

    @Test
    void aRequestThatRunsIsAnsweredBeforeTheServerEnds() throws Exception {
        Server server = new Server();
        CompletableFuture<Void> hold = new CompletableFuture<>();
        server.engine.hold = Optional.of(hold);
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(POST);
            Awaitility.await().until(() -> !server.engine.seen.isEmpty());
            Thread stopping = new Thread(server::close, "stopping");
            stopping.start();
            Awaitility.await().until(() -> !accepts(server.port));
            hold.complete(null);
            assertThat(raw.readOne()).startsWith("HTTP/1.1 200 ");
            stopping.join();
        }
    }

    private static boolean accepts(int port) {
        try (RawClient raw = new RawClient(port)) {
            raw.send("");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aConnectionThatIsOnlyKeptOpenDoesNotDelayTheEnd() throws Exception {
        Server server = new Server();
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(POST);
            assertThat(raw.readOne()).startsWith("HTTP/1.1 200 ");
            Instant before = Instant.now();
            server.close();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aStreamThatStaysOpenDoesNotOutlastTheSupervisor() throws Exception {
        Server server = new Server();
        try (RawClient raw = new RawClient(server.port)) {
            raw.send("""
                    POST /v1/flows/errors/occurrences HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/x-ndjson\r
                    Content-Length: 1000\r
                    \r
                    {"subject":"s"}
                    """);
            Awaitility.await().until(() -> !server.engine.seen.isEmpty());
            Instant before = Instant.now();
            server.close();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(7));
        }
    }

    @Test
    void aPortInUseIsSaidAtOnce() {
        try (Server server = new Server();
                MemoryEngine engine = new MemoryEngine()) {
            HttpConfig same = Server.SETTINGS.withPort(server.port);
            HttpEdge second =
                    HttpEdge.of(same, engine, Pages.NONE, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
            assertThat(org.assertj.core.api.Assertions.catchThrowable(second::start))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port);
            assertThat(server.lives()).isTrue();
        }
    }
}
