package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A program that has errors, or looks at levels, and posts them. */
final class Caller {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;

    Caller(URI server) {
        this.server = server;
    }

    /**
     * What the server answered.
     *
     * @param decision the word
     * @param next when the next one may pass
     */
    record Answer(String decision, Optional<Instant> next) {
        boolean held() {
            return decision.equals("suppress");
        }
    }

    /** The body of the request that tells of {@code fault}. */
    static ObjectNode body(Fault fault) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("fields").put("processor", fault.processor()).put("error_type", fault.type());
        return body.put("title", fault.title()).put("message", fault.message()).put("severity", "error");
    }

    /** @throws IOException if the server cannot be reached, or does not take it */
    Answer post(String flow, Fault fault) throws IOException, InterruptedException {
        JsonNode answer = send(request("v1/flows/" + flow + "/occurrences")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body(fault).toString()))
                .build());
        JsonNode next = answer.path("nextEligibleAt");
        return new Answer(
                answer.path("decision").asText(),
                next.isTextual() ? Optional.of(Instant.parse(next.asText())) : Optional.empty());
    }

    /**
     * Posts levels in one request.
     *
     * @return an answer for each, in that order
     * @throws IOException if the server cannot be reached, or does not take them
     */
    List<JsonNode> levels(String flow, List<ObjectNode> levels) throws IOException, InterruptedException {
        String lines = levels.stream().map(level -> level + "\n").collect(Collectors.joining());
        String answers = text(request("v1/flows/" + flow + "/levels")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines))
                .build());
        try (MappingIterator<JsonNode> each = JSON.readerFor(JsonNode.class).readValues(answers)) {
            return each.readAll();
        }
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        return JSON.readTree(text(request));
    }

    private String text(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw new IOException("the server answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }
}
