package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.server.http.Rates;
import dev.sluice.server.http.Span;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Draws what went out and what was held as stacked bars, one for each step. The drawing is stretched to the width of the
 * page, so all text stands beside it; whoever cannot see it gets its sums, and the steps as a table.
 */
final class Chart {
    private static final int BAR = 10;
    private static final double GAP = 2;
    private static final int HEIGHT = 100;
    private static final int TIMES = 4;
    private static final List<Integer> EASY = List.of(1, 2, 3, 4, 5, 6, 8);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY_AND_CLOCK =
            DateTimeFormatter.ofPattern("EEE d MMM, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    /** What is drawn, from the bottom up. */
    private static final List<Part> PARTS = List.of(
            new Part("out", "Out", Rates.Point::out),
            new Part("held", "Held", Rates.Point::held),
            new Part("dead", "Dead", Rates.Point::dead));

    private final Rates rates;
    private final Span span;
    private final long top;

    private Chart(Rates rates, Span span) {
        this.rates = rates;
        this.span = span;
        this.top = rates.points().stream().mapToLong(Chart::sum).max().orElse(0);
    }

    private record Part(String name, String label, ToLongFunction<Rates.Point> count) {}

    /** The whole picture with legend, scale and table; {@code what} says of what. */
    static Html of(Rates rates, Span span, String what) {
        return new Chart(rates, span).figure(what);
    }

    /** The bars alone, small enough for a row of a table. */
    static Html spark(Rates rates, Span span) {
        Chart chart = new Chart(rates, span);
        return chart.svg("spark", chart.top, el("title", text(chart.sums())));
    }

    /** Links to the spans at {@code path}. */
    static Html spans(String path, Span chosen) {
        List<Layout.Tab> tabs = new ArrayList<>();
        for (Span each : Span.values()) {
            tabs.add(new Layout.Tab(each.word(), Link.with(path, "span", each.word()), each == chosen));
        }
        return Layout.tabs("Span", tabs);
    }

    private static long sum(Rates.Point point) {
        return PARTS.stream().mapToLong(part -> part.count.applyAsLong(point)).sum();
    }

    private Html figure(String what) {
        long scale = Math.max(rounded(top), 1);
        return el(
                "figure",
                cls("chart"),
                el("figcaption", legend()),
                el(
                        "div",
                        cls("plot"),
                        el("div", cls("scale"), attr("aria-hidden", "true"), mark(scale), mark(0)),
                        svg(
                                "bars",
                                scale,
                                el("title", text(what + ", the last " + span.word())),
                                el("desc", text(sums()))),
                        top == 0 ? el("p", cls("nothing"), text("nothing in this time")) : Html.nothing()),
                times(),
                table());
    }

    private static Html mark(long value) {
        return el("span", Html.number(value));
    }

    /** The next number that is easy to read and not below {@code value}. */
    static long rounded(long value) {
        long unit = 1;
        while (unit * 10 < value) {
            unit *= 10;
        }
        for (int times : EASY) {
            if (value <= times * unit) {
                return times * unit;
            }
        }
        return 10 * unit;
    }

    private Html legend() {
        Rates.Point total = rates.total();
        List<Html> keys = new ArrayList<>();
        keys.add(el("span", cls("sum"), text("In "), el("b", Html.number(total.in()))));
        for (Part part : PARTS) {
            long count = part.count.applyAsLong(total);
            keys.add(el("span", cls("key " + part.name), text(part.label + " "), el("b", Html.number(count))));
        }
        keys.add(el("span", cls("sum"), text("Told in digests "), el("b", Html.number(total.reported()))));
        return all(keys);
    }

    private String sums() {
        Rates.Point total = rates.total();
        return "In the last " + span.word() + " " + total.in() + " came in, " + total.out() + " went out, "
                + total.held() + " were held, " + total.dead() + " were given up.";
    }

    private Html svg(String name, long scale, Html... words) {
        List<Html> bars = new ArrayList<>(List.of(words));
        for (int i = 0; i < rates.points().size(); i++) {
            if (sum(rates.points().get(i)) > 0) {
                bars.add(bar(i, Math.max(scale, 1)));
            }
        }
        return el(
                "svg",
                cls(name),
                attr("role", "img"),
                attr("viewBox", "0 0 " + rates.points().size() * BAR + " " + HEIGHT),
                attr("preserveAspectRatio", "none"),
                all(bars));
    }

    private Html bar(int index, long scale) {
        Rates.Point point = rates.points().get(index);
        List<Html> parts = new ArrayList<>();
        double x = index * BAR + GAP / 2;
        parts.add(rect("hit", index * BAR, 0, BAR, HEIGHT));
        double y = HEIGHT;
        for (Part part : PARTS) {
            double height = (double) HEIGHT * part.count.applyAsLong(point) / scale;
            if (height > 0) {
                y -= height;
                parts.add(rect("part " + part.name, x, y, BAR - GAP, height));
            }
        }
        return el("g", el("title", text(words(point))), all(parts));
    }

    private static Html rect(String name, double x, double y, double width, double height) {
        return el(
                "rect",
                cls(name),
                attr("x", decimal(x)),
                attr("y", decimal(y)),
                attr("width", decimal(width)),
                attr("height", decimal(height)));
    }

    static String decimal(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    private String words(Rates.Point point) {
        return exactly(point.at()) + ": " + point.in() + " in, " + point.out() + " out, " + point.held() + " held"
                + (point.dead() > 0 ? ", " + point.dead() + " dead" : "");
    }

    private String exactly(Instant time) {
        return (span == Span.HOUR ? CLOCK : DAY_AND_CLOCK).format(time);
    }

    private Html times() {
        List<Html> labels = new ArrayList<>();
        int size = rates.points().size();
        for (int i = 0; i < TIMES; i++) {
            Instant at = rates.points().get(i * size / TIMES).at();
            labels.add(el("span", text((span == Span.WEEK ? DAY : CLOCK).format(at))));
        }
        labels.add(el("span", text("now")));
        return el("div", cls("times"), attr("aria-hidden", "true"), all(labels));
    }

    private Html table() {
        List<Html> rows = new ArrayList<>();
        for (int i = rates.points().size() - 1; i >= 0; i--) {
            Rates.Point point = rates.points().get(i);
            if (sum(point) + point.in() + point.reported() > 0) {
                rows.add(Bits.row(
                        Bits.td(text(exactly(point.at()))),
                        Bits.num(point.in()),
                        Bits.num(point.out()),
                        Bits.num(point.held()),
                        Bits.num(point.reported()),
                        Bits.num(point.dead())));
            }
        }
        if (rows.isEmpty()) {
            return Html.nothing();
        }
        List<String> heads = List.of("From (UTC)", "#In", "#Out", "#Held", "#Told in digests", "#Dead");
        return el("details", cls("data"), el("summary", text("As a table")), Bits.table(heads, rows));
    }
}
