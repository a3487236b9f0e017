package dev.sluice.server.channel;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.server.crash.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real server in a process of its own, with a channel of every kind, and the real sinks behind them. */
final class EveryChannel implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The log as users have it: that of tests is quieter. */
    private static final String AS_SHIPPED = "logback.configurationFile=logback.xml";

    private final MailSink mails = new MailSink();
    private final WebSink web = new WebSink(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServerProcess process;
    private final URI address;

    EveryChannel(Path directory) throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), config(mails.port(), web.port()));
        process = ServerProcess.start(directory, List.of(AS_SHIPPED));
        address = process.ready(PATIENCE).orElseThrow(() -> new AssertionError(process.output()));
    }

    MailSink mails() {
        return mails;
    }

    WebSink web() {
        return web;
    }

    /** What the server printed and logged until now. */
    String output() {
        return process.output();
    }

    /** Forgets what arrived. */
    void forget() {
        mails.mails().clear();
        mails.commands().clear();
        web.requests().clear();
    }

    /** What arrived at a path of the web sink. */
    WebSink.Request arrivedAt(String path) {
        return web.requests().stream()
                .filter(each -> each.line().startsWith("POST " + path + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing arrived at " + path));
    }

    /** The message, once nothing of it waits any more. */
    JsonNode delivered(HttpResponse<String> answer) throws IOException {
        long id = JSON.readTree(answer.body()).path("message").path("id").longValue();
        return await().atMost(PATIENCE)
                .until(
                        () -> JSON.readTree(get("/v1/messages/" + id).body()),
                        message -> message.path("deliveries").findValuesAsText("state").stream()
                                .noneMatch(state -> state.equals("waiting") || state.equals("sending")));
    }

    HttpResponse<String> post(String flow, Map<String, Object> occurrence) throws Exception {
        return send(request(flow, JSON.writeValueAsString(occurrence)));
    }

    HttpRequest.Builder request(String flow, String body) {
        return HttpRequest.newBuilder(address.resolve("/v1/flows/" + flow + "/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.close();
        mails.close();
        web.close();
    }

    private static String config(int mails, int web) {
        return """
            operator: {channels: [inbox], allow: 60 per 1h}
            channels:
              mail: {type: smtp, host: 127.0.0.1, port: %1$d, security: none, from: gate@example.org, to: [ops@example.org]}
              web: {type: webhook, url: "http://127.0.0.1:%2$d/web"}
              slack: {type: webhook, format: slack, url: "http://127.0.0.1:%2$d/slack"}
              discord: {type: webhook, format: discord, url: "http://127.0.0.1:%2$d/discord"}
              telegram: {type: webhook, format: telegram, chat: "-100200300", url: "http://127.0.0.1:%2$d/telegram"}
              plain:
                type: webhook
                url: http://127.0.0.1:%2$d/plain
                content-type: text/plain
                headers: {X-Title: "{{title}}", X-Data: "{{data}}", X-Severity: "{{severity}}"}
                body: "{{title}} {{severity}} {{text}} {{message}} {{data}}"
              form:
                type: webhook
                url: http://127.0.0.1:%2$d/form
                content-type: application/x-www-form-urlencoded
                body: title={{title}}&message={{message}}
              log: {type: log}
            flows:
              all:
                subject: {fields: [processor], fingerprint: {field: message}}
                allow: 100000 per 1h
                claims: off
                channels: [mail, web, slack, discord, telegram, plain, form, inbox, log]
              aggregated:
                subject: {fields: [processor]}
                allow: 5 per 1h
                summary-at: 3
                channels: [mail, web, slack, discord, telegram, plain, form, inbox, log]
              limited: {subject: {fields: [processor]}, allow: 1 per 1h, channels: [inbox]}
              named: {allow: 100000 per 1h, claims: off, channels: [mail, web, slack]}
            """.formatted(mails, web);
    }
}
