package dev.sluice.server.crash;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Talks to the server as any caller would. The address changes with every start. */
final class Api {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final Supplier<URI> server;

    Api(Supplier<URI> server) {
        this.server = server;
    }

    /** What came back: the status, and the lines of the body as far as they came. */
    record Reply(int status, String body) {
        JsonNode json() {
            return Api.json(body);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + text, e);
        }
    }

    Reply get(String path) throws IOException {
        return send(request(path).GET().build());
    }

    Reply post(String path, String body, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return send(request.build());
    }

    /** Posts several lines, and answers the lines that come back one by one; the stream breaks off with the server. */
    Stream<String> postLines(String path, String body) throws IOException {
        try {
            var reply = client.send(
                    request(path)
                            .POST(BodyPublishers.ofString(body))
                            .header("Content-Type", "application/x-ndjson")
                            .build(),
                    BodyHandlers.ofLines());
            if (reply.statusCode() != 200) {
                throw new IOException(
                        "status " + reply.statusCode() + " " + reply.body().toList());
            }
            return reply.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.get().resolve(path)).timeout(TIMEOUT);
    }

    private Reply send(HttpRequest request) throws IOException {
        try {
            var reply = client.send(request, BodyHandlers.ofString());
            return new Reply(reply.statusCode(), reply.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
