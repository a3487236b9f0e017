package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.io.IOException;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The five layers of protection of the system that docs/scans.md takes the place of, each by its name, and each alone: the
 * others are taken away, or could not help.
 */
@Timeout(180)
class FiveLayersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String ONCE_A_DAY = "allow: once per 24h";
    private static final String AS_OFTEN_AS_IT_LIKES = "allow: 64 per 1s";

    @TempDir
    Path directory;

    @Test
    @DisplayName("Application Level: Singleton pattern ensures one instance")
    void ofSeveralServersOneScans() throws Exception {
        Database database = PostgresServer.shared().fresh();
        try (Shop shop = new Shop(database.jdbcUrl());
                Server one = scanning(database);
                Server two = scanning(database)) {
            shop.at(0);
            await().atMost(PATIENCE).until(() -> scans(one) || scans(two));
            Server scanning = scans(one) ? one : two;
            Server standingBy = scanning == one ? two : one;
            String first = page(scanning);
            await().atMost(PATIENCE).until(() -> !page(scanning).equals(first));
            assertThat(scans(standingBy)).isFalse();
            scanning.close();
            await().atMost(PATIENCE).until(() -> scans(standingBy));
        }
    }

    @Test
    @DisplayName("Session Level: `processed_carts` set prevents duplicates in same check cycle")
    void aScanHasEachSubjectOnce() throws Exception {
        try (CartGate gate = CartGate.inMemory(directory)) {
            String twice = "select * from (" + Shop.QUERY + ") a union all select * from (" + Shop.QUERY + ") b";
            gate.replaced(config ->
                    config.replace(Shop.QUERY.indent(12), twice.indent(12)).replace(ONCE_A_DAY, AS_OFTEN_AS_IT_LIKES));
            for (int user = 1; user <= 3; user++) {
                gate.shop().user(user, Duration.ofMinutes(5));
                gate.shop().put(user, 1, 2);
            }
            gate.settle();
            assertThat(gate.mails())
                    .extracting(CartGate.Mail::recipient)
                    .containsExactlyInAnyOrder("1@example.org", "2@example.org", "3@example.org");
        }
    }

    @Test
    @DisplayName("Database Level: Check for existing logs (sent or pending) within 24 hours")
    void aServerThatRemembersNothing() throws Exception {
        try (CartGate gate = CartGate.onDisk(directory)) {
            gate.shop().user(7, Duration.ofMinutes(5));
            gate.shop().put(7, 1, 2);
            for (long second = 0; second < 600; second += CartGate.EVERY) {
                gate.until(second);
                gate.replaced();
            }
            assertThat(gate.times()).containsExactly(0L);
        }
    }

    @Test
    @DisplayName("Time-based Level: 2-minute window prevents concurrent processing")
    void whatIsInHandIsHeldForAsLongAsItTakes() throws Exception {
        try (CartGate gate = CartGate.inMemory(directory)) {
            gate.replaced(config -> config.replace(ONCE_A_DAY, "allow: once per 1s"));
            gate.shop().user(7, Duration.ofMinutes(5));
            gate.shop().put(7, 1, 2);
            gate.takes(300);
            gate.settle();
            assertThat(gate.now()).isEqualTo(300);
            assertThat(gate.times()).containsExactly(0L);
            gate.takes(0);
            gate.until(330);
            assertThat(gate.times()).as("no window held it").containsExactly(0L, 330L);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Index Level: Fast duplicate detection with database index")
    void theDatabaseRefusesASecondRowOfAKey(Dialect dialect) throws Exception {
        String file = "sqlite:" + directory.resolve("keys.db");
        Database database = switch (dialect) {
            case SQLITE -> new Database(file, "jdbc:" + file);
            case POSTGRESQL -> PostgresServer.shared().fresh();
            case MARIADB -> MariaDbServer.shared().fresh();
        };
        try (SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            Event offer = new Event.Offer(1, 2, OptionalDouble.empty(), Event.Settle.LATER);
            Rule rule = Rule.allow("once per 24h").build();
            store.apply(new Command(Key.of("abandoned-cart", "7/a"), rule, offer))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("insert into sluice_key select * from sluice_key"))
                    .isInstanceOf(SQLException.class)
                    .message()
                    .matches("(?is).*(unique|duplicate).*");
        }
    }

    /** One that only scans: nothing holds back what it finds. */
    private Server scanning(Database database) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                store: %s
                channels: {inbox: {type: inbox}}
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
                    %s
                    channels: [inbox]
                """.formatted(
                        database.url(), database.url(), Shop.QUERY.indent(12), AS_OFTEN_AS_IT_LIKES));
        return Server.start(
                new ConfigReader(Optional.of(file), Map.of(), Optional.empty(), Optional.of("127.0.0.1:0")).read());
    }

    private static boolean scans(Server server) throws IOException, InterruptedException {
        return new JsonMapper().readTree(page(server)).has("at");
    }

    private static String page(Server server) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/abandoned-cart/scan"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
