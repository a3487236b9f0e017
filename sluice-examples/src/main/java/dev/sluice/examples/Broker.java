package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A broker on 127.0.0.1 that closes an order for each step that it is asked for, but for one, which it refuses. */
final class Broker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REFUSED = 2;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final Consumer<Step> book;
    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    /**
     * A step that was asked for.
     *
     * @param number of all steps, from 1
     * @param level as the server read it before the step
     * @param fence of its holder
     */
    record Step(int number, String subject, double level, long fence) {
        boolean isRefused() {
            return number == REFUSED;
        }
    }

    private Broker(HttpServer server, Consumer<Step> book) {
        this.server = server;
        this.book = book;
    }

    /** @param book hears of each order that is closed, before the step is answered */
    static Broker start(Consumer<Step> book) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Broker broker = new Broker(server, book);
        server.createContext("/", broker::take);
        server.start();
        return broker;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            Step step = new Step(
                    steps.size() + 1,
                    body.path("subject").asText(),
                    body.path("level").asDouble(),
                    Long.parseLong(exchange.getRequestHeaders().getFirst("Sluice-Fence")));
            if (!step.isRefused()) {
                book.accept(step);
            }
            steps.add(step);
            byte[] answer = "{\"more\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(step.isRefused() ? UNAVAILABLE : OK, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/liquidate");
    }

    /** What was asked for until now, in that order. */
    List<Step> steps() {
        return List.copyOf(steps);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
