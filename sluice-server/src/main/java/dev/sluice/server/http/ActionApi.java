package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.JobStatus;
import dev.sluice.server.watch.ActionStatus;
import dev.sluice.server.watch.Actions;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Shows the actions of watches, and lets an operator have one tried now or given up. */
final class ActionApi {
    private static final int MOST_BODY = 1_000;
    private static final long MOST = 1_000;
    private static final long USUAL = 100;

    private final Engine engine;

    ActionApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/actions", this::list),
                new Route(
                        "POST",
                        "/v1/actions/{action}/{subject}/retry",
                        exchange -> order(exchange, Actions.Order.TRY_NOW)),
                new Route(
                        "POST",
                        "/v1/actions/{action}/{subject}/give-up",
                        exchange -> order(exchange, Actions.Order.GIVE_UP)));
    }

    private void list(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("limit"), faults);
        int limit = query.number("limit", 1, MOST).orElse(USUAL).intValue();
        faults.check();
        exchange.blocking(
                () -> engine.actions(limit),
                all -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("actions");
                    for (ActionStatus each : all) {
                        json.writeStartObject();
                        write(json, each);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    private static void write(JsonGenerator json, ActionStatus action) throws IOException {
        JobStatus job = action.job();
        json.writeStringField("action", job.kind());
        json.writeStringField("flow", action.flow());
        json.writeStringField("zone", action.zone());
        json.writeStringField("subject", job.subject());
        json.writeStringField("state", job.state().name().toLowerCase(Locale.ROOT));
        json.writeStringField("since", job.since().toString());
        json.writeNumberField("attempt", job.attempt());
        Answers.time(json, "next", job.next());
        if (job.failure().isPresent()) {
            json.writeObjectFieldStart("failure");
            json.writeStringField("at", job.failure().get().at().toString());
            json.writeStringField("reason", job.failure().get().reason());
            json.writeEndObject();
        }
        if (job.holder().isPresent()) {
            json.writeStringField("holder", job.holder().get());
        }
    }

    private void order(Exchange exchange, Actions.Order order) {
        String action = exchange.value(0);
        String subject = exchange.value(1);
        exchange.body(
                MOST_BODY,
                body -> exchange.blocking(
                        () -> engine.orderAction(order, action, subject, "api")
                                .toCompletableFuture()
                                .join(),
                        done -> answer(exchange, order, done, "the action " + action + " for " + subject)));
    }

    private static void answer(Exchange exchange, Actions.Order order, ByHand done, String what) {
        switch (done) {
            case DONE -> exchange.json(200, json -> json.writeStringField("done", order.words()));
            case RUNNING -> throw new Refusal(Problem.Kind.TOO_LATE, what + " is running; it ends by itself");
            case ABSENT -> throw new Refusal(Problem.Kind.NOT_FOUND, what + " is not there");
        }
    }
}
