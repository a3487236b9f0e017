package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three processes that share nothing but the stores. On a clock that is moved by hand none of them stands by: the
 * scans of a day, 2,880 on one of the stores, are theirs by turns, and whenever a cart is new all three find it at the same moment.
 */
@Timeout(600)
class VirtualDayTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();
    private static final int DAY = 86_400;
    private static final int HOUR = 3_600;
    private static final int EVERY = 30;

    /** On the other stores a tenth of the scans says the same, and spares minutes. */
    private static final int SELDOM = 10 * EVERY;

    /** What a denial cache knows lasts for a second of the machine's clock, which is hours of this one. */
    private static final String CONFIG = """
            %s
            denial-cache: off
            channels:
              mail: {type: webhook, url: "%s"}
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: %s
                    every: 30s
                    query: |
            %s
                    subject: user_id
                    content: [product_id, quantity]
                recipients: {field: email}
                allow: once per 24h
                channels: [mail]
            """;

    @TempDir
    Path home;

    private final List<String> arrivals = new CopyOnWriteArrayList<>();
    private HttpServer sink;

    @BeforeEach
    void start() throws IOException {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                arrivals.add(JSON.readTree(exchange.getRequestBody())
                        .path("recipient")
                        .asText());
                exchange.sendResponseHeaders(204, -1);
            }
        });
        sink.start();
    }

    @AfterEach
    void stop() {
        sink.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "S3.2 S3.8 three processes scan 2,880 times in a day and mail each cart once, though they find each at the same moment")
    void aDay(On on) throws Exception {
        Database database = on.database();
        try (RedisServer redis = RedisServer.start();
                Shop shop = new Shop(database.jdbcUrl())) {
            String url = "http://127.0.0.1:" + sink.getAddress().getPort() + "/";
            Files.writeString(
                    home.resolve("sluice.yaml"),
                    CONFIG.formatted(on.stores(redis), url, database.url(), Shop.QUERY.indent(12)));
            shop.at(0);
            List<SteeredServer> servers = Stream.generate(() -> SteeredServer.start(home, BEGIN))
                    .limit(3)
                    .toList();
            try {
                List<URI> addresses =
                        servers.stream().map(SteeredServer::listens).toList();
                int step = on == On.POSTGRESQL ? EVERY : SELDOM;
                for (int second = 0; second < DAY; second += step) {
                    if (second % HOUR == 0) {
                        shop.user(second / HOUR, Duration.ofMinutes(5));
                        shop.put(second / HOUR, 1, 1);
                    }
                    boolean found = second % HOUR == 0;
                    scan(found ? servers : List.of(servers.get(second / step % servers.size())), shop, second);
                }
                assertThat(addresses)
                        .allSatisfy(each -> assertThat(lastScan(each))
                                .as("none stands by")
                                .isAfterOrEqualTo(BEGIN.plusSeconds(DAY - 3 * step)));
                assertThat(arrivals).hasSize(DAY / HOUR).doesNotHaveDuplicates();
                scan(servers, shop, DAY);
                assertThat(arrivals.stream().filter("0@example.org"::equals))
                        .as("its day is over")
                        .hasSize(2);
                assertThat(arrivals).hasSize(DAY / HOUR + 1);
            } finally {
                servers.forEach(SteeredServer::close);
            }
        }
    }

    private static void scan(List<SteeredServer> servers, Shop shop, int second) throws Exception {
        shop.at(second);
        servers.forEach(server -> server.at(BEGIN.plusSeconds(second)));
        servers.forEach(SteeredServer::done);
    }

    private static Instant lastScan(URI server) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/flows/abandoned-cart/scan"))
                .build();
        String page = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        return Instant.parse(JSON.readTree(page).path("at").asText());
    }
}
