package dev.sluice.server.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.server.Clocks;
import dev.sluice.server.Server;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;

/** A running server with a hand on its clock, and the command that takes over. */
final class Taking implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-14T09:00:00Z");

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = """
            channels:
              inbox: {type: inbox}
            flows:
              abandoned-cart: {allow: once per 24h, lease: 2m, on-lost-claim: retry, channels: [inbox]}
              at-most-once: {allow: once per 24h, lease: 2m, on-lost-claim: drop, channels: [inbox]}
              gmail: {allow: once until reset, forget-after: 30d, channels: [inbox]}
              run-notices: {allow: once per 1h, channels: [inbox]}
              margin-call:
                watch:
                  value: margin_level
                  zones: [{name: act, below: 50}, {name: alert, below: 100}, {name: safe}]
                allow: once per 3h
                on-reset: ignore
                channels: [inbox]
              margin-shortfall:
                watch:
                  value: available
                  zones: [{name: short, below: required x 1.05}]
                allow: once per 1h
                channels: [inbox]
            """;

    private final AtomicReference<Instant> clock;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Server server;

    /** What the command answered. */
    record Called(int code, String out, String err) {
        /** The counts of the table that are not zero, one in a line. */
        String counts() {
            List<String> counts = new ArrayList<>();
            for (String line : out.lines().toList()) {
                if (line.matches("[a-z ,]{18} +[\\d,]+.*") && !line.matches(".{18} +0")) {
                    counts.add(line.substring(0, 18).strip() + " " + line.replaceAll("^.{18} +([\\d,]+).*", "$1"));
                }
            }
            return String.join("\n", counts);
        }
    }

    private Taking(Server server, AtomicReference<Instant> clock) {
        this.server = server;
        this.clock = clock;
    }

    /** On a clock that is moved by hand. */
    static Taking over(Path directory) throws Exception {
        AtomicReference<Instant> clock = new AtomicReference<>(NOW);
        Server server = Server.start(reader(directory, CONFIG).read().ticking(Duration.ZERO), clock::get);
        return new Taking(server, clock);
    }

    /** On the real clock, with keys in a store of their own. */
    static Taking overKeysIn(Path directory, String store) throws Exception {
        return new Taking(
                Server.start(
                        reader(directory, "store: " + store + "\n" + CONFIG).read()),
                new AtomicReference<>(NOW));
    }

    private static ConfigReader reader(Path directory, String config) throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), config);
        return new ConfigReader(
                Optional.of(file), Map.of(), Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"));
    }

    URI address() {
        return server.address();
    }

    /** So long after the beginning. */
    void after(Duration length) {
        clock.set(NOW.plus(length));
        server.tick();
    }

    /** The command, with the address of the server. */
    Called run(String flow, String... arguments) {
        return run(Map.of(), flow, arguments);
    }

    Called run(Map<String, String> environment, String flow, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("import", "--flow", flow, "--server", server.address().toString()));
        all.addAll(List.of(arguments));
        return call(environment, all.toArray(String[]::new));
    }

    static Called call(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = SluiceCommand.line(new Surroundings(environment, Path.of(""), Clocks.SYSTEM));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int code = line.execute(arguments);
        return new Called(code, out.toString(), err.toString());
    }

    /** What the gate decides about an occurrence of the subject now. */
    String decided(String flow, String subject) throws Exception {
        return post("v1/flows/" + flow + "/occurrences", "{\"subject\":\"" + subject + "\",\"title\":\"x\"}")
                .path("decision")
                .asText();
    }

    /** What becomes of a level. */
    String decided(String flow, String subject, String values) throws Exception {
        return post("v1/flows/" + flow + "/levels", "{\"subject\":\"" + subject + "\"," + values + "}")
                .path("decision")
                .asText();
    }

    private JsonNode post(String path, String body) throws Exception {
        return JSON.readTree(send(path, "application/json", body).body());
    }

    HttpResponse<String> send(String path, String type, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("/" + path))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address().resolve("/" + path))
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    @Override
    public void close() {
        server.close();
    }
}
