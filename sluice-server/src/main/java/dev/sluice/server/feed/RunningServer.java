package dev.sluice.server.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** A server that commands talk to over HTTP. */
public final class RunningServer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration WHOLE = Duration.ofSeconds(60);
    private static final int OK = 200;

    private final URI address;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** The server that listens at {@code address}; nothing is asked yet. */
    public RunningServer(URI address) {
        this.address = address;
    }

    /** Whether {@code address} can be that of a server: {@code http} or {@code https}, and a host. */
    public static boolean isAddress(URI address) {
        boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        return web && address.getHost() != null;
    }

    /**
     * The JSON that is at {@code path}, which begins with a slash.
     *
     * @throws FeedException if the server does not answer, or refuses; with what to do about it
     */
    public String get(String path) throws FeedException {
        return answer(request(path).build());
    }

    /**
     * The JSON that a request is answered with.
     *
     * @throws FeedException if the server does not answer, or refuses; with what to do about it
     */
    public String answer(HttpRequest request) throws FeedException {
        try {
            HttpResponse<String> response = send(request);
            if (response.statusCode() != OK) {
                throw new FeedException(refusal(response));
            }
            return response.body();
        } catch (IOException e) {
            throw new FeedException("The connection to the server at " + address + " broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException("Interrupted.");
        }
    }

    /** Begins a request to {@code path}, which begins with a slash. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address.toString().replaceFirst("/+$", "") + path))
                .timeout(WHOLE);
    }

    /**
     * Sends a request.
     *
     * @throws FeedException if nobody listens there
     * @throws IOException if the connection breaks
     */
    public HttpResponse<String> send(HttpRequest request) throws FeedException, IOException, InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new FeedException("No server answers at " + address + ". Start one with: ./sluice serve");
        }
    }

    /** What a response that is no success says, for people. */
    public String refusal(HttpResponse<String> response) {
        return "The server at " + address + " refuses: " + problem(response);
    }

    private static String problem(HttpResponse<String> response) {
        try {
            return response.statusCode() + " " + why(JSON.readTree(response.body()));
        } catch (JsonProcessingException e) {
            return "status " + response.statusCode() + "; is it Sluice that listens there?";
        }
    }

    /** What a problem says, with all its faults. */
    static String why(JsonNode problem) {
        // A single fault is the detail, too.
        Set<String> parts = new LinkedHashSet<>();
        parts.add(problem.path("detail").asText(problem.path("title").asText()));
        problem.path("errors")
                .forEach(fault -> parts.add(fault.path("field").asText() + " "
                        + fault.path("detail").asText()));
        return String.join("; ", parts);
    }
}
