package dev.sluice.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes the messages and actions of a {@link Market}, and notes how old everything was. Safe for use by many threads. */
final class MarginDesk implements AutoCloseable {
    private static final Pattern SUBJECT = Pattern.compile("\"subject\"\\s*:\\s*\"(live:\\d+)\"");
    private static final Pattern DECIDED = Pattern.compile("\"at\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern WRITTEN = Pattern.compile("\"ts\"\\s*:\\s*\"(\\d+)\"");
    private static final int THREADS = 8;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Map<Kind, List<Long>> micros = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> told = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> acted = new ConcurrentHashMap<>();

    /** What is measured, in microseconds. */
    enum Kind {
        /** From the first announcement of an account in a zone to the decision of its message. */
        JUDGED,
        /** The age of the value that was judged. */
        AGE,
        /** From that announcement to the arrival of the message. */
        TOLD,
        /** From that announcement to the arrival of the first step of an action. */
        ACTED
    }

    MarginDesk(Market market) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/desk", exchange -> take(exchange, body -> message(market, body)));
        server.createContext("/liquidate", exchange -> take(exchange, body -> step(market, body)));
    }

    void start() {
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What is done with the body of a request. */
    @FunctionalInterface
    private interface Take {
        void body(String text);
    }

    private static void take(HttpExchange exchange, Take take) throws IOException {
        try (exchange) {
            take.body(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    private void message(Market market, String body) {
        long arrived = Market.now();
        String subject = found(SUBJECT, body);
        told.computeIfAbsent(subject, name -> new AtomicInteger()).incrementAndGet();
        long fell = market.fellAt(Market.account(subject));
        long decided = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(found(DECIDED, body)));
        note(Kind.TOLD, arrived - fell);
        note(Kind.JUDGED, decided - fell);
        note(Kind.AGE, decided - Long.parseLong(found(WRITTEN, body)) * 1_000);
    }

    private void step(Market market, String body) {
        long arrived = Market.now();
        String subject = found(SUBJECT, body);
        acted.computeIfAbsent(subject, name -> new AtomicInteger()).incrementAndGet();
        note(Kind.ACTED, arrived - market.fellAt(Market.account(subject)));
        market.acted(Market.account(subject));
    }

    private static String found(Pattern pattern, String body) {
        Matcher matcher = pattern.matcher(body);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + body);
        }
        return matcher.group(1);
    }

    private void note(Kind kind, long length) {
        measured(kind).add(length);
    }

    private List<Long> measured(Kind kind) {
        return micros.computeIfAbsent(kind, each -> Collections.synchronizedList(new ArrayList<>()));
    }

    /** What was measured since the last call, in order. */
    List<Long> since(Kind kind) {
        List<Long> all = measured(kind);
        synchronized (all) {
            List<Long> sorted = all.stream().sorted().toList();
            all.clear();
            return sorted;
        }
    }

    /** How often each account was told of. */
    Map<String, AtomicInteger> told() {
        return told;
    }

    /** How many steps were taken for each account. */
    Map<String, AtomicInteger> acted() {
        return acted;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
