package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.outbox.Progress;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One client of the events. Whoever does not read what is sent is dropped; it may connect again. */
final class EventStream {
    static final String MEDIA_TYPE = "text/event-stream";

    /** Bytes that may wait for the client to read them. */
    private static final int MOST_WAITING = 64_000;

    /** After so many silent ticks a comment says that the stream lives: 15 s. */
    private static final int SILENT_TICKS = 30;

    private static final String RECONNECT = "retry: 2000\n\n";
    private static final String ALIVE = ": alive\n\n";

    private final Exchange exchange;
    private final Optional<String> flow;
    private final EventApi api;
    private final Map<String, Books> told = new HashMap<>();
    private long number;
    private Optional<Progress> progress = Optional.empty();
    private int silent;
    private long waiting;

    EventStream(Exchange exchange, Optional<String> flow, EventApi api) {
        this.exchange = exchange;
        this.flow = flow;
        this.api = api;
    }

    void begin(Runnable ended) {
        HttpServerResponse response = exchange.response();
        exchange.head(200, MEDIA_TYPE);
        response.setChunked(true);
        write(RECONNECT);
        exchange.every(EventApi.TICK, this::tick, ended);
        tick();
    }

    private void tick() {
        EventApi.Standing now = api.standing(exchange);
        if (waiting > MOST_WAITING) {
            exchange.response().reset();
        } else if (now.number() > number) {
            number = now.number();
            tell(now);
        } else if (++silent >= SILENT_TICKS) {
            silent = 0;
            write(ALIVE);
        }
    }

    private void tell(EventApi.Standing now) {
        StringBuilder events = new StringBuilder();
        now.books().forEach((name, books) -> {
            if (flow.map(name::equals).orElse(true) && !books.equals(told.put(name, books))) {
                event(events, "flow", json -> {
                    json.writeStringField("flow", name);
                    Answers.books(json, books);
                });
            }
        });
        if (!progress.map(now.progress()::equals).orElse(false)) {
            event(events, "changed", json -> {
                json.writeNumberField("entry", now.progress().entry());
                json.writeNumberField("message", now.progress().message());
            });
            progress = Optional.of(now.progress());
        }
        if (events.length() > 0) {
            silent = 0;
            write(events.toString());
        }
    }

    private void write(String text) {
        Buffer bytes = Buffer.buffer(text);
        waiting += bytes.length();
        exchange.response().write(bytes).onComplete(written -> waiting -= bytes.length());
    }

    private void event(StringBuilder events, String name, Json.Body members) {
        events.append("id: ").append(number).append("\nevent: ").append(name).append("\ndata: ");
        events.append(new String(Json.object(members), StandardCharsets.UTF_8)).append("\n\n");
    }
}
