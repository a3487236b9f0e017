package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mail that a mail server refuses at first, out of a whole server, by a clock that is moved by hand. */
@Timeout(120)
class LetterRetryTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final MailSink sink =
            new MailSink().on(MailSink.END, MailSink.reply("451 not now"), MailSink.reply("250 fine"));
    private final HttpClient client = HttpClient.newHttpClient();
    private Optional<Server> server = Optional.empty();

    @BeforeEach
    void start() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                http: {public-url: "https://gate.example.org"}
                channels:
                  shop: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: shop@example.org}
                flows:
                  carts:
                    allow: once per 24h
                    on-failure: {retry: {first: 2m, factor: 1, jitter: 0, from: start}}
                    channels: [shop]
                    mail:
                      text: "{{#data.items}}{{name}}{{/data.items}} {{link}}"
                      html: "<b>{{data.name}}</b>"
                      secret: a secret of the shop
                      link: {url: "https://shop.example.org/cart"}
                      unsubscribe: on
                """.formatted(sink.port()));
        ConfigReader reader =
                new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory.resolve("data")), Optional.of("0"));
        server = Optional.of(Server.start(reader.read().ticking(Duration.ZERO), clock::get));
        send(
                "POST",
                "v1/flows/carts/occurrences",
                "{\"subject\":\"42/a\",\"recipients\":[\"ann@example.org\"],"
                        + "\"data\":{\"name\":\"</b><script>\",\"items\":[{\"name\":\"Lamp\"}]}}");
        server().tick();
        assertThat(sink.mails()).hasSize(1);
    }

    @AfterEach
    void stop() {
        server.ifPresent(Server::close);
        sink.close();
    }

    @Test
    @DisplayName(
            "S3.5 a mail that failed at 0 is sent at exactly 120 s, and is the same mail, links and Message-ID included")
    void theSecondAttemptIsTheSameMail() {
        at(120, -1);
        assertThat(sink.mails()).hasSize(1);
        at(120, 0);
        assertThat(sink.mails()).hasSize(2);
        assertThat(withoutBoundary(sink.mails().get(1)))
                .isEqualTo(withoutBoundary(sink.mails().get(0)))
                .contains(
                        "Message-ID: <", "List-Unsubscribe: <https://gate.example.org/v1/unsubscribe/", "Lamp https://")
                .contains("<b>&lt;/b&gt;&lt;script&gt;</b>");
    }

    @Test
    @DisplayName("S3.11 who unsubscribes between two attempts gets no second one")
    void whoUnsubscribesBetweenTwoAttemptsGetsNoSecondOne() throws Exception {
        String path = withoutBoundary(sink.mails().get(0))
                .replaceAll("(?s).*<https://gate.example.org/(v1/unsubscribe/[^>]*)>.*", "$1");
        send("POST", path, "List-Unsubscribe=One-Click");
        at(120, 0);
        at(86_399, 0);
        assertThat(sink.mails()).hasSize(1);
        assertThat(state()).isEqualTo("withdrawn");
    }

    @Test
    @DisplayName("S3.11 who buys between two attempts gets no second one")
    void whoBuysBetweenTwoAttemptsGetsNoSecondOne() throws Exception {
        send("POST", "v1/flows/carts/conversions", "{\"user\":\"42\"}");
        at(120, 0);
        assertThat(sink.mails()).hasSize(1);
        assertThat(state()).isEqualTo("withdrawn");
    }

    private Server server() {
        return server.orElseThrow();
    }

    private void at(long seconds, long nanos) {
        clock.set(BEGIN.plusSeconds(seconds).plusNanos(nanos * 1_000));
        server().tick();
    }

    /** The parts of a mail are divided by something new each time. */
    private static String withoutBoundary(String mail) {
        return mail.replaceAll("----=_Part_[0-9._]+", "----").replaceAll("\r\n[ \t]", "");
    }

    private String state() throws IOException, InterruptedException {
        JsonNode messages =
                JSON.readTree(send("GET", "v1/messages?flow=carts", "")).path("messages");
        assertThat(messages).hasSize(1);
        return messages.path(0).path("state").asText();
    }

    private String send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server().address().resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
