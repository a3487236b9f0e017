package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.scan.ScanReport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shows what the last scan of a flow found. */
final class ScanApi {
    private final Engine engine;

    ScanApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/v1/flows/{flow}/scan", this::scan));
    }

    /** The flow that a request is about, which scans. */
    static FlowConfig flow(Engine engine, Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        if (flow.scan().isEmpty()) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "flow '" + flow.name() + "' scans nothing");
        }
        return flow;
    }

    private void scan(Exchange exchange) {
        FlowConfig flow = flow(engine, exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        Optional<ScanReport> report = engine.scans().last(flow.name());
        exchange.json(200, json -> {
            json.writeStringField("flow", flow.name());
            if (report.isPresent()) {
                write(json, report.get());
            }
        });
    }

    private static void write(JsonGenerator json, ScanReport report) throws IOException {
        json.writeStringField("at", report.at().toString());
        json.writeNumberField("tookMillis", report.took().toMillis());
        json.writeBooleanField("complete", report.complete());
        ScanReport.Counts counts = report.counts();
        json.writeNumberField("candidates", counts.candidates());
        json.writeNumberField("passed", counts.passed());
        json.writeNumberField("held", counts.held());
        json.writeNumberField("resting", counts.resting());
        json.writeNumberField("tooOld", counts.tooOld());
        json.writeNumberField("deferred", counts.deferred());
        json.writeNumberField("failed", counts.failed());
        json.writeNumberField("bad", counts.bad());
        json.writeArrayFieldStart("badRows");
        for (ScanReport.Bad bad : report.bad()) {
            json.writeStartObject();
            json.writeStringField("subject", bad.subject());
            json.writeStringField("reason", bad.why());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (report.failure().isPresent()) {
            json.writeStringField("failure", report.failure().get());
        }
    }
}
