package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abandoned carts of a real database through a whole server, by a clock that is moved by hand; counted at the receiver. */
class AbandonedCartTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final long DAY = 86_400;

    private static final String CONFIG = """
            store: "memory:"
            outbox: {attempt-lease: 7m}
            budgets:
              shopper: {per: recipient, allow: 3 per 24h, digest: off}
            channels:
              mail: {type: webhook, url: "${SINK}", timeout: 320s}
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
                    required: [price]
                    age: idle
                    max-age: 7d
                    ramp: 100 per 1m
            %s
                recipients: {field: email}
                allow: once per 24h
                on-failure: {retry: {first: 2m, factor: 1, max: 2m, jitter: 0%%, from: start, attempts: 100}}
                on-lost-claim: drop
                budgets: [shopper]
                channels: [mail]
            """;

    private static final String INCREMENTAL = "        incremental: {changed: changed_at, complete-every: 30d}";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final List<Mail> mails = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile LongPredicate accepts = second -> true;
    private volatile long takes;
    private HttpServer sink;
    private Shop shop;
    private Server server;

    /** An attempt that arrived. */
    private record Mail(long second, String recipient, JsonNode body, boolean accepted, String key) {}

    @BeforeEach
    void start() throws Exception {
        shop = new Shop("jdbc:sqlite:" + directory.resolve("shop.db") + "?synchronous=OFF");
        shop.at(0);
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                long second = now();
                boolean accepted = accepts.test(second);
                JsonNode body = JSON.readTree(exchange.getRequestBody());
                String recipient = body.path("recipient").asText();
                String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
                mails.add(new Mail(second, recipient, body, accepted, key));
                move(Duration.ofSeconds(takes));
                exchange.sendResponseHeaders(accepted ? 204 : 503, -1);
            }
        });
        sink.start();
        server = serve("");
    }

    private Server serve(String more) throws Exception {
        return serve(CONFIG.formatted(block(Shop.QUERY), block(Shop.GONE), more), directory);
    }

    private Server serve(String config, Path home) throws Exception {
        Path file = Files.writeString(home.resolve("sluice.yaml"), config);
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of(
                        "SINK",
                        "http://127.0.0.1:" + sink.getAddress().getPort() + "/",
                        "SHOP",
                        directory.resolve("shop.db").toString()),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        return Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    private static String block(String text) {
        return text.indent(12);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        sink.stop(0);
        shop.close();
    }

    private long now() {
        return Duration.between(BEGIN, clock.get()).toSeconds();
    }

    private void move(Duration time) {
        clock.updateAndGet(now -> now.plus(time));
        try {
            shop.at(now());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets time pass in steps of 30 s, as the scans go, until {@code second}; what is due happens in each. */
    private void until(long second) {
        until(second, 30);
    }

    private void until(long second, long step) {
        settle();
        while (now() < second) {
            move(Duration.ofSeconds(Math.min(step, second - now())));
            settle();
        }
    }

    private void settle() {
        while (server.tick() > 0) {
            // What a tick begins, the next one may carry on with.
        }
    }

    private List<Long> times() {
        return mails.stream().filter(Mail::accepted).map(Mail::second).toList();
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(page(path));
    }

    private String page(String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    @DisplayName(
            "S3.1 S3.2 S3.6 the same cart is mailed once in the 2,880 scans of a day, and again after 24 hours by the same process")
    void sameCartOnce() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.put(7, 2, 1);
        until(DAY - 30);
        assertThat(times()).containsExactly(0L);
        until(DAY + 60);
        assertThat(times()).containsExactly(0L, DAY);
        assertThat(mails.get(0).recipient()).isEqualTo("7@example.org");
        JsonNode data = mails.get(0).body().path("data");
        assertThat(data.path("total").asText()).isIn("140", "140.0", "140.00");
        assertThat(data.path("items").size()).isEqualTo(2);
        assertThat(data.path("items").get(0).path("title").asText()).isEqualTo("Lamp");
    }

    @Test
    @DisplayName("S3.4 another cart is mailed again, and going back to the old one is not")
    void anotherCart() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        until(600);
        shop.put(7, 2, 1);
        until(1_200);
        shop.take(7, 2);
        until(3_600);
        assertThat(times()).hasSize(2);
        assertThat(times().get(0)).isZero();
        assertThat(times().get(1)).isBetween(600L, 630L);
    }

    @Test
    @DisplayName("S3.5 a mail that failed at 0 is tried again at exactly 120 s, however often it scans")
    void failedIsTriedAgain() throws Exception {
        accepts = second -> second >= 100;
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        until(3_600);
        assertThat(mails).extracting(Mail::second).containsExactly(0L, 120L);
        assertThat(mails)
                .extracting(Mail::key)
                .doesNotContainNull()
                .containsOnly(mails.get(0).key());
    }

    @Test
    @DisplayName(
            "S3.5b an attempt that fails 90 s after it began is repeated at 120 s, one that fails after 130 s at once")
    void retryCountsFromTheStart() throws Exception {
        accepts = second -> second >= 240;
        takes = 90;
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        settle();
        assertThat(now()).isEqualTo(90);
        move(Duration.ofSeconds(30));
        takes = 130;
        settle();
        assertThat(mails).extracting(Mail::second).startsWith(0L, 120L, 250L);
    }

    @Test
    @DisplayName("S3.3 while a mail is being sent, for 300 s, nothing else is sent for the cart")
    void inProgress() throws Exception {
        takes = 300;
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        until(3_600);
        assertThat(times()).containsExactly(0L);
    }

    @Test
    @DisplayName(
            "S3.10 a quantity that changes every 2 minutes for an hour is mailed 3 times a day, and the held ones are seen")
    void atMostThreeADay() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 1);
        for (int quantity = 1; quantity <= 30; quantity++) {
            shop.run("update cart set quantity = ? where user_id = 7", quantity);
            until(quantity * 120L);
        }
        assertThat(times()).hasSize(3);
        assertThat(get("v1/flows/abandoned-cart/subjects?limit=100")
                        .path("subjects")
                        .size())
                .isEqualTo(30);
    }

    @Test
    @DisplayName("S3.11 who buys or comes back between the scan and the mail is not mailed, and the ledger says why")
    void lastLook() throws Exception {
        accepts = second -> second >= 100;
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.user(8, Duration.ofMinutes(5));
        shop.put(8, 2, 1);
        until(30);
        assertThat(mails).hasSize(2);
        move(Duration.ofSeconds(59));
        shop.order(7);
        shop.active(8);
        move(Duration.ofSeconds(31));
        settle();
        assertThat(times()).isEmpty();
        assertThat(get("v1/ledger?flow=abandoned-cart").toString()).contains("bought", "active again");
        until(600);
        assertThat(times()).as("once they are idle again").hasSize(2);
    }

    @Test
    @DisplayName(
            "S3.12 of 10,000 old carts at the first start those of a week are mailed, 100 a minute, and a bad one is named")
    void firstStart() throws Exception {
        shop.run("""
                with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
                insert into users select i, i || '@example.org', 'U' || i,
                       -(case when i <= 350 then 3600 else 8 * 86400 end) from n""");
        shop.run("insert into cart select id, 1, 1 from users");
        shop.run("insert into product values (9, 'Ghost', null)");
        shop.run("insert into cart values (5, 9, 1)");
        settle();
        assertThat(mails).hasSize(100);
        JsonNode scan = get("v1/flows/abandoned-cart/scan");
        assertThat(scan.path("tooOld").asInt()).isEqualTo(9_650);
        assertThat(scan.path("deferred").asInt()).isEqualTo(249);
        assertThat(scan.path("badRows").get(0).path("subject").asText()).isEqualTo("5");
        assertThat(scan.path("badRows").get(0).path("reason").asText()).contains("price");
        assertThat(page("flows/abandoned-cart")).contains("Last scan", "a row has no &#39;price&#39;");
        until(59);
        assertThat(mails).hasSize(100);
        until(600);
        assertThat(mails).hasSize(349);
        assertThat(mails).extracting(Mail::recipient).doesNotHaveDuplicates().doesNotContain("5@example.org");
    }

    @Test
    @DisplayName("an incremental scan mails what is new and what has changed, and again at the end of the window")
    void incremental() throws Exception {
        server.close();
        server = serve(INCREMENTAL);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        until(600);
        assertThat(times()).containsExactly(0L);
        shop.user(8, Duration.ofSeconds(61));
        shop.put(8, 1, 1);
        until(660);
        assertThat(times()).hasSize(2);
        assertThat(get("v1/flows/abandoned-cart/scan").path("complete").asBoolean())
                .isFalse();
        until(DAY - 30, 600);
        until(DAY + 60);
        assertThat(mails.stream().filter(mail -> mail.recipient().equals("7@example.org")))
                .extracting(Mail::second)
                .containsExactly(0L, DAY);
    }

    @Test
    @DisplayName("an incremental scan forgets nobody who was let out, or waits for the ramp")
    void incrementalForgetsNobody() throws Exception {
        server.close();
        server = serve(INCREMENTAL);
        for (int user = 1; user <= 150; user++) {
            shop.user(user, Duration.ofSeconds(400 - user));
            shop.put(user, 1, 1);
        }
        settle();
        assertThat(mails).hasSize(100);
        until(90);
        assertThat(mails).hasSize(150);
        until(DAY - 30, 600);
        assertThat(mails).hasSize(150);
        until(DAY + 180);
        assertThat(mails).as("each is told again when its window is over").hasSize(300);
    }

    @Test
    @DisplayName("what another system told under its own names is taken over, and mailed again when its window ends")
    void takesOver() throws Exception {
        server.close();
        String named = "select c.*, 'h' || quantity as cart_hash from (" + Shop.QUERY + ") c";
        server = serve(
                CONFIG.formatted(block(named), block(Shop.GONE), "")
                        .replace("content: [product_id, quantity]", "named-by: cart_hash"),
                directory);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.user(8, Duration.ofMinutes(5));
        shop.put(8, 1, 3);
        String told = "{\"subject\":\"7/h2\",\"toldAt\":\"" + BEGIN.minusSeconds(DAY - 600) + "\"}\n";
        client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/flows/abandoned-cart/imports"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(told))
                        .build(),
                BodyHandlers.ofString());
        until(900);
        assertThat(mails)
                .extracting(mail -> mail.recipient() + " at " + mail.second())
                .containsExactly("8@example.org at 0", "7@example.org at 600");
    }

    @Test
    @DisplayName("a database that is away is named, and scanned when it is back")
    void databaseAway() throws Exception {
        shop.run("alter table users rename to people");
        settle();
        assertThat(get("v1/flows/abandoned-cart/scan").path("failure").asText()).contains("users");
        shop.run("alter table people rename to users");
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        until(60);
        assertThat(times()).hasSize(1);
    }
}
