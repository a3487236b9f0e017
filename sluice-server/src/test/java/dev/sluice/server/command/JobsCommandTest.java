package dev.sluice.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs from a terminal, against a real server. Its workers stand still but for {@code server.tick()}. */
class JobsCommandTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");

    @TempDir
    private Path directory = Path.of("");

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer receiver;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(202, -1);
            }
        });
        receiver.start();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                jobs:
                  mailbox:
                    call: {url: "${RECEIVER}"}
                  index:
                    call: {url: "${RECEIVER}"}
                """);
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of("RECEIVER", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/"),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), () -> BEGIN);
    }

    @AfterEach
    void stop() {
        server.close();
        receiver.stop(0);
    }

    private void trigger(String job, String subject, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/jobs/" + job + "/" + subject))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
    }

    private String ledger() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/ledger?flow=mailbox"))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private Called jobs(String... arguments) {
        List<String> all = new ArrayList<>(List.of("jobs"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--server", server.address().toString()));
        return Called.in(directory, Map.of(), all.toArray(String[]::new));
    }

    private String done(String... arguments) {
        Called called = jobs(arguments);
        assertThat(called.err()).isEmpty();
        assertThat(called.code()).isZero();
        return called.out();
    }

    @Test
    void jobsAreListedAsATableOrAsTheServerAnswers() throws Exception {
        assertThat(done("list")).isEqualTo("There are no such jobs.\n");
        trigger("mailbox", "123", "{\"by\":\"ann\"}");
        trigger("index", "shop", "{\"delay\":\"30m\"}");
        assertThat(done("list")).isEqualToNormalizingNewlines("""
                JOB      SUBJECT  STATE      ATTEMPT  NEXT RUN              SINCE                 BY   HOLDER  FAILURE
                mailbox  123      queued     1        2026-01-14T09:00:00Z  2026-01-14T09:00:00Z  ann  -       -
                index    shop     scheduled  1        2026-01-14T09:30:00Z  2026-01-14T09:00:00Z  api  -       -
                """);
        assertThat(done("list", "--state", "scheduled")).contains("shop").doesNotContain("mailbox");
        JsonNode answer = JSON.readTree(done("list", "--job", "mailbox", "--limit", "1", "--json"));
        assertThat(answer.path("jobs")).hasSize(1);
        assertThat(answer.at("/jobs/0/subject").asText()).isEqualTo("123");
    }

    @Test
    void aJobIsShownWhateverItsSubjectIsCalled() throws Exception {
        trigger("mailbox", "a%2Fb%20%C3%BC", "{\"by\":\"ann\"}");
        assertThat(done("show", "mailbox", "a/b ü").lines())
                .contains("job       mailbox", "subject   a/b ü", "state     queued", "by        ann")
                .noneMatch(line -> line.startsWith("because"));
        assertThat(JSON.readTree(done("show", "mailbox", "a/b ü", "--json"))
                        .path("subject")
                        .asText())
                .isEqualTo("a/b ü");
    }

    @Test
    void aJobIsRunReleasedAndCancelledAndTheLedgerSaysByWhom() throws Exception {
        trigger("mailbox", "123", "{\"delay\":\"30m\"}");
        assertThat(done("run", "mailbox", "123", "--by", "ann")).isEqualTo("mailbox 123: run now\n");
        server.tick();
        assertThat(done("show", "mailbox", "123").lines()).contains("state    running");
        assertThat(jobs("cancel", "mailbox", "123").err())
                .contains("409", "is running; it ends by itself, or release takes it away");
        assertThat(done("release", "mailbox", "123", "--by", "bob")).isEqualTo("mailbox 123: released by force\n");
        assertThat(done("cancel", "mailbox", "123", "--by", "cid")).isEqualTo("mailbox 123: cancelled\n");
        assertThat(done("list")).isEqualTo("There are no such jobs.\n");
        assertThat(ledger()).contains("run now by ann", "released by force by bob", "cancelled by cid");
    }

    @Test
    void whoNamesNobodyIsTheUserOfTheMachine() throws Exception {
        trigger("mailbox", "123", "{}");
        assertThat(JSON.readTree(done("cancel", "mailbox", "123", "--json"))
                        .path("done")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(ledger()).contains("cancelled by " + System.getProperty("user.name"));
    }

    @Test
    void aRefusalIsOneLineWithWhatToDo() {
        String refuses = "The server at " + server.address() + " refuses: ";
        assertThat(Stream.of(
                                jobs("show", "nothing", "123"),
                                jobs("run", "mailbox", "123"),
                                jobs("release", "mailbox", "123"),
                                jobs("list", "--limit", "0"))
                        .map(called -> called.code() + called.out() + called.err()))
                .containsExactly(
                        "1" + refuses + "404 there is no job 'nothing' in the configuration; there is mailbox, index\n",
                        "1" + refuses
                                + "404 the job mailbox for 123 is not there; POST to /v1/jobs/mailbox/123 starts one\n",
                        "1" + refuses + "404 the job mailbox for 123 is not running\n",
                        "1" + refuses + "400 limit must be a whole number from 1 to 1000\n");
    }

    @Test
    void withoutAServerItSaysHowToStartOne() {
        Called called = Called.in(directory, Map.of(), "jobs", "list", "--server", "http://127.0.0.1:1");
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("No server answers at http://127.0.0.1:1", "./sluice serve");
    }

    @Test
    void theHelpOfEachCommandHasExamples() {
        assertThat(Called.in(directory, Map.of(), "--help").out()).contains("jobs");
        assertThat(Called.in(directory, Map.of(), "jobs").out()).contains("list", "show", "run", "cancel", "release");
        assertThat(Stream.of("list", "show", "run", "cancel", "release"))
                .allSatisfy(command -> assertThat(Called.in(directory, Map.of(), "jobs", command, "--help")
                                .out())
                        .contains("sluice jobs " + command, "Examples:", "--server", "--json", "Exit codes:"));
    }
}
