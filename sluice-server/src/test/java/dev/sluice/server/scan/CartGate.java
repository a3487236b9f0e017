package dev.sluice.server.scan;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/**
 * A shop, a whole server that scans it every 30 s, and a receiver of its mails: all by one clock that is moved by hand.
 * While a mail is being sent time goes on, and so do the scans.
 */
final class CartGate implements AutoCloseable {
    static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    static final long DAY = 86_400;

    /** What each scan is after the one before, in seconds. */
    static final long EVERY = 30;

    private static final String SCAN = "v1/flows/abandoned-cart/scan";
    private static final JsonMapper JSON = new JsonMapper();

    private static final String CONFIG = """
            outbox: {attempt-lease: 7m}
            budgets:
              shopper: {per: recipient, allow: 3 per 24h, digest: off}
            channels:
              mail: {type: webhook, url: "${SINK}", timeout: 320s}
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: ${SHOP}
                    every: 30s
                    query: |
            %s
                    gone: |
            %s
                    subject: user_id
                    content: [product_id, quantity]
                    items: [product_id, title, quantity, price]
                    required: [price]
                    age: idle
                    max-age: 7d
                    ramp: 100 per 1m
                recipients: {field: email}
                allow: once per 24h
                on-failure: {retry: {first: 2m, factor: 1, max: 2m, jitter: 0%%, from: start, attempts: 100}}
                on-lost-claim: drop
                budgets: [shopper]
                channels: [mail]
            """.formatted(Shop.QUERY.indent(12), Shop.GONE.indent(12));

    private final Path directory;
    private final Database database;
    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final List<Mail> mails = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Shop shop;
    private final HttpServer sink;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<CompletableFuture<?>> meanwhile = new CopyOnWriteArrayList<>();
    private volatile LongPredicate accepts = second -> true;
    private volatile long takes;
    private Server server;

    /** An attempt that arrived. */
    record Mail(long second, String recipient, JsonNode body, boolean accepted, String key) {}

    private CartGate(Path directory, Database database, UnaryOperator<String> change) throws Exception {
        this.directory = directory;
        this.database = database;
        this.shop = new Shop(database.jdbcUrl());
        this.sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", this::arrived);
        sink.start();
        this.server = serve(change.apply(CONFIG));
    }

    /** One that forgets everything when it ends. */
    static CartGate inMemory(Path directory) throws Exception {
        return new CartGate(directory, sqlite(directory), config -> "store: \"memory:\"\n" + config);
    }

    /** One on SQLite. */
    static CartGate onDisk(Path directory) throws Exception {
        return new CartGate(directory, sqlite(directory), UnaryOperator.identity());
    }

    /** One on SQLite, with a shop that is somewhere else. */
    static CartGate over(Path directory, Database shop) throws Exception {
        return new CartGate(directory, shop, UnaryOperator.identity());
    }

    /** A shop in that directory. */
    static Database sqlite(Path directory) {
        String url = "sqlite:" + directory.resolve("shop.db");
        return new Database(url, "jdbc:" + url + "?synchronous=OFF");
    }

    /** Another process takes its place at this moment, configured in another way. */
    CartGate replaced(UnaryOperator<String> change) throws Exception {
        server.close();
        server = serve(change.apply(Files.readString(directory.resolve("sluice.yaml"))));
        return this;
    }

    /** Another process takes its place at this moment: it knows what is in the store, and nothing else. */
    void replaced() throws Exception {
        replaced(UnaryOperator.identity());
    }

    private Server serve(String config) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), config);
        Map<String, String> environment =
                Map.of("SINK", "http://127.0.0.1:" + sink.getAddress().getPort() + "/", "SHOP", database.url());
        ConfigReader reader = new ConfigReader(
                Optional.of(file), environment, Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"));
        return Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    private void arrived(HttpExchange exchange) throws IOException {
        try (exchange) {
            long second = now();
            boolean accepted = accepts.test(second);
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            mails.add(new Mail(second, body.path("recipient").asText(), body, accepted, key));
            long end = second + takes;
            while (now() < end) {
                move(Math.min(EVERY, end - now()));
                if (now() < end) {
                    scanMeanwhile();
                }
            }
            exchange.sendResponseHeaders(accepted ? 204 : 503, -1);
        }
    }

    /** Another thread scans, and then waits to deliver what it let out. */
    private void scanMeanwhile() {
        meanwhile.add(CompletableFuture.runAsync(server::tick, threads));
        String scanned = BEGIN.plusSeconds(now()).toString();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> get(SCAN).path("at").asText().equals(scanned));
    }

    Shop shop() {
        return shop;
    }

    URI address() {
        return server.address();
    }

    /** Which attempts succeed, by the second at which they begin. */
    void accepts(LongPredicate when) {
        accepts = when;
    }

    /** How many seconds an attempt takes. */
    void takes(long seconds) {
        takes = seconds;
    }

    /** Seconds since the beginning. */
    long now() {
        return Duration.between(BEGIN, clock.get()).toSeconds();
    }

    /** Lets time pass, and nothing happen. */
    void move(long seconds) {
        clock.updateAndGet(now -> now.plusSeconds(seconds));
        try {
            shop.at(now());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Does what is due now: at the times of scans a scan as well. */
    void settle() {
        while (server.tick() > 0) {
            // What a tick begins, the next one may carry on with.
        }
        meanwhile.forEach(CompletableFuture::join);
        meanwhile.clear();
    }

    /** Lets time pass from scan to scan until {@code second}. */
    void until(long second) {
        until(second, EVERY);
    }

    /** Lets time pass in such steps until {@code second}; what is due happens in each. */
    void until(long second, long step) {
        settle();
        while (now() < second) {
            move(Math.min(step, second - now()));
            settle();
        }
    }

    /** Every attempt that arrived. */
    List<Mail> mails() {
        return mails;
    }

    /** When those arrived that were taken. */
    List<Long> times() {
        return mails.stream().filter(Mail::accepted).map(Mail::second).toList();
    }

    JsonNode get(String path) throws Exception {
        return JSON.readTree(page(path));
    }

    String page(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(server.address().resolve(path)).build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    /** Has the server take over what another system told: a JSON in each line. */
    void tellOf(String lines) throws Exception {
        client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/flows/abandoned-cart/imports"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(lines))
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() throws SQLException {
        server.close();
        sink.stop(0);
        threads.shutdownNow();
        shop.close();
    }
}
