package dev.sluice.server.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A webhook receiver that misbehaves as its temper says. It outlives the servers that send to it. */
final class HttpSink implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int OK = 200;
    private static final int NOT_NOW = 500;
    private static final int NEVER = 410;
    private static final int NO_BODY = -1;
    private static final Pattern SIGNATURE = Pattern.compile("t=(\\d+),v1=([0-9a-f]{64})");

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
        Told told = isSigned(exchange, body)
                ? Told.webhook(new String(body, StandardCharsets.UTF_8))
                : new Told.Other("not signed as agreed");
        return new Arrival(channel, id, told, Instant.now(), conduct);
    }

    /** Whether the body comes from somebody who knows the secret: {@code t=<seconds>,v1=<HMAC of "t.body">}. */
    private static boolean isSigned(HttpExchange exchange, byte[] body) {
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("Sluice-Signature"));
        Matcher parts = SIGNATURE.matcher(header);
        if (!parts.matches()) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Scene.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((parts.group(1) + '.').getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(body)).equals(parts.group(2));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
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
