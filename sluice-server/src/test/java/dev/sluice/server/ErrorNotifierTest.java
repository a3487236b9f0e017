package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.Rule;
import dev.sluice.outbox.ErrorNotifier;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Notified;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library and the server treat an error alike, so that one can take the place of the other. */
class ErrorNotifierTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final List<List<String>> ERRORS = List.of(
            List.of("Import", "TypeError", "unsupported operand type(s)"),
            List.of(" NBA Platform ", "TIMEOUT", "  Error processing 2025-12-01 of user 4711 at 10.0.0.7  "),
            List.of("", "", ""),
            List.of("a/b", "c\\d", "e\nf\u202eg \u00c4\u00d6 \ud83d\ude00"),
            List.of("P", "T", "x".repeat(99) + "\ud83d\ude00y"),
            List.of("P", "T", "long ".repeat(1_000)),
            List.of("~", "~", "~"));

    @TempDir
    Path directory;

    @Test
    void theSameErrorIsTheSameSubjectInBoth() throws Exception {
        ServerConfig config = ServerConfig.standard(directory.resolve("server"));
        try (Server server = Server.start(config.withHttp(config.http().withPort(0)));
                ErrorNotifier notifier = ErrorNotifier.open(
                        directory.resolve("library.db"), Map.of("mail", outgoing -> new Receipt.Accepted("ok")))) {
            for (List<String> error : ERRORS) {
                for (boolean backfill : new boolean[] {false, true}) {
                    Notified told = notifier.notifyError(
                            "t", error.get(2), Map.of("error_type", error.get(1)), error.get(0), backfill);
                    assertThat(told).isInstanceOf(Notified.Decided.class);
                    assertThat(((Notified.Decided) told).decision().key().text())
                            .as(error.toString())
                            .isEqualTo(post(server, error, backfill));
                }
            }
        }
    }

    @Test
    void theRulesAreThoseOfTheStandardConfiguration() {
        FlowConfig errors = ServerConfig.standard(directory).flow("errors").orElseThrow();
        FlowPlan plan = ErrorNotifier.plan(errors.plan().channels());
        assertThat(plan.name()).isEqualTo(errors.name());
        assertThat(plan.onFailure()).isEqualTo(errors.plan().onFailure());
        assertThat(plan.rules().keySet()).isEqualTo(errors.plan().rules().keySet());
        plan.rules().forEach((variant, rule) -> assertThat(what(rule)).isEqualTo(what(errors.rule(variant))));
    }

    private static List<Object> what(Rule rule) {
        return List.of(
                rule.limit(),
                rule.window(),
                rule.summaryAt(),
                rule.digest(),
                rule.lease(),
                rule.onLost(),
                rule.backoff(),
                rule.charged());
    }

    private static String post(Server server, List<String> error, boolean backfill) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("title", "t").put("message", error.get(2));
        body.putObject("fields")
                .put("processor", error.get(0))
                .put("error_type", error.get(1))
                .put("backfill", backfill);
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/errors/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        var answer = JSON.readTree(HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body());
        String variant = answer.path("variant").asText();
        return "errors" + (variant.isEmpty() ? "" : "~" + variant) + ":"
                + answer.path("subject").asText();
    }
}
