package dev.sluice.server.scan;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * What the scans of one flow came to in this process, for metrics. Never the subject: its values have no bound. Safe for
 * use by many threads.
 */
final class ScanMeters {
    private static final String CANDIDATES = "sluice.scan.candidates";

    private final InstantSource clock;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong scans = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Optional<Instant> whole = Optional.empty();
    private volatile Optional<ScanReport> last = Optional.empty();
    private final AtomicReference<ScanReport.Counts> all =
            new AtomicReference<>(new ScanReport.Counts(0, 0, 0, 0, 0, 0, 0, 0));

    ScanMeters(InstantSource clock) {
        this.clock = clock;
    }

    /** A row was read. */
    void row() {
        rows.incrementAndGet();
    }

    /** A scan has ended, well or not. */
    void ended(ScanReport report) {
        scans.incrementAndGet();
        all.updateAndGet(before -> before.plus(report.counts()));
        last = Optional.of(report);
        if (report.failure().isPresent()) {
            failures.incrementAndGet();
        } else if (report.complete()) {
            whole = Optional.of(report.at());
        }
    }

    void measure(MeterRegistry registry, String flow) {
        counter(registry, flow, "sluice.scan.rows", each -> each.rows.get(), "Rows that scans read");
        counter(registry, flow, "sluice.scans", each -> each.scans.get(), "Scans, those that failed included");
        counter(registry, flow, "sluice.scans.failed", each -> each.failures.get(), "Scans that failed");
        candidates(registry, flow, "passed", ScanReport.Counts::passed);
        candidates(registry, flow, "held", ScanReport.Counts::held);
        candidates(registry, flow, "resting", ScanReport.Counts::resting);
        candidates(registry, flow, "too-old", ScanReport.Counts::tooOld);
        candidates(registry, flow, "deferred", ScanReport.Counts::deferred);
        candidates(registry, flow, "failed", ScanReport.Counts::failed);
        candidates(registry, flow, "bad", ScanReport.Counts::bad);
        gauge(
                registry,
                flow,
                "sluice.scan.seconds",
                each -> each.last.map(report -> seconds(report.took())).orElse(Double.NaN),
                "How long the last scan took");
        gauge(
                registry,
                flow,
                "sluice.scan.waiting",
                each -> each.last
                        .map(report -> (double) report.counts().deferred())
                        .orElse(Double.NaN),
                "Candidates of the last scan that wait for the ramp");
        gauge(
                registry,
                flow,
                "sluice.scan.lag.seconds",
                each -> each.whole
                        .map(at -> seconds(Duration.between(at, clock.instant())))
                        .orElse(Double.NaN),
                "Time since the begin of the last scan that looked at everything, and did not fail");
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private void candidates(
            MeterRegistry registry, String flow, String outcome, ToLongFunction<ScanReport.Counts> count) {
        FunctionCounter.builder(CANDIDATES, this, each -> count.applyAsLong(each.all.get()))
                .tags("flow", flow, "outcome", outcome)
                .description("Candidates that scans read, by what became of them; bad ones are rows that are none")
                .register(registry);
    }

    private void counter(
            MeterRegistry registry, String flow, String name, ToDoubleFunction<ScanMeters> value, String description) {
        FunctionCounter.builder(name, this, value)
                .tag("flow", flow)
                .description(description)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String flow, String name, ToDoubleFunction<ScanMeters> value, String description) {
        Gauge.builder(name, this, value)
                .tag("flow", flow)
                .description(description + "; no number in a process that stands by")
                .register(registry);
    }
}
