package dev.sluice.server.browser;

import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A real server on a clock that is moved by hand, with flows that show everything that a console can. */
final class Scene implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-04T05:12:00Z");

    /** The subject of the story. */
    static final String LOUD =
            "nbacscheduleprocessor/typeerror/unsupported operand type(s) for -: 'nonetype' and 'datetime'";

    private static final String CONFIG = """
            channels:
              inbox: {type: inbox}
              hook: {type: webhook, url: "http://127.0.0.1:1/"}
            budgets:
              recipient: {per: recipient, allow: 30 per 1h}
              everything: {allow: 60 per 1h}
            actions:
              liquidate: {url: "http://127.0.0.1:1/", retry: {first: 1h, max: 2h, attempts: 2}}
            flows:
              collateral:
                watch: {value: level, zones: [{name: act, below: 50, action: liquidate, stop: 100}]}
                allow: once per 3h
                channels: []
              errors: {allow: 5 per 1h, summary-at: 3, budgets: [everything], channels: [inbox]}
              pager: {allow: 2 per 1h, on-failure: {retry: {first: 1s, max: 1s, attempts: 1}, give-up: 5m}, channels: [hook]}
              abandoned-cart: {allow: once per 3h, budgets: [recipient], channels: [inbox]}
              margin-call: {allow: once per 3h, limiting: off, channels: [inbox]}
              import-job: {allow: exclusive, lease: 2h, digest: off, on-outage: closed, channels: []}
            """;

    private final AtomicReference<Instant> clock = new AtomicReference<>(START);
    private final Server server;
    private final HttpClient client = HttpClient.newHttpClient();

    Scene(Path directory) {
        Path file = directory.resolve("sluice.yaml");
        try {
            Files.writeString(file, CONFIG);
            server = Server.start(
                    new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory), Optional.of("0"))
                            .read()
                            .ticking(Duration.ZERO),
                    clock::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    URI at(String path) {
        return server.address().resolve(path);
    }

    /** Posts an occurrence and delivers what is due. */
    void occurs(String flow, String json) {
        posts("/v1/flows/" + flow + "/occurrences", json);
    }

    /** An account falls into the zone where something is done. */
    void falls(String subject) {
        posts("/v1/flows/collateral/levels", "{\"subject\":" + Tab.quoted(subject) + ",\"level\":40}");
    }

    private void posts(String path, String json) {
        HttpRequest request = HttpRequest.newBuilder(at(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        server.tick();
    }

    void occurs(String flow, String subject, String title, String message) {
        occurs(
                flow,
                "{\"subject\":" + Tab.quoted(subject) + ",\"title\":" + Tab.quoted(title) + ",\"message\":"
                        + Tab.quoted(message) + ",\"severity\":\"error\"}");
    }

    /** A stream of events, which is open until it is closed. */
    InputStream listens() {
        try {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(at("/events")).build(), HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("status " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void passes(Duration time) {
        clock.updateAndGet(now -> now.plus(time));
        server.tick();
    }

    /** The story of 600 errors in 18 hours, with a little life beside it. */
    void errorFlood() {
        for (int i = 0; i < 600; i++) {
            occurs("errors", LOUD, "NbacScheduleProcessor failed", "TypeError: unsupported operand type(s) for -");
            if (i % 7 == 0) {
                occurs("errors", "import/timeout/no answer after <n> s", "Import failed", "timeout after " + i + " s");
            }
            if (i % 40 == 3) {
                occurs("errors", "export/ioerror/disk quota exceeded " + i, "Export failed", "quota exceeded on /srv");
                occurs("abandoned-cart", "cart-" + i % 160, "You left something behind", "3 things wait in your cart");
            }
            if (i % 190 == 100 || i > 590) {
                occurs("pager", "db-" + i, "Database does not answer", "no answer from db-" + i);
            }
            passes(Duration.ofSeconds(i < 300 ? 60 : i % 100 < 50 ? 40 : 260));
        }
        for (int i = 0; i < 24; i++) {
            occurs("errors", LOUD, "NbacScheduleProcessor failed", "TypeError: unsupported operand type(s) for -");
            passes(Duration.ofSeconds(20));
        }
        for (int i = 0; i < 4; i++) {
            occurs("margin-call", "account-17", "Margin below 100 %", "margin is " + (99 - i) + " %");
        }
        occurs("import-job", "nightly", "", "");
    }

    @Override
    public void close() {
        server.close();
    }
}
