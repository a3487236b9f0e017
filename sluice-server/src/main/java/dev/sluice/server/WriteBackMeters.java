package dev.sluice.server;

import dev.sluice.StoreException;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.WriteBackProgress;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** How far what becomes of messages is written back. */
record WriteBackMeters(Outbox outbox, MeterRegistry registry) {
    void measure() {
        for (WriteBackProgress each : outbox.writeBacks()) {
            String flow = each.flow();
            counter(flow, "written", WriteBackProgress::written, "Facts that were written back");
            counter(flow, "failed", WriteBackProgress::failed, "Attempts to write a fact back that failed");
            counter(flow, "dropped", WriteBackProgress::dropped, "Facts that could not be written back for 7 days");
            Gauge.builder("sluice.write.back.waiting", outbox, known -> waiting(known, flow))
                    .tag("flow", flow)
                    .description("Facts that wait to be written back, of all servers")
                    .register(registry);
        }
    }

    private void counter(String flow, String name, ToDoubleFunction<WriteBackProgress> value, String description) {
        FunctionCounter.builder(
                        "sluice.write.back." + name,
                        outbox,
                        known -> known.writeBacks().stream()
                                .filter(each -> each.flow().equals(flow))
                                .mapToDouble(value)
                                .sum())
                .tag("flow", flow)
                .description(description)
                .register(registry);
    }

    private static double waiting(Outbox outbox, String flow) {
        try {
            return outbox.waitingWriteBacks(flow);
        } catch (StoreException e) {
            return Double.NaN;
        }
    }
}
