package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream has no end of its own: without the time-out a fault in dropping one would hang the build. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsTest {
    private final Server server = new Server();

    @AfterEach
    void close() {
        server.close();
    }

    private InputStream open(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + server.port + path).toURL().openConnection();
        connection.setReadTimeout(20_000);
        assertThat(connection.getContentType()).isEqualTo("text/event-stream");
        return connection.getInputStream();
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** The lines up to the first that has {@code text} in it. */
    private static List<String> until(BufferedReader reader, String text) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            lines.add(reader.readLine());
        } while (!lines.get(lines.size() - 1).contains(text));
        return lines;
    }

    @Test
    void aStreamBeginsWithTheBooksOfEveryFlowAndTellsThemAgainWhenTheyMove() throws IOException {
        try (BufferedReader events = reader(open("/events"))) {
            assertThat(until(events, "\"flow\":\"errors\"")).contains("retry: 2000", "event: flow");
            assertThat(until(events, "\"message\":0")).contains("event: changed");
            server.engine.books = Map.of("errors", Books.only(Bucket.IN, 3).with(Bucket.HELD, 3));
            assertThat(until(events, "\"in\":3")).contains("event: flow");
        }
    }

    @Test
    void aStreamOfOneFlowTellsNothingOfTheOthers() throws IOException {
        server.engine.books = Map.of("errors", Books.EMPTY, "jobs", Books.only(Bucket.IN, 1));
        try (BufferedReader events = reader(open("/events?flow=jobs"))) {
            assertThat(String.join("\n", until(events, "\"message\":0")))
                    .contains("\"jobs\"")
                    .doesNotContain("\"errors\"");
        }
        assertThat(server.get("/events?flow=none").statusCode()).isEqualTo(404);
        assertThat(server.get("/events?flaw=errors").statusCode()).isEqualTo(400);
    }

    @Test
    void theNumberOfStreamsIsBoundedAndOneThatEndsMakesRoom() throws IOException {
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < EventApi.MOST_STREAMS; i++) {
            streams.add(open("/events"));
        }
        assertThat(server.get("/events").statusCode()).isEqualTo(503);
        for (InputStream stream : streams) {
            stream.close();
        }
        Awaitility.await().untilAsserted(() -> open("/events").close());
    }

    @Test
    void aStoreThatIsAwayEndsNoStream() throws IOException {
        try (BufferedReader events = reader(open("/events"))) {
            until(events, "event: changed");
            server.engine.away = true;
            server.engine.books = Map.of("errors", Books.only(Bucket.IN, 9).with(Bucket.HELD, 9));
            server.engine.away = false;
            assertThat(until(events, "\"in\":9")).isNotEmpty();
        }
    }

    @Test
    void aClientThatDoesNotReadIsDropped() throws IOException {
        try (RawClient idle = new RawClient(server.port)) {
            idle.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            int before = server.engine.looks.get();
            Awaitility.await().until(() -> {
                server.engine.books = manyFlows(server.engine.books.size());
                return server.engine.looks.get() > before + 8;
            });
            assertThat(idle.readAll()).doesNotEndWith("0\r\n\r\n");
        }
        assertThat(server.lives()).isTrue();
    }

    /** More than the buffers between the two ends can hold, and other ones each time. */
    private static Map<String, Books> manyFlows(int seed) {
        Map<String, Books> books = new HashMap<>();
        for (int i = 0; i <= 40_000 + seed % 2; i++) {
            books.put("f" + i, Books.only(Bucket.IN, seed % 2));
        }
        return books;
    }

    @Test
    void aStreamDoesNotDelayTheEndOfTheServer() throws IOException {
        try (BufferedReader events = reader(open("/events"))) {
            until(events, "event: changed");
            Instant before = Instant.now();
            server.close();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void ratesComeInStepsOfWhichTheLastHoldsNow() {
        String body = server.get("/v1/flows/errors/rates?span=hour").body();
        assertThat(body)
                .contains("\"span\":\"hour\"", "\"step\":60", "\"at\":\"2026-03-04T11:01:00Z\"")
                .endsWith(
                        "{\"at\":\"2026-03-04T12:00:00Z\",\"in\":2,\"out\":0,\"held\":2,\"reported\":0,\"dead\":0}]}");
        assertThat(server.get("/v1/flows/errors/rates?span=year").statusCode()).isEqualTo(400);
        assertThat(server.get("/v1/flows/none/rates").statusCode()).isEqualTo(404);
    }
}
