package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.MailConfig.Track;
import dev.sluice.server.config.Secret;
import dev.sluice.server.mail.Tracking;
import dev.sluice.server.mail.Tracks;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What opens and clicks of mails do, and how many there were. */
final class TrackApi {
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final Buffer NOTHING =
            Buffer.buffer(Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));

    /** By which programs say that they look ahead, and nobody has clicked yet. */
    private static final List<String> AHEAD = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private final Engine engine;
    private final Meters meters;

    TrackApi(Engine engine, Meters meters) {
        this.engine = engine;
        this.meters = meters;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", Tracking.OPENS + "{token}", this::opened),
                new Route("GET", Tracking.CLICKS + "{token}", this::clicked),
                new Route("GET", "/v1/flows/{flow}/tracking", this::counts),
                new Route("GET", "/v1/messages/{id}/tracking", this::ofMessage));
    }

    private Optional<Secret> secret(String flow) {
        return engine.flow(flow).flatMap(FlowConfig::mail).flatMap(MailConfig::secret);
    }

    /** A mail shows its image whether or not that could be counted. */
    private void opened(Exchange exchange) {
        Tracking.Trace trace = Tracking.opened(exchange.value(0), this::secret).orElseThrow(TrackApi::none);
        exchange.when(
                noted(exchange, Track.OPENS, trace),
                done -> exchange.send(200, "image/gif", NOTHING),
                away -> exchange.send(200, "image/gif", NOTHING));
    }

    /** Whoever clicked gets on, whether or not that could be counted. */
    private void clicked(Exchange exchange) {
        Tracking.Click click = Tracking.clicked(exchange.value(0), this::secret).orElseThrow(TrackApi::none);
        exchange.when(
                noted(exchange, Track.CLICKS, click.trace()),
                done -> lead(exchange, click),
                away -> lead(exchange, click));
    }

    private static void lead(Exchange exchange, Tracking.Click click) {
        exchange.response().putHeader(HttpHeaders.LOCATION, click.target().toASCIIString());
        exchange.send(302, "text/plain", Buffer.buffer());
    }

    private static Refusal none() {
        return new Refusal(Problem.Kind.NOT_FOUND, "this address is not one that a mail of this server had");
    }

    /** Programs that only look are answered, and not counted. */
    private CompletionStage<Boolean> noted(Exchange exchange, Track what, Tracking.Trace trace) {
        boolean ahead = exchange.request().method().name().equals("HEAD")
                || AHEAD.stream().anyMatch(name -> exchange.header(name).isPresent());
        if (ahead) {
            return CompletableFuture.completedFuture(false);
        }
        meters.tracked(trace.key().flow(), word(what));
        return engine.audience()
                .tracks()
                .note(what, trace)
                .thenCompose(first -> first
                        ? engine.note(
                                        trace.key(),
                                        "message " + trace.message()
                                                + (what == Track.OPENS ? " was opened" : " was clicked in"))
                                .thenApply(done -> true)
                        : CompletableFuture.completedFuture(false));
    }

    private static String word(Track what) {
        return what.name().toLowerCase(Locale.ROOT);
    }

    private void counts(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("from", "to"), faults);
        Instant from = query.time("from").orElse(Instant.EPOCH);
        Instant to = query.time("to").orElse(LATEST);
        faults.check();
        exchange.blocking(
                () -> engine.audience().tracks().count(flow.name(), from, to),
                counts -> exchange.json(200, json -> {
                    for (Map.Entry<Track, Tracks.Count> each : counts.entrySet()) {
                        json.writeObjectFieldStart(word(each.getKey()));
                        json.writeNumberField("messages", each.getValue().messages());
                        json.writeNumberField("times", each.getValue().times());
                        json.writeEndObject();
                    }
                }));
    }

    private void ofMessage(Exchange exchange) {
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        long id = number(exchange.value(0));
        exchange.blocking(
                () -> Messages.find(engine, id)
                        .map(view -> engine.audience().tracks().of(id))
                        .orElseThrow(() -> new Refusal(Problem.Kind.NOT_FOUND, "there is no message " + id)),
                seen -> exchange.json(200, json -> write(json, id, seen)));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "the number of a message is one");
        }
    }

    private static void write(JsonGenerator json, long id, Map<Track, Tracks.Seen> seen) throws IOException {
        json.writeNumberField("message", id);
        for (Map.Entry<Track, Tracks.Seen> each : seen.entrySet()) {
            json.writeObjectFieldStart(word(each.getKey()));
            json.writeNumberField("times", each.getValue().times());
            json.writeStringField("first", each.getValue().first().toString());
            json.writeStringField("last", each.getValue().last().toString());
            json.writeEndObject();
        }
    }
}
