package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.server.config.FlowConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows the statistics of one flow, and of all, under the names that callers of older notifiers read. */
final class StatisticsApi {
    private static final int DIGITS = 4;
    private static final BigDecimal MINUTE = BigDecimal.valueOf(60_000_000);

    private final Engine engine;

    StatisticsApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/v1/flows/{flow}/stats", this::one), new Route("GET", "/v1/stats", this::all));
    }

    private void one(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        checkQuery(exchange);
        exchange.blocking(
                () -> Statistics.of(engine, flow),
                statistics -> exchange.json(200, json -> {
                    json.writeStringField("flow", flow.name());
                    members(json, flow, statistics);
                }));
    }

    private void all(Exchange exchange) {
        checkQuery(exchange);
        exchange.blocking(
                () -> Statistics.ofAll(engine),
                byFlow -> exchange.json(200, json -> {
                    counts(json, byFlow.values().stream().reduce(Statistics.NONE, Statistics::plus));
                    json.writeObjectFieldStart("config");
                    for (FlowConfig flow : byFlow.keySet()) {
                        json.writeObjectFieldStart(flow.name());
                        config(json, flow);
                        json.writeEndObject();
                    }
                    json.writeEndObject();
                    json.writeArrayFieldStart("flows");
                    for (Map.Entry<FlowConfig, Statistics> each : byFlow.entrySet()) {
                        json.writeStartObject();
                        json.writeStringField("flow", each.getKey().name());
                        members(json, each.getKey(), each.getValue());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    private static void checkQuery(Exchange exchange) {
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
    }

    private void members(JsonGenerator json, FlowConfig flow, Statistics statistics) throws IOException {
        counts(json, statistics);
        json.writeObjectFieldStart("config");
        config(json, flow);
        json.writeEndObject();
        loudest(json, "most_suppressed", "subject", engine.loudest(flow.name()).suppressed());
        loudest(json, "noisiest_sources", "source", engine.loudest(flow.name()).sources());
    }

    private static void counts(JsonGenerator json, Statistics statistics) throws IOException {
        json.writeNumberField("tracked_signatures", statistics.tracked());
        json.writeNumberField("total_occurrences", statistics.occurrences());
        json.writeNumberField("total_alerts_sent", statistics.sent());
        json.writeNumberField("total_suppressed", statistics.suppressed());
        json.writeNumberField(
                "suppression_rate",
                BigDecimal.valueOf(statistics.suppressionRate()).setScale(DIGITS, RoundingMode.HALF_UP));
    }

    private static void config(JsonGenerator json, FlowConfig flow) throws IOException {
        Rule rule = flow.rule("");
        json.writeStringField("allow", rule.allowance());
        json.writeNumberField("rate_limit_per_hour", rule.limit());
        if (rule.window() == Micros.FOREVER) {
            json.writeNullField("cooldown_minutes");
        } else {
            json.writeNumberField("cooldown_minutes", minutes(rule.window()));
        }
        json.writeNumberField("aggregate_threshold", rule.summaryAt());
        json.writeBooleanField("rate_limiting_enabled", !flow.plan().shadow());
    }

    private static BigDecimal minutes(long micros) {
        BigDecimal minutes = BigDecimal.valueOf(micros).divide(MINUTE, DIGITS, RoundingMode.HALF_UP);
        BigDecimal shortest = minutes.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    private static void loudest(JsonGenerator json, String name, String what, List<Loudest.Count> counts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Loudest.Count each : counts) {
            json.writeStartObject();
            json.writeStringField(what, each.name());
            json.writeNumberField("count", each.count());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
