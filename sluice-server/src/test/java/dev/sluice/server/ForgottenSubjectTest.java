package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.ConfigException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state of an idle key is forgotten; what happened to it is still found under its subject. */
class ForgottenSubjectTest {
    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-14T18:00:00Z");
    private final HttpClient client = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Server server;

    @BeforeEach
    void start() throws IOException, ConfigException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                outbox: {retention: 10d}
                flows:
                  errors:
                    allow: 2 per 1h
                    channels: [inbox]
                    variants: [{name: critical, allow: 3 per 1h}]
                  jobs: {allow: exclusive}
                """);
        ConfigReader reader = new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory), Optional.of("0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), () -> now);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(server.address().resolve(path)));
    }

    private String offer(String flow, String subject) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"subject\":\"" + subject + "\",\"title\":\"The disk is full\",\"message\":\"m\"}")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        server.tick();
        return answer.body();
    }

    private void passes(Duration time) {
        now = now.plus(time);
        server.tick();
    }

    private void isForgotten(String flow) {
        for (int hour = 0; hour < 100; hour++) {
            passes(Duration.ofHours(1));
        }
        assertThat(get("v1/flows/" + flow + "/subjects").body()).contains("\"subjects\":[]");
    }

    @Test
    void theApiExplainsItAsIdle() {
        for (int i = 0; i < 4; i++) {
            offer("errors", "disk");
        }
        assertThat(get("v1/flows/errors/subjects/disk").body()).contains("\"forgotten\":false", "\"delivered\":2");
        isForgotten("errors");

        HttpResponse<String> about = get("v1/flows/errors/subjects/disk");

        assertThat(about.statusCode()).isEqualTo(200);
        assertThat(about.body())
                .contains(
                        "\"forgotten\":true",
                        "\"held\":0",
                        "\"delivered\":0",
                        "\"reason\":\"allowed\"",
                        "\"now\":\"" + now,
                        "Nothing is held: it was idle for long enough to be forgotten.",
                        "The rule lets the next one pass now.");
        assertThat(offer("errors", "disk")).contains("\"decision\":\"pass\"");
    }

    @Test
    void theConsoleShowsThatItIsIdleWithItsHistoryAndMessages() {
        for (int i = 0; i < 4; i++) {
            offer("errors", "disk");
        }
        isForgotten("errors");

        HttpResponse<String> page = get("flows/errors/subjects/disk");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(
                        "idle",
                        "nothing is held; its rule lets the next one pass",
                        "The disk is full",
                        "Messages",
                        "History")
                .contains("The last one that passed is")
                .doesNotContain("Yes, reset it", "passes now<");
    }

    @Test
    void aClaimThatNoMessageTellsOfIsFoundInTheLedger() {
        offer("jobs", "nightly");
        isForgotten("jobs");

        assertThat(get("v1/flows/jobs/subjects/nightly").body()).contains("\"forgotten\":true");
        assertThat(get("flows/jobs/subjects/nightly").body()).contains("idle", "History");
    }

    @Test
    void onlyTheKeyThatCameIsKnown() {
        offer("errors", "disk");
        isForgotten("errors");

        for (String other :
                new String[] {"errors/subjects/dis", "errors/subjects/disk?variant=critical", "jobs/subjects/disk"}) {
            assertThat(get("v1/flows/" + other).statusCode()).as(other).isEqualTo(404);
            assertThat(get("flows/" + other).statusCode()).as(other).isEqualTo(404);
        }
    }

    @Test
    void whatIsGoneFromTheLedgerTooIsNotThere() {
        offer("errors", "disk");
        isForgotten("errors");
        for (int day = 0; day < 12; day++) {
            passes(Duration.ofDays(1));
        }

        assertThat(get("v1/flows/errors/subjects/disk").statusCode()).isEqualTo(404);
        assertThat(get("flows/errors/subjects/disk").statusCode()).isEqualTo(404);
    }
}
