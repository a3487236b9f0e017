package dev.sluice.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of a server's answers, and of their absence. */
@Timeout(60)
class HttpReceiverTest {
    private static final List<Item.Occurrence> TWO =
            List.of(new Item.Occurrence(7, "{\"subject\":\"a\"}"), new Item.Occurrence(9, "{\"subject\":\"b\"}"));
    private static final String PASS_A = "{\"decision\":\"pass\",\"flow\":\"f\",\"subject\":\"a\"}\n";
    private static final String HELD_B = "{\"decision\":\"suppress\",\"flow\":\"f\",\"subject\":\"b\"}\n";

    private final Deque<Act> script = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private HttpServer server = unbound();

    @FunctionalInterface
    private interface Act {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestURI() + " " + body);
            Act act = script.removeFirst();
            act.to(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void answersAreReadLineByLine() throws FeedException {
        script.add(answer(200, PASS_A + HELD_B));

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsExactly(new Answer.Passed("~a"), new Answer.Held("~b"));
        assertThat(requests).containsExactly("/v1/flows/errors/occurrences {\"subject\":\"a\"}\n{\"subject\":\"b\"}\n");
    }

    @Test
    void otherDecisionsHaveTheirOwnAnswers() throws FeedException {
        script.add(
                answer(
                        200,
                        "{\"decision\":\"summary\",\"variant\":\"v\",\"subject\":\"a\"}\n{\"decision\":\"unknown\",\"subject\":\"b\"}\n"));

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsExactly(new Answer.Summarised("v~a"), new Answer.Unknown("~b"));
    }

    @Test
    void aLineThatIsRefusedSaysWhy() throws FeedException {
        script.add(answer(
                200,
                "{\"line\":1,\"status\":400,\"title\":\"Invalid\",\"detail\":\"1 fault\","
                        + "\"errors\":[{\"field\":\"title\",\"detail\":\"is too long\"}]}\n" + HELD_B));

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsExactly(new Answer.Refused("1 fault; title is too long"), new Answer.Held("~b"));
    }

    @Test
    void aServerThatIsAwayIsAskedAgainWhenItSays() throws FeedException {
        script.add(answer(503, "{\"status\":503}", "7"));
        script.add(answer(503, "", "86400"));
        script.add(answer(200, PASS_A + HELD_B));

        assertThat(receiver(Optional.empty()).decide(TWO)).doesNotHaveAnyElementsOfTypes(Answer.Unsent.class);
        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(30));
    }

    @Test
    void onlyTheLinesThatWereNotDecidedAreSentAgain() throws FeedException {
        script.add(answer(200, PASS_A + "{\"line\":2,\"status\":503,\"detail\":\"away\"}\n"));
        script.add(answer(200, HELD_B));

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsExactly(new Answer.Passed("~a"), new Answer.Held("~b"));
        assertThat(requests.get(1)).endsWith(" {\"subject\":\"b\"}\n");
    }

    @Test
    void aServerThatStaysAwayLeavesThemUnsent() throws FeedException {
        for (int i = 0; i < 8; i++) {
            script.add(answer(503, ""));
        }

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsOnly(new Answer.Unsent("the server could not answer"));
        assertThat(pauses).hasSize(8);
    }

    @Test
    void whatWasOnItsWayWhenTheConnectionBrokeIsNotSentTwice() throws FeedException {
        script.add(HttpExchange::close);

        assertThat(receiver(Optional.empty()).decide(TWO))
                .allSatisfy(answer -> assertThat(answer).isInstanceOf(Answer.Unsent.class));
        assertThat(requests).hasSize(1);
    }

    @Test
    void inANamedRunItIsSentAgainUnderTheSameIds() throws FeedException {
        script.add(HttpExchange::close);
        script.add(answer(200, PASS_A + HELD_B));

        assertThat(receiver(Optional.of("r")).decide(TWO))
                .hasOnlyElementsOfTypes(Answer.Passed.class, Answer.Held.class);
        assertThat(requests.get(1))
                .isEqualTo(requests.get(0))
                .endsWith(" {\"subject\":\"a\",\"id\":\"r#7\"}\n{\"subject\":\"b\",\"id\":\"r#9\"}\n");
    }

    @Test
    void anAnswerThatIsMissingIsNoDecision() throws FeedException {
        script.add(answer(200, PASS_A));

        assertThat(receiver(Optional.empty()).decide(TWO))
                .containsExactly(new Answer.Passed("~a"), new Answer.Unsent("no answer came for it"));
    }

    @Test
    void withoutServerItSaysHowToStartOne() {
        server.stop(0);

        assertThatThrownBy(() -> receiver(Optional.empty()).decide(TWO))
                .isInstanceOf(FeedException.class)
                .hasMessage("No server answers at " + address() + ". Start one with: ./sluice serve");
    }

    @Test
    void aRefusalOfTheWholeStopsTheFeed() {
        script.add(answer(404, "{\"status\":404,\"title\":\"Unknown flow\",\"detail\":\"no flow 'errors'\"}"));
        script.add(answer(403, "<html>"));

        assertThatThrownBy(() -> receiver(Optional.empty()).decide(TWO))
                .hasMessage("The server at " + address() + " refuses: 404 no flow 'errors'");
        assertThatThrownBy(() -> receiver(Optional.empty()).decide(TWO))
                .hasMessage("The server at " + address() + " refuses: status 403; is it Sluice that listens there?");
    }

    private HttpReceiver receiver(Optional<String> run) {
        return new HttpReceiver(address(), "errors", run, pauses::add);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static Act answer(int status, String body, String... retryAfter) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().put("Retry-After", List.of(retryAfter));
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    private static HttpServer unbound() {
        try {
            return HttpServer.create();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
