package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Key;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.mail.Links;
import dev.sluice.server.mail.Unsubscribing;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What receivers of mails do with them, and shops report of them. */
final class MailApi {
    private static final int MOST_BODY = 10_000;
    private static final int MOST_ROWS = 1_000;
    private static final int USUAL_ROWS = 100;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final String HTML = "text/html; charset=utf-8";

    private final Engine engine;

    MailApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/links/{token}", this::link),
                new Route("GET", Unsubscribing.PATH + "{token}", this::ask),
                new Route("POST", Unsubscribing.PATH + "{token}", this::unsubscribe),
                new Route("GET", "/v1/flows/{flow}/opt-outs", this::optOuts),
                new Route("PUT", "/v1/flows/{flow}/opt-outs/{address}", exchange -> optOut(exchange, true)),
                new Route("DELETE", "/v1/flows/{flow}/opt-outs/{address}", exchange -> optOut(exchange, false)),
                new Route("POST", "/v1/flows/{flow}/conversions", this::convert),
                new Route("GET", "/v1/flows/{flow}/conversions", this::conversions));
    }

    private Optional<Secret> secret(String flow) {
        return engine.flow(flow).flatMap(FlowConfig::mail).flatMap(MailConfig::secret);
    }

    private FlowConfig flow(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        if (flow.mail().isEmpty()) {
            throw new Refusal(Problem.Kind.INVALID, "flow '" + flow.name() + "' has no 'mail' in the configuration");
        }
        return flow;
    }

    private static Query query(Exchange exchange, Set<String> known) {
        Faults faults = new Faults();
        Query query = exchange.query(known, faults);
        faults.check();
        return query;
    }

    private void link(Exchange exchange) {
        query(exchange, Set.of());
        exchange.blocking(
                () -> Links.check(exchange.value(0), this::secret, engine.now()),
                verdict -> exchange.json(200, json -> write(json, verdict)));
    }

    private static void write(JsonGenerator json, Links.Verdict verdict) throws IOException {
        json.writeBooleanField("valid", verdict instanceof Links.Verdict.Good);
        if (verdict instanceof Links.Verdict.Good good) {
            write(json, good.promise());
        } else if (verdict instanceof Links.Verdict.Expired expired) {
            json.writeStringField("reason", "expired");
            write(json, expired.promise());
        } else {
            json.writeStringField("reason", verdict instanceof Links.Verdict.UnknownKey ? "unknown-key" : "broken");
        }
    }

    private static void write(JsonGenerator json, Links.Promise promise) throws IOException {
        json.writeStringField("flow", promise.flow());
        json.writeStringField("subject", promise.subject());
        json.writeStringField("message", promise.message());
        json.writeObjectFieldStart("tiers");
        for (Map.Entry<String, BigDecimal> tier : promise.tiers().entrySet()) {
            json.writeNumberField(tier.getKey(), tier.getValue());
        }
        json.writeEndObject();
        json.writeStringField("until", promise.until().toString());
    }

    private Unsubscribing.Wish wish(Exchange exchange) {
        return Unsubscribing.read(exchange.value(0), this::secret)
                .orElseThrow(() ->
                        new Refusal(Problem.Kind.NOT_FOUND, "this address is not one that a mail of this server had"));
    }

    /** Programs that look through mails follow links; so nothing happens before somebody presses the button. */
    private void ask(Exchange exchange) {
        wish(exchange);
        page(
                exchange,
                "<form method=\"post\"><p>Do you want no more of these mails?</p>"
                        + "<p><button>Unsubscribe</button></p></form>");
    }

    private void unsubscribe(Exchange exchange) {
        Unsubscribing.Wish wish = wish(exchange);
        exchange.body(
                MOST_BODY,
                body -> exchange.when(
                        optOut(wish.flow(), wish.address(), "by its receiver"),
                        done -> page(exchange, "<p>You will get no more of these mails.</p>")));
    }

    private static void page(Exchange exchange, String content) {
        exchange.send(
                200,
                HTML,
                Buffer.buffer("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
                        + " content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">"
                        + "<title>Unsubscribe</title></head>\n<body>" + content + "</body></html>\n"));
    }

    private CompletionStage<Boolean> optOut(String flow, String address, String by) {
        return engine.audience()
                .optOut(flow, address)
                .thenCompose(fresh -> noted(flow, Audience.canonical(address), fresh, "opted out " + by));
    }

    /** The line of the ledger; what was so before is not told again. */
    private CompletionStage<Boolean> noted(String flow, String subject, boolean fresh, String detail) {
        return fresh
                ? engine.note(Key.of(flow, subject), detail).thenApply(done -> true)
                : CompletableFuture.completedFuture(false);
    }

    private void optOut(Exchange exchange, boolean out) {
        FlowConfig flow = flow(exchange);
        query(exchange, Set.of());
        String address = address(exchange.value(1));
        exchange.body(
                MOST_BODY,
                body -> exchange.when(
                        out ? optOut(flow.name(), address, "by the api") : optIn(flow.name(), address),
                        changed -> exchange.json(200, json -> {
                            json.writeStringField("flow", flow.name());
                            json.writeStringField("address", Audience.canonical(address));
                            json.writeBooleanField("optedOut", out);
                            json.writeBooleanField("changed", changed);
                        })));
    }

    private static String address(String text) {
        Faults faults = new Faults();
        if (text.length() > PostedNames.MOST_ADDRESS) {
            faults.add("address", "is longer than " + PostedNames.MOST_ADDRESS + " characters");
        }
        PostedNames.check(Optional.empty(), Optional.empty(), List.of(text), faults);
        faults.check();
        return text;
    }

    private CompletionStage<Boolean> optIn(String flow, String address) {
        return engine.audience()
                .optIn(flow, address)
                .thenCompose(fresh -> noted(flow, Audience.canonical(address), fresh, "opted in again by the api"));
    }

    private void optOuts(Exchange exchange) {
        FlowConfig flow = flow(exchange);
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("after", "limit"), faults);
        int limit = query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
        faults.check();
        exchange.blocking(
                () -> engine.audience().optOuts(flow.name(), query.text("after").orElse(""), limit),
                rows -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("optOuts");
                    for (Audience.OptOut row : rows) {
                        json.writeStartObject();
                        json.writeStringField("address", row.address());
                        json.writeStringField("at", row.at().toString());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    /** What was posted. */
    private static final class Draft implements Reading.Member {
        private Optional<String> subject = Optional.empty();
        private Optional<String> user = Optional.empty();
        private Optional<String> id = Optional.empty();

        @Override
        public boolean read(String name, Reading from) throws IOException {
            switch (name) {
                case "subject" -> subject = from.text(name, PostedNames.MOST_SUBJECT);
                case "user" -> user = from.text(name, PostedNames.MOST_SUBJECT);
                case "id" -> id = from.text(name, PostedNames.MOST_WORD);
                default -> {
                    return false;
                }
            }
            return true;
        }

        String user(Faults faults) {
            if (faults.none() && subject.isPresent() == user.isPresent()) {
                faults.add(
                        "subject",
                        subject.isPresent() ? "stands beside 'user'; give one of the two" : "must be given, or 'user'");
            }
            PostedNames.check(subject.or(() -> user), id, List.of(), faults);
            faults.check();
            return user.or(() -> subject.map(Audience::user)).orElseThrow();
        }
    }

    private void convert(Exchange exchange) {
        FlowConfig flow = flow(exchange);
        query(exchange, Set.of());
        exchange.requireJson();
        exchange.body(MOST_BODY, body -> {
            Faults faults = new Faults();
            Draft draft = new Draft();
            Reading.object(body, faults, draft);
            String user = draft.user(faults);
            String id = draft.id.orElseGet(() -> UUID.randomUUID().toString());
            exchange.when(
                    engine.audience()
                            .converted(flow.name(), user, id)
                            .thenCompose(fresh -> noted(flow.name(), user, fresh, "bought, as report " + id + " says")),
                    fresh -> exchange.json(200, json -> {
                        json.writeStringField("flow", flow.name());
                        json.writeStringField("user", user);
                        json.writeStringField("id", id);
                        json.writeBooleanField("repeated", !fresh);
                    }));
        });
    }

    private void conversions(Exchange exchange) {
        FlowConfig flow = flow(exchange);
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("from", "to", "limit"), faults);
        Instant from = query.time("from").orElse(Instant.EPOCH);
        Instant to = query.time("to").orElse(LATEST);
        int limit = query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
        faults.check();
        exchange.blocking(
                () -> new Conversions(
                        engine.audience().countConversions(flow.name(), from, to),
                        engine.audience().conversions(flow.name(), from, to, limit)),
                found -> exchange.json(200, found::write));
    }

    private record Conversions(long count, List<Audience.Conversion> rows) {
        void write(JsonGenerator json) throws IOException {
            json.writeNumberField("count", count);
            json.writeArrayFieldStart("conversions");
            for (Audience.Conversion row : rows) {
                json.writeStartObject();
                json.writeStringField("id", row.id());
                json.writeStringField("user", row.user());
                json.writeStringField("at", row.at().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }
}
