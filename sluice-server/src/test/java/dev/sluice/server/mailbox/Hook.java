package dev.sluice.server.mailbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;

/** A webhook that notes what it is told, and answers as a test says. */
final class Hook implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private volatile ToIntFunction<Told> answer = each -> 200;

    /** What it was told, whatever it answered. */
    record Told(String raw, JsonNode body, String idempotencyKey, String fence, String signature) {
        JsonNode message() {
            return body.path("message");
        }

        String id() {
            return message().path("id").asText();
        }
    }

    Hook() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var headers = exchange.getRequestHeaders();
                String raw = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                Told one = new Told(
                        raw,
                        JSON.readTree(raw),
                        Objects.requireNonNull(headers.getFirst("Idempotency-Key")),
                        Objects.requireNonNull(headers.getFirst("Sluice-Fence")),
                        Objects.requireNonNullElse(headers.getFirst("Sluice-Signature"), ""));
                told.add(one);
                exchange.sendResponseHeaders(answer.applyAsInt(one), -1);
            }
        });
        server.start();
    }

    void answers(ToIntFunction<Told> with) {
        answer = with;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mail");
    }

    List<Told> told() {
        return told;
    }

    List<String> ids() {
        return told.stream().map(Told::id).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
