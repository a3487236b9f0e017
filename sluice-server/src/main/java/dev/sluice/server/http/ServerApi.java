package dev.sluice.server.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says how the server is: health, metrics, and what it understands. */
final class ServerApi {
    private static final Duration READY_WITHIN = Duration.ofSeconds(2);
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Engine engine;
    private final Meters meters;
    private final Buffer openApi;

    ServerApi(Engine engine, Meters meters) {
        this.engine = engine;
        this.meters = meters;
        this.openApi = Buffer.buffer(resource("openapi.yaml"));
    }

    private static byte[] resource(String name) {
        try (InputStream in = ServerApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/health/live", exchange -> up(exchange)),
                new Route("GET", "/health/ready", this::ready),
                new Route("GET", "/metrics", this::metrics),
                new Route("GET", "/openapi.yaml", exchange -> exchange.send(200, "application/yaml", openApi)));
    }

    private static void up(Exchange exchange) {
        exchange.json(200, json -> json.writeStringField("status", "up"));
    }

    private void ready(Exchange exchange) {
        exchange.orRefuseAfter(READY_WITHIN, new Problem(Problem.Kind.AWAY, "the store does not answer in time"));
        exchange.when(engine.ready(), ready -> {
            if (!ready) {
                throw new Refusal(Problem.Kind.AWAY, "the store does not answer");
            }
            Optional<String> degraded = engine.degraded();
            exchange.json(200, json -> {
                json.writeStringField("status", degraded.isPresent() ? "degraded" : "up");
                if (degraded.isPresent()) {
                    json.writeStringField("reason", degraded.get());
                }
            });
        });
    }

    private void metrics(Exchange exchange) {
        exchange.blocking(
                () -> meters.page(engine),
                page -> exchange.send(200, PROMETHEUS, Buffer.buffer(page.getBytes(StandardCharsets.UTF_8))));
    }
}
