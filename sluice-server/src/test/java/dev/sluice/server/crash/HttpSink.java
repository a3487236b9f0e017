package dev.sluice.server.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A webhook receiver that misbehaves as its temper says. It outlives the servers that send to it. */
final class HttpSink implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int OK = 200;
    private static final int NOT_NOW = 503;
    private static final int NEVER = 410;
    private static final int NO_BODY = -1;

    private final String channel;
    private final Temper temper;
    private final Consumer<Arrival> arrivals;
    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "http-sink");
        thread.setDaemon(true);
        return thread;
    });

    HttpSink(String channel, Temper temper, Consumer<Arrival> arrivals) {
        this.channel = channel;
        this.temper = temper;
        this.arrivals = arrivals;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** Where to send to. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Conduct conduct = temper.draw();
            if (conduct == Conduct.CLOSE) {
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (conduct.takes()) {
                arrivals.accept(arrival(exchange, body, conduct));
            }
            reply(exchange, conduct);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Arrival arrival(HttpExchange exchange, byte[] body, Conduct conduct) {
        String id = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Idempotency-Key"), "");
        Told told = Told.webhook(new String(body, StandardCharsets.UTF_8));
        return new Arrival(channel, id, told, Instant.now(), conduct);
    }

    private void reply(HttpExchange exchange, Conduct conduct) throws IOException, InterruptedException {
        switch (conduct) {
            case ACCEPT -> exchange.sendResponseHeaders(OK, NO_BODY);
            case LATE -> {
                if (!closed.await(temper.late().toNanos(), TimeUnit.NANOSECONDS)) {
                    exchange.sendResponseHeaders(OK, NO_BODY);
                }
            }
            case HANG -> closed.await();
            case REFUSE, REFUSE_BODY -> exchange.sendResponseHeaders(NOT_NOW, NO_BODY);
            case REJECT -> exchange.sendResponseHeaders(NEVER, NO_BODY);
            case CUT, CLOSE -> {}
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
