package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Books;
import dev.sluice.Budget;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.OnReset;
import dev.sluice.Rule;
import dev.sluice.server.config.FlowConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Shows flows and subjects, and resets subjects. */
final class FlowApi {
    private static final int MOST_ROWS = 1_000;
    private static final int USUAL_ROWS = 100;
    private static final int MOST_RESET_BODY = 10_000;

    private final Engine engine;

    FlowApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/flows", this::flows),
                new Route("GET", "/v1/flows/{flow}/subjects", this::subjects),
                new Route("GET", "/v1/flows/{flow}/subjects/{subject}", this::subject),
                new Route("POST", "/v1/flows/{flow}/subjects/{subject}/reset", this::reset));
    }

    /** @throws Refusal if there is no such flow */
    static FlowConfig flow(Engine engine, String name) {
        return engine.flow(name)
                .orElseThrow(() -> new Refusal(
                        Problem.Kind.UNKNOWN_FLOW, "there is no flow '" + name + "'; there is " + names(engine)));
    }

    private static String names(Engine engine) {
        List<String> names = engine.flows().stream().map(FlowConfig::name).toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private void flows(Exchange exchange) {
        check(exchange, Set.of());
        exchange.blocking(
                engine::books,
                books -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("flows");
                    for (FlowConfig flow : engine.flows()) {
                        flow(json, flow, books.getOrDefault(flow.name(), Books.EMPTY));
                    }
                    json.writeEndArray();
                }));
    }

    private static Query check(Exchange exchange, Set<String> known) {
        Faults faults = new Faults();
        Query query = exchange.query(known, faults);
        faults.check();
        return query;
    }

    private static void flow(JsonGenerator json, FlowConfig flow, Books books) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", flow.name());
        json.writeArrayFieldStart("variants");
        for (Map.Entry<String, Rule> variant : flow.plan().rules().entrySet()) {
            if (!variant.getKey().isEmpty()) {
                json.writeStartObject();
                json.writeStringField("name", variant.getKey());
                json.writeStringField("allow", variant.getValue().allowance());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeStringField("allow", flow.rule("").allowance());
        json.writeArrayFieldStart("channels");
        for (String channel : flow.plan().channels()) {
            json.writeString(channel);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("budgets");
        for (Budget budget : flow.plan().budgets()) {
            json.writeString(budget.name());
        }
        json.writeEndArray();
        json.writeBooleanField("shadow", flow.plan().shadow());
        Answers.books(json, books);
        json.writeEndObject();
    }

    private void subjects(Exchange exchange) {
        FlowConfig flow = flow(engine, exchange.value(0));
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("prefix", "after", "limit"), faults);
        int limit = query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
        Optional<Key> after = query.key("after");
        faults.check();
        SubjectPage.Wanted wanted = new SubjectPage.Wanted(query.text("prefix").orElse(""), after, limit);
        exchange.blocking(
                () -> SubjectPage.of(engine, flow, wanted),
                page -> exchange.json(200, json -> {
                    json.writeStringField("flow", flow.name());
                    json.writeArrayFieldStart("subjects");
                    for (Explanation row : page.rows()) {
                        ExplanationJson.brief(json, row);
                    }
                    json.writeEndArray();
                    if (page.next().isPresent()) {
                        json.writeStringField("next", page.next().get().text());
                    }
                }));
    }

    private Key key(Exchange exchange, FlowConfig flow, Query query) {
        String variant = query.text("variant").orElse("");
        if (!flow.plan().rules().containsKey(variant)) {
            Faults faults = new Faults();
            faults.add("variant", "is none of flow '" + flow.name() + "'");
            faults.check();
        }
        return Key.of(flow.name(), variant, exchange.value(1));
    }

    private void subject(Exchange exchange) {
        FlowConfig flow = flow(engine, exchange.value(0));
        Key key = key(exchange, flow, check(exchange, Set.of("variant")));
        exchange.blocking(() -> explain(key), full -> exchange.json(200, full));
    }

    private Json.Body explain(Key key) {
        Explanation explanation = engine.recall(key)
                .orElseThrow(() -> new Refusal(
                        Problem.Kind.NOT_FOUND,
                        "nothing is known of this subject: it never came, or all that told of it is gone"));
        String text = engine.subjectText(key);
        var samples = engine.samples(key);
        List<BudgetHold> holds = BudgetHold.of(engine, key);
        return json -> {
            ExplanationJson.full(json, explanation, text, samples);
            ExplanationJson.holds(json, holds);
        };
    }

    private void reset(Exchange exchange) {
        FlowConfig flow = flow(engine, exchange.value(0));
        Key key = key(exchange, flow, check(exchange, Set.of("variant")));
        exchange.body(MOST_RESET_BODY, body -> {
            Faults faults = new Faults();
            OptionalDouble level = level(exchange, body, faults);
            faults.check();
            exchange.when(
                    engine.reset(key, level),
                    done -> exchange.json(200, json -> {
                        Answers.key(json, key);
                        json.writeStringField("onReset", effect(flow.rule(key.variant())));
                    }));
        });
    }

    private static OptionalDouble level(Exchange exchange, byte[] body, Faults faults) {
        OptionalDouble[] level = {OptionalDouble.empty()};
        if (body.length > 0) {
            exchange.requireJson();
            Reading.object(body, faults, (name, from) -> {
                if (!name.equals("level")) {
                    return false;
                }
                level[0] = from.number(name);
                return true;
            });
        }
        return level[0];
    }

    private static String effect(Rule rule) {
        if (rule.onReset() instanceof OnReset.After after) {
            return "after " + dev.sluice.DurationText.format(after.dwell());
        }
        return rule.onReset() instanceof OnReset.Ignore ? "ignore" : "rearm";
    }
}
