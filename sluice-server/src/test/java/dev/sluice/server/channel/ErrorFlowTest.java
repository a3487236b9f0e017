package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The flow of errors in a whole server, from the request to a real mailbox and a real webhook, on a clock moved by hand. */
@Timeout(120)
class ErrorFlowTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final WebSink hook = new WebSink(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private Optional<Server> server = Optional.empty();

    @BeforeEach
    void start() throws Exception {
        mail.start();
        Files.writeString(
                directory.resolve("sluice.yaml"), """
                channels:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org, to: [ops@example.org]}
                  hook: {type: webhook, url: "http://127.0.0.1:%d/"}
                flows:
                  errors:
                    subject: {fields: [processor, error_type], fingerprint: {field: message, chars: 100}}
                    allow: 5 per 1h
                    variants: [{name: backfill, when: {backfill: true}, allow: 1 per 1h}]
                    summary-at: 3
                    digest: at-close
                    on-failure: {retry: {first: 5s, jitter: 0%%}}
                    channels: [mail, hook]
                """.formatted(mail.getSmtp().getPort(), hook.port()));
        ServerConfig config = new ConfigReader(
                        Optional.of(directory.resolve("sluice.yaml")),
                        Map.of(),
                        Optional.of(directory.resolve("data")),
                        Optional.of("0"))
                .read();
        server = Optional.of(Server.start(config.ticking(Duration.ZERO), now::get));
    }

    @AfterEach
    void stop() {
        server.ifPresent(Server::close);
        mail.stop();
        hook.close();
    }

    @Test
    @DisplayName("S4.1 ten at once: S S A S S and then muted, and [AGGREGATED x3] is in the title of every channel")
    void tenAtOnce() throws Exception {
        assertThat(decisions(offer(10, false)))
                .isEqualTo("pass pass summary pass pass suppress suppress suppress suppress suppress");
        server().tick();
        List<String> expected = List.of("boom", "boom", "[AGGREGATED x3] boom", "boom", "boom");
        assertThat(subjects()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(hooked("title")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    @DisplayName("S4.3 five at t = 0 and one at t = 3600 s: it is sent; one a microsecond earlier is held")
    void theWindowIsOverAtItsEnd() throws Exception {
        offer(5, false);
        server().tick();
        now.set(START.plus(HOUR).minusNanos(1_000));
        assertThat(decisions(offer(1, false))).isEqualTo("suppress");
        now.set(START.plus(HOUR));
        assertThat(decisions(offer(1, false))).isEqualTo("pass");
    }

    @Test
    @DisplayName("S4.3 a steady error, one in ten minutes for 48 h: at least one and at most five sends in every hour")
    void aSteadyError() throws Exception {
        List<Instant> sent = new ArrayList<>();
        for (int i = 0; i < 48 * 6; i++) {
            now.set(START.plus(Duration.ofMinutes(10L * i)));
            if (!decisions(offer(1, false)).equals("suppress")) {
                sent.add(now.get());
            }
            server().tick();
        }
        for (int hour = 0; hour < 48; hour++) {
            Instant from = START.plus(HOUR.multipliedBy(hour));
            assertThat(sent.stream().filter(at -> !at.isBefore(from) && at.isBefore(from.plus(HOUR))))
                    .hasSizeBetween(1, 5);
        }
        assertThat(subjects().stream().filter(title -> !title.startsWith("[HELD")))
                .hasSize(sent.size());
    }

    @Test
    @DisplayName("S4.6 a backfill of ten sends one, and a normal caller of the same error in between keeps its five")
    void aBackfillHasAnAllowanceOfItsOwn() throws Exception {
        List<JsonNode> backfill = new ArrayList<>();
        List<JsonNode> normal = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            backfill.addAll(offer(1, true));
            normal.addAll(offer(1, false));
        }
        assertThat(decisions(backfill)).isEqualTo("pass" + " suppress".repeat(9));
        assertThat(decisions(normal)).isEqualTo("pass pass summary pass pass" + " suppress".repeat(5));
        server().tick();
        assertThat(subjects()).hasSize(6);
    }

    @Test
    @DisplayName("S4.9 a receiver that fails the first three attempts still gets five")
    void aReceiverThatFailsFirst() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        hook.answers(socket ->
                WebSink.answer(attempts.incrementAndGet() <= 3 ? 500 : 204, "").to(socket));
        offer(10, false);
        server().tick();
        for (int second = 1; second <= 60; second++) {
            now.set(START.plusSeconds(second));
            server().tick();
        }
        assertThat(hooked("title")).hasSize(8);
        assertThat(hook.requests().stream()
                        .map(request -> request.headers().get("idempotency-key"))
                        .distinct())
                .hasSize(5);
        JsonNode books = JSON.readTree(get("v1/flows")).at("/flows/0/books");
        assertThat(books.path("delivered").asInt()).isEqualTo(5);
        assertThat(books.path("held").asInt()).isEqualTo(5);
        assertThat(get("v1/messages")).doesNotContain("\"waiting\"", "\"dead\"");
    }

    @Test
    @DisplayName(
            "S4.11 a burst of 100, then silence: one digest of 95 at the end of the window, without a further event")
    void aBurstAndThenSilence() throws Exception {
        offer(100, false);
        server().tick();
        now.set(START.plus(HOUR).minusNanos(1_000));
        server().tick();
        assertThat(subjects()).hasSize(5);
        now.set(START.plus(HOUR));
        server().tick();
        assertThat(subjects()).hasSize(6).contains("[HELD x95] boom");
        now.set(START.plus(HOUR.multipliedBy(5)));
        server().tick();
        assertThat(subjects()).hasSize(6);
    }

    private Server server() {
        return server.orElseThrow();
    }

    private List<JsonNode> offer(int times, boolean backfill) throws Exception {
        String line = """
                {"fields": {"processor": "Import", "error_type": "Timeout", "backfill": %s}, "title": "boom", "message": "no answer"}
                """.formatted(backfill);
        List<JsonNode> answers = new ArrayList<>();
        for (String answer : send(HttpRequest.newBuilder(server().address().resolve("v1/flows/errors/occurrences"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(line.repeat(times))))
                .split("\n", -1)) {
            if (!answer.isEmpty()) {
                answers.add(JSON.readTree(answer));
            }
        }
        return answers;
    }

    private static String decisions(List<JsonNode> answers) {
        return String.join(
                " ",
                answers.stream().map(answer -> answer.path("decision").asText()).toList());
    }

    private List<String> subjects() throws Exception {
        List<String> subjects = new ArrayList<>();
        for (MimeMessage each : mail.getReceivedMessages()) {
            subjects.add(each.getSubject());
        }
        return subjects;
    }

    /** One member of each body that arrived. */
    private List<String> hooked(String member) throws IOException {
        List<String> found = new ArrayList<>();
        for (WebSink.Request each : hook.requests()) {
            found.add(JSON.readTree(each.body()).path(member).asText());
        }
        return found;
    }

    private String get(String path) throws Exception {
        return send(HttpRequest.newBuilder(server().address().resolve(path)));
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString()).body();
    }
}
