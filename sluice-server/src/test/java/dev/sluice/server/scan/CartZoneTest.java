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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers in zones of their own, each with stores of its own, over one shop whose times have no zone. */
@Timeout(300)
class CartZoneTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> ZONES = List.of("GMT+05:30", "GMT-05:30", "UTC");

    private static final String CONFIG = """
            %s
            channels:
              mail: {type: webhook, url: "%s"}
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: %s
                    every: 1s
                    query: >-
                      select id as user_id, email, %s as idle from users where %s
                    subject: user_id
                    content: [email]
                    age: idle
                    max-age: 1d
                recipients: {field: email}
                allow: once per 24h
                channels: [mail]
            """;

    @TempDir
    Path directory;

    private final Map<String, Set<String>> arrivals = new TreeMap<>(
            ZONES.stream().collect(Collectors.toMap(CartZoneTest::name, zone -> new ConcurrentSkipListSet<>())));
    private HttpServer sink;

    /** As a path and a directory may be called. */
    private static String name(String zone) {
        return zone.replaceAll("[^A-Za-z0-9-]", "");
    }

    @BeforeEach
    void start() throws IOException {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        arrivals.forEach((zone, all) -> sink.createContext("/" + zone, exchange -> {
            try (exchange) {
                all.add(JSON.readTree(exchange.getRequestBody())
                        .path("recipient")
                        .asText());
                exchange.sendResponseHeaders(204, -1);
            }
        }));
        sink.start();
    }

    @AfterEach
    void stop() {
        sink.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "S3.13 servers in the zones +5:30, -5:30 and UTC find and mail the same: idle for an hour, for less than a day")
    void sameInEachZone(On on) throws Exception {
        Database shop = on.database();
        boolean maria = on == On.MARIADB;
        fill(shop, maria);
        String age = maria
                ? "timestampdiff(second, last_activity, now())"
                : "cast(extract(epoch from now() - last_activity) as integer)";
        String idle = "last_activity <= now() - interval " + (maria ? "1 hour" : "'1 hour'");
        List<ServerProcess> servers = new ArrayList<>();
        try (RedisServer redis = RedisServer.start()) {
            for (String zone : ZONES) {
                String name = name(zone);
                Path home = Files.createDirectory(directory.resolve(name));
                String stores = on.stores(redis)
                        + (on == On.REDIS ? "\nredis: {prefix: " + name.toLowerCase(Locale.ROOT) + "}" : "");
                String url = "http://127.0.0.1:" + sink.getAddress().getPort() + "/" + name;
                Files.writeString(home.resolve("sluice.yaml"), CONFIG.formatted(stores, url, shop.url(), age, idle));
                servers.add(ServerProcess.startShared(home, Duration.ZERO, "user.timezone=" + zone));
            }
            List<JsonNode> scans = new ArrayList<>();
            for (ServerProcess server : servers) {
                scans.add(scan(server));
            }
            assertThat(scans).allSatisfy(scan -> {
                assertThat(scan.path("candidates").asInt()).isEqualTo(4);
                assertThat(scan.path("tooOld").asInt()).isEqualTo(1);
            });
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(arrivals.values())
                            .allSatisfy(all -> assertThat(all)
                                    .containsExactly("20h@example.org", "23h@example.org", "2h@example.org")));
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    /** Each is idle for what its address says; hours of a zone more or less would make another of any of them. */
    private static void fill(Database shop, boolean maria) throws SQLException {
        try (Connection connection = DriverManager.getConnection(shop.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("create table users (id integer primary key, email varchar(100), last_activity "
                    + (maria ? "datetime" : "timestamp") + ")");
            List<Integer> minutes = Stream.of(30, 120, 1_200, 1_380, 1_500).toList();
            for (int i = 0; i < minutes.size(); i++) {
                int idle = minutes.get(i);
                String ago = maria
                        ? "now() - interval " + idle + " minute"
                        : "(now() at time zone 'UTC') - interval '" + idle + " minutes'";
                statement.execute("insert into users values (" + i + ", '" + (idle < 60 ? idle + "m" : idle / 60 + "h")
                        + "@example.org', " + ago + ")");
            }
        }
    }

    /** What its first scan found. */
    private static JsonNode scan(ServerProcess server) {
        URI address = server.ready(PATIENCE).orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/flows/abandoned-cart/scan"))
                .build();
        return await().atMost(PATIENCE)
                .until(
                        () -> JSON.readTree(HttpClient.newHttpClient()
                                .send(request, BodyHandlers.ofString())
                                .body()),
                        scan -> scan.has("at"));
    }
}
