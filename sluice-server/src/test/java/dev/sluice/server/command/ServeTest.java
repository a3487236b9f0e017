package dev.sluice.server.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice serve} in a process of its own, stopped by a signal. */
class ServeTest {
    private static final Pattern READY = Pattern.compile("Sluice is ready at (http://127\\.0\\.0\\.1:\\d+/) .*");
    private static final int STOPPED_BY_SIGTERM = 143;
    private static final int SECONDS = 60;

    @TempDir
    Path directory;

    @Test
    void aSignalStopsItAndWhatItDecidedIsKept() throws Exception {
        try (Running first = serve()) {
            assertThat(first.post()).contains("\"pass\"");
            assertThat(first.stop()).isEqualTo(STOPPED_BY_SIGTERM);
        }
        try (Running second = serve()) {
            assertThat(second.get("v1/flows/errors/subjects")).contains("unknown/error/boom");
            assertThat(second.stop()).isEqualTo(STOPPED_BY_SIGTERM);
        }
    }

    @Test
    void anAttemptThatRunsMayEndBeforeTheProcessDoes() throws Exception {
        AtomicInteger received = new AtomicInteger();
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.incrementAndGet();
            arrived.countDown();
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                assertThat(mayAnswer.await(SECONDS, TimeUnit.SECONDS)).isTrue();
                exchange.sendResponseHeaders(204, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        receiver.start();
        try {
            Files.writeString(
                    directory.resolve("sluice.yaml"),
                    "channels: {hook: {type: webhook, url: 'http://127.0.0.1:%d/'}}\n"
                                    .formatted(receiver.getAddress().getPort())
                            + "flows: {errors: {allow: 5 per 1h, subject: {fields: [a]}, channels: [hook]}}\n");
            try (Running first = serve()) {
                first.post();
                assertThat(arrived.await(SECONDS, TimeUnit.SECONDS)).isTrue();
                first.process.destroy();
                await().until(first::listensNoMore);
                assertThat(first.process.isAlive()).isTrue();
                mayAnswer.countDown();
                assertThat(first.stop()).isEqualTo(STOPPED_BY_SIGTERM);
            }
            try (Running second = serve()) {
                assertThat(second.get("v1/messages")).contains("\"delivered\"").doesNotContain("\"pending\"");
                second.stop();
            }
            assertThat(received).hasValue(1);
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void itSaysWhyItCannotStartAndEnds() throws Exception {
        try (Running first = serve()) {
            Path err = Files.createTempFile(directory, "second", ".err");
            Process second = start(err);
            assertThat(second.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(1);
            assertThat(new String(second.getInputStream().readAllBytes(), UTF_8))
                    .isEmpty();
            assertThat(Files.readString(err)).startsWith("Sluice cannot start: ");
            first.stop();
        }
    }

    @Test
    @DisplayName("S4.7 NOTIFICATION_RATE_LIMITING_ENABLED=false: ten of ten go out")
    void switchedOffNothingIsHeld() throws Exception {
        try (Running server = serve(Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", "False"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(server.post()).contains("\"decision\":\"").doesNotContain("\"decision\":\"suppress\"");
            }
            assertThat(server.get("v1/flows/errors/stats"))
                    .contains("\"total_occurrences\":10", "\"total_suppressed\":5", "\"rate_limiting_enabled\":false");
            assertThat(server.get("v1/messages").split("\"kind\":", -1)).hasSize(11);
            server.stop();
        }
    }

    @Test
    @DisplayName("S4.7 the limit and the window of the environment hold, and what is held is in the log")
    void theEnvironmentWins() throws Exception {
        Map<String, String> environment = Map.of(
                "NOTIFICATION_RATE_LIMIT_PER_HOUR", "2",
                "NOTIFICATION_COOLDOWN_MINUTES", "30",
                "NOTIFICATION_AGGREGATE_THRESHOLD", "3");
        try (Running server = serve(environment)) {
            for (int i = 0; i < 12; i++) {
                server.post();
            }
            assertThat(server.get("v1/flows")).contains("\"allow\":\"2 per 30m\"");
            await().untilAsserted(() -> assertThat(Files.readString(server.err))
                    .containsOnlyOnce("INFO  decisions: Rate limited notification: unknown/error/boom")
                    .containsOnlyOnce("WARN  decisions: Rate limit exceeded for unknown/error/boom: suppressed 10"
                            + " (total occurrences: 12)")
                    .contains("NOTIFICATION_AGGREGATE_THRESHOLD: 3 is above the limit of 2"));
            server.stop();
        }
    }

    @Test
    @DisplayName("S4.7 bad values of the environment are start-up errors that name their variables")
    void badValuesOfTheEnvironment() throws Exception {
        Path err = Files.createTempFile(directory, "bad", ".err");
        Process process = start(
                err,
                Map.of(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR", "five",
                        "NOTIFICATION_COOLDOWN_MINUTES", "1.5",
                        "NOTIFICATION_AGGREGATE_THRESHOLD", "0",
                        "NOTIFICATION_RATE_LIMITING_ENABLED", "maybe"));
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(err))
                .contains(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR: 'five' is not a number, 1 to 1000000",
                        "NOTIFICATION_COOLDOWN_MINUTES: '1.5' is not a number",
                        "NOTIFICATION_AGGREGATE_THRESHOLD: '0' is not in 1 to 1000000",
                        "NOTIFICATION_RATE_LIMITING_ENABLED: 'maybe' is neither yes nor no",
                        "4 mistakes.");
    }

    private Running serve() throws IOException {
        return serve(Map.of());
    }

    private Running serve(Map<String, String> environment) throws IOException {
        Path err = Files.createTempFile(directory, "server", ".err");
        Process process = start(err, environment);
        BufferedReader out = process.inputReader(UTF_8);
        Matcher ready = READY.matcher(String.valueOf(out.readLine()));
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new AssertionError("not ready: " + Files.readString(err));
        }
        return new Running(process, URI.create(ready.group(1)), err);
    }

    private Process start(Path err) throws IOException {
        return start(err, Map.of());
    }

    private Process start(Path err, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The one that is delivered, not that of the tests.
        command.add("-Dlogback.configurationFile=logback.xml");
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.sluice.server.Main", "serve", "--http", "0", "--data", "data"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_") || name.startsWith("NOTIFICATION_"));
        builder.environment().putAll(environment);
        return builder.redirectError(err.toFile()).start();
    }

    private record Running(Process process, URI address, Path err) implements AutoCloseable {
        String post() throws IOException, InterruptedException {
            return send(HttpRequest.newBuilder(address.resolve("v1/flows/errors/occurrences"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"fields\": {}, \"message\": \"boom\"}")));
        }

        String get(String path) throws IOException, InterruptedException {
            return send(HttpRequest.newBuilder(address.resolve(path)));
        }

        boolean listensNoMore() throws InterruptedException {
            try {
                get("health/live");
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        int stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
            return HttpClient.newHttpClient()
                    .send(request.build(), BodyHandlers.ofString())
                    .body();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
