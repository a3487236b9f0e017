package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.crash.ServerProcess;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real servers that scan one shop at the same time, of which some are killed; counted at the receiver. */
@Timeout(300)
class CartProcessTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String CONFIG = """
            %s
            outbox: {attempt-lease: 5s}
            channels:
              mail: {type: webhook, url: "%s", timeout: 4s}
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: %s
                    every: 1s
                    query: |
            %s
                    subject: user_id
                    content: [product_id, quantity]
                recipients: {field: email}
                allow: once per 24h
                on-failure: {retry: {first: 1s, factor: 1, max: 1s}}
                on-lost-claim: %s
                channels: [mail]
            """;

    @TempDir
    Path home;

    private final List<String> arrivals = new CopyOnWriteArrayList<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer sink;

    @BeforeEach
    void start() throws IOException {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.setExecutor(threads);
        sink.createContext("/", exchange -> {
            try (exchange) {
                String recipient = JSON.readTree(exchange.getRequestBody())
                        .path("recipient")
                        .asText();
                arrivals.add(recipient + " " + exchange.getRequestHeaders().getFirst("Idempotency-Key"));
                CountDownLatch latch = held.remove(recipient);
                if (latch != null) {
                    latch.await();
                }
                exchange.sendResponseHeaders(204, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sink.start();
    }

    @AfterEach
    void stop() {
        held.values().forEach(CountDownLatch::countDown);
        sink.stop(0);
        threads.shutdownNow();
    }

    private void configure(String stores, Database shop, String onLost) throws IOException {
        String url = "http://127.0.0.1:" + sink.getAddress().getPort() + "/";
        Files.writeString(
                home.resolve("sluice.yaml"), CONFIG.formatted(stores, url, shop.url(), Shop.QUERY.indent(12), onLost));
    }

    private ServerProcess server() {
        ServerProcess server = ServerProcess.startShared(home, Duration.ZERO);
        assertThat(server.ready(PATIENCE)).isPresent();
        return server;
    }

    private static JsonNode scan(ServerProcess server) throws IOException, InterruptedException {
        URI address = server.ready(PATIENCE).orElseThrow();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(address.resolve("/v1/flows/abandoned-cart/scan"))
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    private static void another(ServerProcess server) throws IOException, InterruptedException {
        String before = scan(server).path("at").asText();
        await().atMost(PATIENCE)
                .until(() -> !scan(server).path("at").asText(before).equals(before));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "S3.2 S3.8 three servers scan one shop: each cart is mailed once, and the scan goes on when its server is killed")
    void threeServers(On on) throws Exception {
        Database database = on.database();
        try (RedisServer redis = RedisServer.start();
                Shop shop = new Shop(database.jdbcUrl())) {
            configure(on.stores(redis), database, "retry");
            for (int user = 1; user <= 20; user++) {
                shop.user(user, Duration.ofMinutes(5));
                shop.put(user, 1, user);
            }
            try (ServerProcess one = server();
                    ServerProcess two = server();
                    ServerProcess three = server()) {
                await().atMost(PATIENCE).until(() -> arrivals.size() >= 20);
                List<ServerProcess> all = List.of(one, two, three);
                ServerProcess scanning = reading(all);
                scanning.kill();
                shop.user(21, Duration.ofMinutes(5));
                shop.put(21, 1, 1);
                List<ServerProcess> left =
                        all.stream().filter(each -> each != scanning).toList();
                await().atMost(PATIENCE).until(() -> arrivals.size() >= 21);
                ServerProcess next = reading(left);
                another(next);
                another(next);
                assertThat(arrivals)
                        .extracting(arrival -> arrival.split(" ")[0])
                        .hasSize(21)
                        .doesNotHaveDuplicates();
            }
        }
    }

    private static ServerProcess reading(List<ServerProcess> servers) throws IOException, InterruptedException {
        for (ServerProcess server : servers) {
            if (scan(server).has("at")) {
                return server;
            }
        }
        throw new AssertionError("none of the servers scans");
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, drop",
        "POSTGRESQL, retry",
        "MARIADB, drop",
        "MARIADB, retry",
        "REDIS, drop",
        "REDIS, retry"
    })
    @DisplayName(
            "S3.9 a server is killed after the mail was accepted: none more under drop, under retry one with the same key")
    void killedAfterTheMail(On on, String onLost) throws Exception {
        Database database = on.database();
        try (RedisServer redis = RedisServer.start();
                Shop shop = new Shop(database.jdbcUrl())) {
            configure(on.stores(redis), database, onLost);
            CountDownLatch never = new CountDownLatch(1);
            held.put("7@example.org", never);
            shop.user(7, Duration.ofMinutes(5));
            shop.put(7, 1, 2);
            try (ServerProcess first = server()) {
                await().atMost(PATIENCE).until(() -> arrivals.size() == 1);
                first.kill();
            }
            never.countDown();
            try (ServerProcess second = server()) {
                shop.user(8, Duration.ofMinutes(5));
                shop.put(8, 1, 2);
                await().atMost(PATIENCE).until(() -> arrivals.stream().anyMatch(each -> each.startsWith("8@")));
                if (onLost.equals("retry")) {
                    await().atMost(PATIENCE).until(() -> mailsTo7().size() == 2);
                } else {
                    await().atMost(PATIENCE).until(() -> assumed(second));
                }
                another(second);
                another(second);
                assertThat(mailsTo7()).hasSize(onLost.equals("retry") ? 2 : 1);
                assertThat(mailsTo7().stream().distinct()).hasSize(1);
            }
        }
    }

    private List<String> mailsTo7() {
        return arrivals.stream().filter(each -> each.startsWith("7@")).toList();
    }

    private static boolean assumed(ServerProcess server) throws IOException, InterruptedException {
        URI address = server.ready(PATIENCE).orElseThrow();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(address.resolve("/v1/messages?flow=abandoned-cart"))
                                .build(),
                        BodyHandlers.ofString())
                .body()
                .contains("\"assumed\"");
    }
}
