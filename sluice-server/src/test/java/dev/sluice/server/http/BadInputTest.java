package dev.sluice.server.http;

import static dev.sluice.server.http.Parsed.fields;
import static dev.sluice.server.http.Parsed.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input, the status and the fields that the answer must name. The server answers well after each. */
class BadInputTest {
    private static final String ERRORS = "/v1/flows/errors/occurrences";
    private static Server server = new Server();

    @BeforeAll
    static void start() {
        server.engine.message(1, dev.sluice.outbox.MessageState.DELIVERED, "t");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void check(HttpResponse<String> response, int status, String type, String fields) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(response).path("type").asText()).isEqualTo("urn:sluice:problem:" + type);
        assertThat(json(response).path("status").asInt()).isEqualTo(status);
        List<String> wanted = fields.isEmpty()
                ? List.of()
                : Stream.of(fields.split(" ", -1))
                        .map(field -> field.equals("-") ? "" : field)
                        .toList();
        assertThat(fields(json(response))).as(response.body()).containsExactlyElementsOf(wanted);
        assertThat(response.body()).doesNotContain("dev.sluice", "Exception", "\\tat ");
        assertThat(server.lives()).isTrue();
    }

    /** A field of - stands for the request as a whole. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`{\"subject\":\"s\"`                          | 400 | malformed-json  | -",
                "`{\"subject\":\"s\",}`                        | 400 | malformed-json  | -",
                "`{'subject':'s'}`                             | 400 | malformed-json  | -",
                "`{\"subject\":\"s\",\"subject\":\"t\"}`       | 400 | malformed-json  | -",
                "`{\"subject\":\"s\",\"data\":{\"x\":NaN}}`    | 400 | malformed-json  | -",
                "`{\"subject\":\"s\",\"data\":{\"x\":01}}`     | 400 | malformed-json  | -",
                "`{\"subject\":\"a\tb\"}`                      | 400 | malformed-json  | -",
                "`{\"subject\":\"s\"} {}`                      | 400 | invalid-request | -",
                "`[]`                                          | 400 | invalid-request | -",
                "`\"s\"`                                       | 400 | invalid-request | -",
                "`null`                                        | 400 | invalid-request | -",
                "``                                            | 400 | invalid-request | -",
                "`{}`                                          | 400 | invalid-request | subject",
                "`{\"subject\":null}`                          | 400 | invalid-request | subject",
                "`{\"subject\":\"\"}`                          | 400 | invalid-request | subject",
                "`{\"subject\":\" \"}`                         | 400 | invalid-request | subject",
                "`{\"subject\":\"a\\nb\"}`                     | 400 | invalid-request | subject",
                "`{\"subject\":\"~overflow\"}`                 | 400 | invalid-request | subject",
                "`{\"subject\":\"\\ud800\"}`                   | 400 | invalid-request | subject",
                "`{\"subject\":7}`                             | 400 | invalid-request | subject",
                "`{\"subject\":\"s\",\"fields\":{}}`           | 400 | invalid-request | subject",
                "`{\"fields\":[]}`                             | 400 | invalid-request | fields",
                "`{\"fields\":{\"a\":{}}}`                     | 400 | invalid-request | fields.a",
                "`{\"fields\":{\"a\":[1,[2]],\"b\":1}}`        | 400 | invalid-request | fields.a",
                "`{\"subject\":\"s\",\"processor\":\"p\"}`     | 400 | invalid-request | processor",
                "`{\"subject\":\"s\",\"data\":[]}`             | 400 | invalid-request | data",
                "`{\"subject\":\"s\",\"recipients\":\"a@b\"}`  | 400 | invalid-request | recipients",
                "`{\"subject\":\"s\",\"recipients\":[\"a\",1]}`| 400 | invalid-request | recipients[1]",
                "`{\"subject\":\"s\",\"recipients\":[\"a\\r\\nBcc: b\"]}` | 400 | invalid-request | recipients",
                "`{\"subject\":\"s\",\"id\":\"\"}`             | 400 | invalid-request | id",
                "`{\"subject\":\"s\",\"variant\":\"no\"}`      | 400 | invalid-request | variant",
                "`{\"title\":1,\"message\":[],\"x\":{\"y\":1},\"variant\":\"no\"}` | 400 | invalid-request | title message x variant"
            })
    void aBadOccurrenceIsRefusedWithEveryFault(String body, int status, String type, String fields) {
        check(server.post(ERRORS, body), status, type, fields);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /nothing                                | 404 | not-found          |",
                "GET    | /v1/flows/                              | 404 | not-found          |",
                "GET    | /v1/flows/errors/subjects/never         | 404 | not-found          |",
                "GET    | /v1/flows/none/subjects                 | 404 | unknown-flow       |",
                "GET    | /v1/flows/%ff/subjects                  | 400 | invalid-request    |",
                "GET    | /v1/flows/errors/occurrences            | 405 | method-not-allowed |",
                "DELETE | /v1/flows                               | 405 | method-not-allowed |",
                "GET    | /v1/flows?x=1                           | 400 | invalid-request    | x",
                "GET    | /v1/flows/errors/subjects?limit=0&after=x | 400 | invalid-request  | limit after",
                "GET    | /v1/flows/errors/subjects?limit=1&limit=2 | 400 | invalid-request  | limit",
                "GET    | /v1/flows/errors/subjects/s?variant=no  | 400 | invalid-request    | variant",
                "GET    | /v1/ledger?from=yesterday&to=-999999999-01-01T00:00:00Z&before=x | 400 | invalid-request | from to before",
                "GET    | /v1/ledger?from=%2B999999999-12-31T00:00:00Z | 400 | invalid-request | from",
                "GET    | /v1/messages?state=lost&subject=s       | 400 | invalid-request    | subject state",
                "GET    | /v1/messages/7                          | 404 | not-found          |",
                "GET    | /v1/messages/x                          | 404 | not-found          |",
                "POST   | /v1/messages/1/withdraw                 | 409 | too-late           |",
                "POST   | /v1/messages/1/redrive                  | 409 | too-late           |",
                "POST   | /v1/claims/x/complete                   | 400 | invalid-request    |",
                "POST   | /v1/flows/none/occurrences              | 404 | unknown-flow       |",
                "POST   | /v1/flows/none/subjects/s/reset         | 404 | unknown-flow       |"
            })
    void aBadPathOrQueryIsRefused(String method, String path, int status, String type, String fields) {
        HttpResponse<String> response =
                server.send(server.request(path).method(method, java.net.http.HttpRequest.BodyPublishers.noBody()));
        check(response, status, type, fields == null ? "" : fields);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "extend   | `{}`                | for",
                "extend   | `{\"for\":\"soon\"}`| for",
                "extend   | `{\"for\":\"0s\"}`  | for",
                "extend   | `{\"for\":\"2d\"}`  | for",
                "extend   | `{\"for\":30}`      | for for",
                "release  | `{\"why\":\"dead\"}`| why",
                "release  | `{\"for\":\"3s\"}`  | for",
                "complete | `{\"why\":\"x\"}`   | why"
            })
    void aBadSettleIsRefused(String verb, String body, String fields) {
        String token = json(server.post(
                        "/v1/flows/jobs/occurrences", "{\"subject\":\"bad-" + System.nanoTime() + "\"}"))
                .path("claim")
                .path("token")
                .asText();
        check(server.post("/v1/claims/" + token + "/" + verb, body), 400, "invalid-request", fields);
    }

    @Test
    void aTokenOfAnUnknownFlowIs404() {
        String token = new dev.sluice.Claim(dev.sluice.Key.of("gone", "s"), 1, 1, MemoryEngine.NOON).token();
        check(server.post("/v1/claims/" + token + "/complete", "", Map.of()), 404, "unknown-flow", "");
    }

    @Test
    void anotherContentTypeIs415() {
        check(server.post(ERRORS, "a=b", Map.of()), 415, "unsupported-media-type", "");
        check(server.post(ERRORS, "{}", Map.of("Content-Type", "text/plain")), 415, "unsupported-media-type", "");
    }

    @Test
    void aBodyOverTheLimitIs413() {
        String body = "{\"subject\":\"s\",\"message\":\"" + "x".repeat(20_000) + "\"}";
        check(server.post(ERRORS, body), 413, "too-large", "");
    }

    @Test
    void deepNestingIsRefused() {
        String body = "{\"subject\":\"s\",\"data\":" + "{\"a\":".repeat(40) + "1" + "}".repeat(40) + "}";
        check(server.post(ERRORS, body), 400, "malformed-json", "-");
    }

    @Test
    void headerAndBodyIdThatDifferAreRefused() {
        Map<String, String> headers = Map.of("Content-Type", "application/json", "Idempotency-Key", "k");
        check(server.post(ERRORS, "{\"subject\":\"s\",\"id\":\"o\"}", headers), 400, "invalid-request", "id");
        Map<String, String> blank = Map.of("Content-Type", "application/json", "Idempotency-Key", "\" \"");
        check(
                server.post(ERRORS + "?settle=later", "{\"x\":1}", blank),
                400,
                "invalid-request",
                "settle Idempotency-Key x");
    }

    @Test
    void malformedJsonNamesThePlace() {
        HttpResponse<String> response = server.post(ERRORS, "{\"subject\":\"s\",\n  oops}");
        assertThat(json(response).path("detail").asText()).contains("line 2, column");
    }

    @Test
    void controlCharactersInATitleAreAdmitted() {
        String body = "{\"subject\":\"s\",\"title\":\"a\\u0000b\\r\\nc\"}";
        assertThat(server.post(ERRORS, body).statusCode()).isEqualTo(200);
    }

    @Test
    void aMethodThatIsNotThereNamesThoseThatAre() {
        HttpResponse<String> response = server.get(ERRORS);
        assertThat(response.headers().firstValue("Allow")).hasValue("POST");
    }
}
