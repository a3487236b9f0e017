package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.server.config.FlowConfig;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Shows what came in, went out and was held over time. */
final class RatesApi {
    private final Engine engine;

    RatesApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/v1/flows/{flow}/rates", this::rates));
    }

    private void rates(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("span"), faults);
        Span span = query.word("span", Span.WORDS).flatMap(Span::of).orElse(Span.HOUR);
        faults.check();
        exchange.blocking(
                () -> Rates.of(engine, flow.name(), span),
                rates -> exchange.json(200, json -> {
                    json.writeStringField("flow", flow.name());
                    json.writeStringField("span", span.word());
                    json.writeNumberField("step", rates.step().toSeconds());
                    json.writeArrayFieldStart("points");
                    for (Rates.Point point : rates.points()) {
                        point(json, point);
                    }
                    json.writeEndArray();
                }));
    }

    private static void point(JsonGenerator json, Rates.Point point) throws IOException {
        json.writeStartObject();
        json.writeStringField("at", point.at().toString());
        json.writeNumberField("in", point.in());
        json.writeNumberField("out", point.out());
        json.writeNumberField("held", point.held());
        json.writeNumberField("reported", point.reported());
        json.writeNumberField("dead", point.dead());
        json.writeEndObject();
    }
}
