package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of a real server whose real database goes away, or holds what nobody can read. */
@Timeout(120)
class JobsStoreAwayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CONFIG = """
            jobs:
              mailbox: {call: {url: "${RECEIVER}"}, tick: 1s}
            """;

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> runs = new CopyOnWriteArrayList<>();
    private HttpServer http;

    @BeforeEach
    void receive() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            try (exchange) {
                runs.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        http.start();
    }

    @AfterEach
    void stopReceiving() {
        http.stop(0);
    }

    private ServerConfig config(Database database) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        Map<String, String> environment = Map.of(
                "RECEIVER",
                "http://127.0.0.1:" + http.getAddress().getPort() + "/",
                "SLUICE_STORE",
                database.url(),
                "SLUICE_SQL_TIMEOUT",
                "500ms");
        return new ConfigReader(Optional.of(file), environment, Optional.empty(), Optional.of("127.0.0.1:0")).read();
    }

    private HttpResponse<String> send(Server server, String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/jobs" + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private boolean ran(String subject) {
        return runs.stream().anyMatch(run -> run.contains("\"subject\":\"" + subject + "\""));
    }

    @Test
    @DisplayName(
            "S5.8: while the database is away the answer is 503, nothing is stored, and jobs go on when it is back")
    void withoutItsDatabaseNothingIsStartedAndItGoesOnWhenThatIsBack() throws Exception {
        try (PostgresServer postgres = PostgresServer.start(SqlServer.Durability.MEMORY);
                Server server = Server.start(config(postgres.fresh()))) {
            assertThat(send(server, "POST", "/mailbox/before", "").statusCode()).isEqualTo(202);
            await().atMost(PATIENCE).until(() -> ran("before"));
            assertThat(send(server, "POST", "/mailbox/later", "{\"delay\":\"1h\"}")
                            .statusCode())
                    .isEqualTo(202);
            postgres.stop();

            HttpResponse<String> refused = send(server, "POST", "/mailbox/meanwhile", "");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(send(server, "GET", "/mailbox/meanwhile", "").statusCode())
                    .as("unknown is not none")
                    .isEqualTo(503);

            postgres.restart();
            await().atMost(PATIENCE)
                    .until(() -> send(server, "GET", "/mailbox/meanwhile", "").statusCode() == 404);
            assertThat(ran("meanwhile")).isFalse();
            assertThat(send(server, "POST", "/mailbox/later", "").statusCode()).isEqualTo(409);
            assertThat(send(server, "POST", "/mailbox/after", "").statusCode()).isEqualTo(202);
            await().atMost(PATIENCE).until(() -> ran("after"));
        }
    }

    @Test
    @DisplayName("S5.8: a record that nobody can read hides no other one, neither of a job nor of a schedule")
    void aCorruptRecordHidesNoOtherOne() throws Exception {
        Database database = PostgresServer.shared().fresh();
        try (Server server = Server.start(config(database))) {
            for (String subject : List.of("a", "b", "c")) {
                assertThat(send(server, "POST", "/mailbox/" + subject, "{\"delay\":\"1h\"}")
                                .statusCode())
                        .isEqualTo(202);
            }
            change(database, "UPDATE sluice_job SET task_data = 'x' WHERE task_instance = 'b'");
            assertThat(send(server, "GET", "", "").body())
                    .contains("\"subject\":\"a\"", "\"subject\":\"b\"", "\"subject\":\"c\"");
            assertThat(send(server, "POST", "/mailbox/c/run", "").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> ran("c"));
            assertThat(send(server, "DELETE", "/mailbox/b", "").statusCode()).isEqualTo(200);
            assertThat(send(server, "POST", "/mailbox/b", "").statusCode()).isEqualTo(202);
            await().atMost(PATIENCE).until(() -> ran("b"));

            assertThat(send(server, "PUT", "/mailbox/p/schedule", "{\"every\":\"1d\",\"enabled\":false}")
                            .statusCode())
                    .isEqualTo(200);
            change(database, "UPDATE sluice_job_subject SET schedule = 'never', enabled = true WHERE subject = 'p'");
            assertThat(send(server, "PUT", "/mailbox/q/schedule", "{\"every\":\"1d\"}")
                            .statusCode())
                    .isEqualTo(200);
            await().atMost(PATIENCE).until(() -> ran("q"));
            assertThat(ran("p")).isFalse();
        }
    }

    private static void change(Database database, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }
}
