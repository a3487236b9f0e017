package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.scan.ScanReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the last scan of a flow found, and which rows are bad; nothing for a flow that scans nothing. */
final class ScanView {
    private ScanView() {}

    static Html section(Engine engine, FlowConfig flow) {
        if (flow.scan().isEmpty()) {
            return Html.nothing();
        }
        Optional<ScanReport> report = engine.scans().last(flow.name());
        return Bits.section(
                "Last scan",
                report.map(found -> shown(engine.now(), found))
                        .orElseGet(() -> Bits.empty(
                                "This server has not scanned since its start.",
                                "One server scans, the others stand by: look at each of them.")));
    }

    private static Html shown(Instant now, ScanReport report) {
        return all(List.of(failure(report), sentence(now, report), counts(report.counts()), bad(report)));
    }

    private static Html failure(ScanReport report) {
        return report.failure()
                .map(why -> el("p", cls("notice bad"), text("It failed, and is tried again: " + why)))
                .orElseGet(Html::nothing);
    }

    private static Html sentence(Instant now, ScanReport report) {
        String what = report.complete() ? " It looked at everything" : " It looked at what had changed";
        return el(
                "p",
                text("It began " + Bits.distance(now, report.at()) + "."),
                text(what + ", and took " + report.took().toMillis() + " ms."));
    }

    private static Html counts(ScanReport.Counts counts) {
        return Bits.table(
                List.of("#Candidates", "#Let out", "#Held", "#Known to be held", "#Too old", "#For later", "#Bad"),
                List.of(Bits.row(
                        Bits.num(counts.candidates()),
                        Bits.num(counts.passed()),
                        Bits.num(counts.held()),
                        Bits.num(counts.resting()),
                        Bits.num(counts.tooOld()),
                        Bits.num(counts.deferred()),
                        Bits.num(counts.bad()))));
    }

    private static Html bad(ScanReport report) {
        return report.bad().isEmpty()
                ? Html.nothing()
                : Bits.table(
                        List.of("Not sent", "Why"),
                        report.bad().stream()
                                .map(each -> Bits.row(
                                        Bits.td(text(
                                                each.subject().isEmpty() ? "a row without a subject" : each.subject())),
                                        Bits.td(text(each.why()))))
                                .toList());
    }
}
