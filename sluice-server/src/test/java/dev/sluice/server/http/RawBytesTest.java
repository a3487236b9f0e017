package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a socket may throw at the server. It answers with the right status, and lives on. */
class RawBytesTest {
    private static final String POST = """
            POST /v1/flows/errors/occurrences HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            """;

    private final Server server = new Server();

    @AfterEach
    void theServerLivesOn() {
        assertThat(server.lives()).isTrue();
        server.close();
    }

    private String exchange(String request) throws IOException {
        try (RawClient raw = new RawClient(server.port)) {
            raw.sendQuietly(request);
            return raw.readAll();
        }
    }

    private static void status(String answer, int status) {
        assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*").contains("application/problem+json");
        assertThat(answer).doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GARBAGE\\r\\n\\r\\n                                                      | 400",
                "GET /v1/flows HTTP/1.1\\r\\nHost: localhost\\r\\nBad Header: x\\r\\n\\r\\n | 400",
                "GET /v1/flows HTTP/1.1\\r\\n\\r\\n                                      | 400",
                "POST /v1/flows HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: x\\r\\n\\r\\n | 400",
                "POST /v1/flows HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: -1\\r\\n\\r\\n | 400",
                "POST /v1/flows HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\n | 400",
                "POST /v1/flows HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 99999999999999999999\\r\\n\\r\\n | 400"
            })
    void whatIsNoRequestIs400(String bytes, int status) throws IOException {
        status(exchange(bytes.trim().replace("\\r", "\r").replace("\\n", "\n")), status);
    }

    @Test
    void anotherVersionOfHttpIsNotSpoken() throws IOException {
        assertThat(exchange("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n")).contains(" 501 ");
    }

    @Test
    void aFirstLineOverTheLimitIs414() throws IOException {
        status(exchange("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 414);
    }

    @Test
    void headersOverTheLimitAre431() throws IOException {
        status(exchange("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"), 431);
    }

    @Test
    void chunkedGarbageEndsTheConnection() throws IOException {
        String answer = exchange(POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\nnot a chunk\r\n\r\n");
        assertThat(answer).doesNotContain(" 200 ");
    }

    @Test
    void tenMegabytesAre413WhetherDeclaredOrNot() throws IOException {
        String body = "x".repeat(10_000_000);
        try (RawClient raw = new RawClient(server.port)) {
            Thread writer = new Thread(() -> raw.sendQuietly(POST + "Content-Length: 10000000\r\n\r\n" + body));
            writer.start();
            status(raw.readOne(), 413);
        }
        try (RawClient raw = new RawClient(server.port)) {
            Thread writer = new Thread(() -> raw.sendQuietly(
                    POST + "Transfer-Encoding: chunked\r\n\r\n" + "989680\r\n" + body + "\r\n0\r\n\r\n"));
            writer.start();
            status(raw.readOne(), 413);
        }
    }

    @Test
    void aBodyOverTheLimitIsNotInvited() throws IOException {
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(POST + "Content-Length: 10000000\r\nExpect: 100-continue\r\n\r\n");
            status(raw.readOne(), 413);
        }
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(POST + "Content-Length: 15\r\nExpect: 100-continue\r\n\r\n");
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 ");
            raw.send("{\"subject\":\"s\"}");
            assertThat(raw.readOne()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String body = "{\"subject\":\"p" + i + "\"}";
            requests.append(POST)
                    .append("Content-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body);
        }
        requests.append("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        String answers = exchange(requests.toString());
        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(22);
        int last = -1;
        for (int i = 0; i < 20; i++) {
            int at = answers.indexOf("\"p" + i + "\"");
            assertThat(at).isGreaterThan(last);
            last = at;
        }
    }

    @Test
    void theBodyOfARefusedRequestIsNotTakenForTheNextOne() throws IOException {
        String trap = "GET /trap HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(5_000);
        String refused = "POST /v1/flows/none/occurrences HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
        String last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String answers = exchange(refused + trap.length() + "\r\n\r\n" + trap + last);
        assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(3);
        assertThat(answers).contains("HTTP/1.1 404 ", "HTTP/1.1 200 ").doesNotContain("nothing at this path");
    }

    @Test
    void aClientThatLeavesInTheMiddleHarmsNobody() throws IOException {
        for (int i = 0; i < 50; i++) {
            try (RawClient raw = new RawClient(server.port)) {
                raw.send(POST + "Content-Length: 100\r\n\r\n{\"sub");
            }
        }
    }

    @Test
    void invalidUtf8Is400() throws IOException {
        String body = "{\"subject\":\"\u00ff\u00fe\"}";
        try (RawClient raw = new RawClient(server.port)) {
            raw.send(POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            status(raw.readUntil("}"), 400);
        }
    }
}
