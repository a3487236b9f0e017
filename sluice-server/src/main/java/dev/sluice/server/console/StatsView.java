package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.server.http.Loudest;
import dev.sluice.server.http.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows how much a flow holds back, and who is loudest. */
final class StatsView {
    private static final double PERCENT = 100;

    private StatsView() {}

    /** A section; nothing where nothing came in yet. */
    static Html section(Statistics statistics, Loudest loudest) {
        if (statistics.occurrences() == 0) {
            return Html.nothing();
        }
        return Bits.section(
                "Statistics",
                el("p", cls("quiet"), text(sentence(statistics))),
                list("Most suppressed by this server since its start", "Subject", loudest.suppressed()),
                list("Noisiest for this server since its start", "Source", loudest.sources()));
    }

    /** The statistics in a line. */
    static String sentence(Statistics statistics) {
        return String.format(
                Locale.ROOT,
                "Occurrences: %d. Subjects now: %d. Let through: %d. Suppressed: %d, which is %.1f %%.",
                statistics.occurrences(),
                statistics.tracked(),
                statistics.sent(),
                statistics.suppressed(),
                statistics.suppressionRate() * PERCENT);
    }

    private static Html list(String title, String what, List<Loudest.Count> counts) {
        List<Html> rows = new ArrayList<>();
        counts.forEach(each ->
                rows.add(Bits.row(el("td", cls("mono subject"), text(each.name())), Bits.num(each.count()))));
        return rows.isEmpty()
                ? Html.nothing()
                : all(List.of(el("h3", text(title)), Bits.table(List.of(what, "#Count"), rows)));
    }
}
