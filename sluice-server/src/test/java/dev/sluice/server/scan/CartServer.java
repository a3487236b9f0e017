package dev.sluice.server.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** A server that scans a shop in SQLite, on a clock that is moved by hand, and the receiver of its mails. */
public final class CartServer implements AutoCloseable {
    static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    static final String FLOW = "v1/flows/abandoned-cart/";

    private static final Duration EVERY = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = """
            store: "sqlite:sluice.db"
            http: {public-url: "http://127.0.0.1:1"}
            outbox: {attempt-lease: 2m}
            budgets:
              shopper: {per: recipient, allow: 3 per 24h, digest: off}
            channels:
              mail: {type: webhook, url: "${SINK}"}
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: sqlite:${SHOP}
                    every: 30s
                    query: |
            %s
                    gone: |
            %s
                    subject: user_id
                    content: [product_id, quantity]
                    items: [product_id, title, quantity, price]
                    age: idle
                    max-age: 9d
                    ramp: %s per 1m
                recipients: {field: email}
                allow: once per 24h
                on-failure: {retry: {first: 2m, factor: 1, max: 2m, jitter: 0%%, from: start, attempts: 3}}
                on-lost-claim: drop
                budgets: [shopper]
                channels: [mail]
                mail:
                  title: "{{data.name}}, you left something"
                  text: "{{#data.items}}{{quantity}} x {{title}}{{/data.items}}"
                  secret: "0123456789abcdef0123456789abcdef"
                  unsubscribe: on
            """;

    final Shop shop;
    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer sink;
    private final Server server;
    private volatile int status = 204;

    /** @param ramp most that are let out in a minute */
    public CartServer(Path directory, int ramp) throws Exception {
        Path file = directory.resolve("shop.db");
        shop = new Shop("jdbc:sqlite:" + file + "?synchronous=OFF");
        shop.at(0);
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                JsonNode body = JSON.readTree(exchange.getRequestBody());
                if (status == 204) {
                    mails.add(body.path("recipient").asText());
                }
                exchange.sendResponseHeaders(status, -1);
            }
        });
        sink.start();
        server = Server.start(config(directory, file, ramp), clock::get);
    }

    private ServerConfig config(Path directory, Path shopFile, int ramp) throws Exception {
        String text = CONFIG.formatted(Shop.QUERY.indent(12), Shop.GONE.indent(12), ramp);
        return new ConfigReader(
                        Optional.of(Files.writeString(directory.resolve("sluice.yaml"), text)),
                        Map.of(
                                "SINK",
                                "http://127.0.0.1:" + sink.getAddress().getPort() + "/",
                                "SHOP",
                                shopFile.toString()),
                        Optional.of(directory.resolve("data")),
                        Optional.of("127.0.0.1:0"))
                .read()
                .ticking(Duration.ZERO);
    }

    /** A user who left a cart with lamps. */
    public void cart(int user, Duration idle) throws SQLException {
        shop.user(user, idle);
        shop.put(user, 1, 2);
    }

    /** A user bought, as the shop reports. */
    public void bought(int user) throws IOException, InterruptedException {
        post(FLOW + "conversions", "{\"user\":\"" + user + "\"}", "application/json");
    }

    /** What a user is called. */
    public void named(int user, String name) throws SQLException {
        shop.run("update users set name = ? where id = ?", name, user);
    }

    /** What the receiver of mails answers from now on. */
    public void answers(int code) {
        status = code;
    }

    /** Where the server answers. */
    public URI address() {
        return server.address();
    }

    /** To whom mails went. */
    public List<String> mails() {
        return mails;
    }

    public void settle() {
        while (server.tick() > 0) {
            // What a tick begins, the next one may carry on with.
        }
    }

    /** Lets time pass in steps of 30 s, as the scans go. */
    public void pass(Duration time) throws Exception {
        settle();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(EVERY)) {
            jump(EVERY);
            settle();
        }
    }

    /** Moves the clock at once. */
    public void jump(Duration time) throws Exception {
        clock.updateAndGet(now -> now.plus(time));
        shop.at(Duration.between(BEGIN, clock.get()).toSeconds());
    }

    HttpResponse<String> post(String path, String body, String type) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> page(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(page(path).body());
    }

    /** The candidates that the API lists with these parameters, each begun by an ampersand, over all of its pages. */
    List<JsonNode> candidates(String query) throws IOException, InterruptedException {
        List<JsonNode> all = new CopyOnWriteArrayList<>();
        String after = "";
        do {
            JsonNode page = get(FLOW + "scan/candidates?limit=2" + query + "&after=" + encoded(after));
            page.path("candidates").forEach(all::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return all;
    }

    /** The only candidate of a user. */
    JsonNode candidate(int user) throws IOException, InterruptedException {
        List<JsonNode> all = candidates("&user=" + user);
        if (all.size() != 1) {
            throw new AssertionError("not one but " + all);
        }
        return all.get(0);
    }

    /** The states of all candidates, by user. */
    Map<String, String> states(String query) throws IOException, InterruptedException {
        return candidates(query).stream()
                .collect(Collectors.toMap(
                        each -> each.path("user").asText(),
                        each -> each.path("state").asText()));
    }

    /** Orders something about the only candidate of a user. */
    HttpResponse<String> order(int user, String what, String body) throws IOException, InterruptedException {
        return order(candidate(user).path("subject").asText(), what, body);
    }

    HttpResponse<String> order(String subject, String what, String body) throws IOException, InterruptedException {
        return post(FLOW + "scan/candidates/" + encoded(subject) + "/" + what, body, "application/json");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() throws SQLException {
        server.close();
        sink.stop(0);
        shop.close();
    }
}
