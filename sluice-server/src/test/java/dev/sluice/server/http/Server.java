package dev.sluice.server.http;

import dev.sluice.server.config.HttpConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A real edge on a free port, over a memory engine, with a client. */
final class Server implements AutoCloseable {
    static final HttpConfig SETTINGS = new HttpConfig(
            "127.0.0.1", 0, new HttpConfig.Limits(20_000, 5_000, 8_192), Duration.ofSeconds(10), Optional.empty());

    final MemoryEngine engine = new MemoryEngine();
    final int port;
    private final HttpEdge edge;
    private final HttpClient client = HttpClient.newHttpClient();

    Server(HttpConfig settings, Pages pages) {
        edge = HttpEdge.of(settings, engine, pages, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        port = edge.start();
    }

    Server() {
        this(SETTINGS, Pages.NONE);
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::setHeader);
        return send(request);
    }

    HttpResponse<String> post(String path, String body) {
        return post(path, body, Map.of("Content-Type", "application/json"));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether it still does what it is there for. */
    boolean lives() {
        return post("/v1/flows/errors/occurrences", "{\"subject\":\"alive\"}").statusCode() == 200;
    }

    @Override
    public void close() {
        edge.close();
        engine.close();
    }
}
