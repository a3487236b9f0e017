package dev.sluice.server.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes the steps of actions over real HTTP, any number at a time, and says what a test wants it to say. */
final class Broker implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonNode> steps = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** What is done in a step, and answered. */
    @FunctionalInterface
    interface Act {
        String answer(JsonNode step) throws InterruptedException;
    }

    Broker(Act act) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> take(exchange, act));
        server.start();
    }

    private void take(HttpExchange exchange, Act act) throws IOException {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        try (exchange) {
            JsonNode step = JSON.readTree(exchange.getRequestBody());
            keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            steps.add(step);
            byte[] answer = act.answer(step).getBytes(StandardCharsets.UTF_8);
            now.decrementAndGet();
            exchange.sendResponseHeaders(OK, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/liquidate";
    }

    /** All steps in their order. */
    List<JsonNode> steps() {
        return steps;
    }

    /** The idempotency keys of the steps. */
    List<String> keys() {
        return keys;
    }

    /** The most steps that were under way at one time. */
    int most() {
        return most.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
