package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.DurationText;
import dev.sluice.server.config.FlowConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Shows the candidates of flows that scan, and takes what an operator orders about one. */
final class CandidateApi {
    private static final String PATH = "/v1/flows/{flow}/scan/candidates";
    private static final String ONE = PATH + "/{subject}";
    private static final int MOST_BODY = 1_000;
    private static final int MOST_ROWS = 200;
    private static final int USUAL_ROWS = 50;
    private static final Duration LONGEST_HOLD = Duration.ofDays(366);

    private final Engine engine;

    CandidateApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", PATH, this::list),
                new Route("GET", "/v1/flows/{flow}/scan/days", this::days),
                new Route("POST", ONE + "/send", this::send),
                new Route("POST", ONE + "/hold", this::hold),
                new Route("POST", ONE + "/forget", exchange -> order(exchange, orders -> orders::forget)),
                new Route("POST", ONE + "/let-go", exchange -> order(exchange, orders -> orders::letGo)));
    }

    private void list(Exchange exchange) {
        FlowConfig flow = ScanApi.flow(engine, exchange);
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("state", "user", "after", "limit"), faults);
        Optional<CandidateState> state =
                query.word("state", CandidateState.WORDS).flatMap(CandidateState::of);
        String after = query.text("after").orElse("");
        if (!CandidatePage.isPlace(after)) {
            faults.add("after", "must be what an earlier page gave as next");
        }
        int limit = query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
        CandidatePage.Wanted wanted = new CandidatePage.Wanted(state, query.text("user"), after, limit);
        faults.check();
        exchange.blocking(
                () -> CandidatePage.of(engine, flow, wanted),
                page -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("candidates");
                    for (CandidateView view : page.rows()) {
                        json.writeStartObject();
                        write(json, view);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    if (page.next().isPresent()) {
                        json.writeStringField("next", page.next().get());
                    }
                }));
    }

    private static void write(JsonGenerator json, CandidateView view) throws IOException {
        json.writeStringField("subject", view.subject());
        json.writeStringField("user", view.user());
        json.writeStringField("state", view.state().word());
        json.writeStringField("why", view.why());
        json.writeStringField("at", view.at().toString());
        Answers.time(json, "until", view.until());
        Optional<Duration> age = view.sighting().flatMap(seen -> seen.age());
        if (age.isPresent()) {
            json.writeNumberField("ageSeconds", age.get().toSeconds());
        }
        if (view.message().isPresent()) {
            json.writeNumberField("message", view.message().get().message().id());
        }
    }

    private void days(Exchange exchange) {
        FlowConfig flow = ScanApi.flow(engine, exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        exchange.blocking(
                () -> DayRates.of(engine, flow.name()),
                rates -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("days");
                    for (DayRates.Day day : rates.days()) {
                        json.writeStartObject();
                        json.writeStringField("from", day.at().toString());
                        json.writeNumberField("sent", day.sent());
                        json.writeNumberField("unknown", day.unknown());
                        json.writeNumberField("failed", day.failed());
                        json.writeNumberField("converted", day.converted());
                        json.writeNumberField("unsubscribed", day.unsubscribed());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    /** What orders may say besides. */
    private static final class Draft implements Reading.Member {
        private final String known;
        private Optional<String> value = Optional.empty();

        Draft(String known) {
            this.known = known;
        }

        @Override
        public boolean read(String name, Reading from) throws IOException {
            if (!name.equals(known)) {
                return false;
            }
            value = from.plain(name, PostedNames.MOST_WORD);
            return true;
        }

        static Optional<String> of(byte[] body, String known, Faults faults) {
            Draft draft = new Draft(known);
            if (body.length > 0) {
                Reading.object(body, faults, draft);
            }
            return draft.value;
        }
    }

    private void send(Exchange exchange) {
        CandidateOrders orders = orders(exchange);
        String subject = exchange.value(1);
        exchange.body(MOST_BODY, body -> {
            Faults faults = new Faults();
            String again = Draft.of(body, "again", faults).orElse("false");
            if (!again.equals("true") && !again.equals("false")) {
                faults.add("again", "must be true or false");
            }
            faults.check();
            run(exchange, () -> orders.send(subject, again.equals("true")));
        });
    }

    private void hold(Exchange exchange) {
        CandidateOrders orders = orders(exchange);
        String subject = exchange.value(1);
        exchange.body(MOST_BODY, body -> {
            Faults faults = new Faults();
            Optional<Duration> length = Draft.of(body, "for", faults).flatMap(text -> length(text, faults));
            faults.check();
            run(exchange, () -> orders.hold(subject, length));
        });
    }

    private static Optional<Duration> length(String text, Faults faults) {
        try {
            Duration length = DurationText.parse(text);
            if (!length.isZero() && length.compareTo(LONGEST_HOLD) <= 0) {
                return Optional.of(length);
            }
        } catch (IllegalArgumentException e) {
            // Told below, as one out of range is.
        }
        faults.add("for", "must be a duration such as 24h, from 1ms to 366d; leave it out to hold until it is let go");
        return Optional.empty();
    }

    private void order(Exchange exchange, Function<CandidateOrders, Function<String, CandidateOrders.Outcome>> which) {
        CandidateOrders orders = orders(exchange);
        String subject = exchange.value(1);
        exchange.body(MOST_BODY, body -> run(exchange, () -> which.apply(orders).apply(subject)));
    }

    private CandidateOrders orders(Exchange exchange) {
        FlowConfig flow = ScanApi.flow(engine, exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        PostedNames.check(Optional.of(exchange.value(1)), Optional.empty(), List.of(), faults);
        if (exchange.value(1).length() > PostedNames.MOST_SUBJECT) {
            faults.add("subject", "is longer than " + PostedNames.MOST_SUBJECT + " characters");
        }
        faults.check();
        return new CandidateOrders(engine, flow.name(), "api");
    }

    private static void run(Exchange exchange, Supplier<CandidateOrders.Outcome> order) {
        exchange.blocking(order, outcome -> {
            if (outcome instanceof CandidateOrders.Outcome.Done done) {
                exchange.json(200, json -> {
                    json.writeStringField("done", done.what());
                    if (done.message().isPresent()) {
                        json.writeNumberField("message", done.message().get());
                    }
                });
            } else {
                throw new Refusal(Problem.Kind.TOO_LATE, ((CandidateOrders.Outcome.Refused) outcome).why());
            }
        });
    }
}
