package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server at its edges: a second one on the same data, a damaged file, an end in good order. */
class ServerProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** After this a supervisor kills. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    /** 4 MiB: enough for what the server unpacks and logs, and for some dozens of long messages. */
    private static final int DISK_BLOCKS = 8192;

    private static final int MORE_THAN_FITS = 200;
    private static final String LONG = "A line of a long text.\n".repeat(4000);

    @TempDir
    Path home;

    private final Journal journal = new Journal();
    private final Temper temper = Temper.always(Conduct.HANG, new Random(1), Duration.ZERO);
    private final SmtpSink mail = new SmtpSink(Scene.MAIL, temper, journal::arrived);
    private final HttpSink hook = new HttpSink(Scene.HOOK, temper, journal::arrived);

    @BeforeEach
    void configure() {
        Scene.write(home, mail.port(), hook.url());
    }

    @AfterEach
    void close() {
        mail.close();
        hook.close();
    }

    @Test
    void a_second_process_on_the_same_data_is_refused_and_the_first_lives_on() throws IOException {
        try (ServerProcess first = ServerProcess.start(home, List.of())) {
            URI address = first.ready(PATIENCE).orElseThrow();
            try (ServerProcess second = ServerProcess.start(home, List.of())) {
                assertThat(second.ready(PATIENCE)).isEmpty();
                assertThat(second.exitCode()).isNotZero();
                assertThat(second.output())
                        .contains("sluice.db", "in use by process")
                        .doesNotContain("\tat ");
            }
            assertThat(post(address, "mk1x").status()).isEqualTo(200);
        }
    }

    @Test
    void a_damaged_database_is_named_and_not_overwritten() throws IOException {
        byte[] damaged = "This is no database, but somebody may still want it."
                .repeat(200)
                .getBytes(StandardCharsets.UTF_8);
        Path database = home.resolve("data").resolve("sluice.db");
        Files.createDirectories(database.getParent());
        Files.write(database, damaged);

        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            assertThat(server.ready(PATIENCE)).isEmpty();
            assertThat(server.exitCode()).isNotZero();
            assertThat(server.output()).contains("sluice.db", "damaged").doesNotContain("\tat ");
        }

        assertThat(database).hasBinaryContent(damaged);
    }

    @Test
    void an_end_in_good_order_does_not_wait_for_a_sink_that_hangs_or_an_open_stream_and_loses_nothing()
            throws IOException {
        try (ServerProcess server = ServerProcess.start(home, List.of());
                Socket stream = new Socket()) {
            URI address = server.ready(PATIENCE).orElseThrow();
            beginStream(stream, address);
            assertThat(post(address, "mk1x").json().path("decision").asText()).isEqualTo("pass");
            Awaitility.await().until(() -> arrivalsAt(Scene.HOOK) == 1);

            server.terminate();

            assertThat(server.ended(STOP_PATIENCE)).isTrue();
            assertThat(server.exitCode()).isIn(0, 143);
        }
        temper.calmDown();
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            assertThat(server.ready(PATIENCE)).isPresent();
            Awaitility.await().atMost(PATIENCE).until(() -> accepted(Scene.MAIL) && accepted(Scene.HOOK));
        }
        assertThat(journal.arrivals()).allMatch(each -> each.told().equals(new Told.Pass("mk1x")));
    }

    @Test
    void a_full_disk_is_answered_by_503_and_what_was_acknowledged_before_is_kept() throws IOException {
        temper.calmDown();
        List<String> acknowledged = new ArrayList<>();
        try (ServerProcess server = ServerProcess.startOnFullDisk(home, DISK_BLOCKS)) {
            URI address = server.ready(PATIENCE).orElseThrow();
            Api.Reply reply = post(address, "mk0x", LONG);
            for (int i = 1; reply.status() == 200 && i <= MORE_THAN_FITS; i++) {
                acknowledged.add("mk" + (i - 1) + "x");
                reply = post(address, "mk" + i + "x", LONG);
            }

            assertThat(reply.status()).as(reply.body()).isEqualTo(503);
            assertThat(reply.json().path("status").asInt()).isEqualTo(503);
            assertThat(reply.json().path("detail").asText()).contains("the disk of", "sluice.db");
            Api api = new Api(() -> address);
            assertThat(api.get("/health/live").status()).isEqualTo(200);
            // What is too long to fit says nothing of a single page, for which there may be room yet.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                Api.Reply readiness = api.get("/health/ready");
                assertThat(readiness.status()).isEqualTo(503);
                assertThat(readiness.json().path("detail").asText()).contains("the disk of", "sluice.db");
                assertThat(api.get("/metrics").body()).contains("sluice_store_up 0.0");
            });
            assertThat(server.output()).contains("The store cannot write: the disk of");
        }
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            URI address = server.ready(PATIENCE).orElseThrow();
            Awaitility.await().atMost(PATIENCE).until(() -> passesAt(Scene.MAIL).containsAll(acknowledged));
            Awaitility.await().atMost(PATIENCE).until(() -> passesAt(Scene.HOOK).containsAll(acknowledged));
            assertThat(post(address, "mk1000000x").status()).isEqualTo(200);
        }
        assertThat(acknowledged).isNotEmpty();
    }

    /** Sends the beginning of a stream, and waits for the answer to its first line. */
    private static void beginStream(Socket stream, URI address) throws IOException {
        stream.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        stream.getOutputStream().write("""
                POST /v1/flows/errors/occurrences HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-ndjson\r
                Content-Length: 1000\r
                \r
                no occurrence
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(stream.getInputStream().read()).isEqualTo('H');
    }

    private List<String> passesAt(String channel) {
        return journal.arrivals().stream()
                .filter(each -> each.channel().equals(channel) && each.told() instanceof Told.Pass)
                .map(each -> ((Told.Pass) each.told()).marker())
                .toList();
    }

    private static Api.Reply post(URI address, String marker) throws IOException {
        return post(address, marker, "");
    }

    /** One occurrence of a subject of its own. */
    private static Api.Reply post(URI address, String marker, String text) throws IOException {
        Journal.Asked asked = new Journal.Asked(marker, "errors", "of-" + marker, Optional.empty());
        return new Api(() -> address)
                .post(
                        "/v1/flows/errors/occurrences",
                        Load.body(asked, false)
                                .put("severity", "error")
                                .put("message", text)
                                .toString(),
                        Map.of("Content-Type", "application/json"));
    }

    private long arrivalsAt(String channel) {
        return journal.arrivals().stream()
                .filter(each -> each.channel().equals(channel))
                .count();
    }

    private boolean accepted(String channel) {
        return journal.arrivals().stream()
                .anyMatch(each -> each.channel().equals(channel) && each.conduct() == Conduct.ACCEPT);
    }
}
