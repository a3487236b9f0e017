package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.server.http.DayRates;
import dev.sluice.server.http.DayRates.Day;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Draws what became of the messages of a flow, each day a group of bars: what came of a mail is no part of what was sent on
 * that day, so nothing is stacked. As with {@link Chart}, text stands beside it, and the numbers are in a table.
 */
final class DayChart {
    private static final int BAR = 10;
    private static final int GAP = 8;
    private static final int HEIGHT = 100;

    /** So that one among thousands can be seen. */
    private static final double LEAST = 2;

    private static final int MARKED = 3;
    private static final double PERCENT = 100;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final List<Part> PARTS = List.of(
            new Part("out", "Sent", Day::sent),
            new Part("unknown", "Unknown", Day::unknown),
            new Part("dead", "Failed", Day::failed),
            new Part("converted", "Converted", Day::converted),
            new Part("unsubscribed", "Unsubscribed", Day::unsubscribed));

    private static final int SLOT = PARTS.size() * BAR + 2 * GAP;

    private final List<Day> days;
    private final long scale;

    private DayChart(DayRates rates) {
        this.days = rates.days();
        this.scale = Math.max(
                1, Chart.rounded(days.stream().mapToLong(DayChart::most).max().orElse(0)));
    }

    private record Part(String name, String label, ToLongFunction<Day> count) {
        long of(Day day) {
            return count.applyAsLong(day);
        }

        long in(List<Day> days) {
            return days.stream().mapToLong(count).sum();
        }
    }

    static Html section(DayRates rates) {
        return Bits.section("Per day", new DayChart(rates).figure());
    }

    private static long most(Day day) {
        return PARTS.stream().mapToLong(part -> part.of(day)).max().orElse(0);
    }

    private boolean isEmpty() {
        return days.stream().allMatch(day -> most(day) == 0);
    }

    private Html figure() {
        return el(
                "figure",
                cls("chart"),
                el("figcaption", legend()),
                el(
                        "div",
                        cls("plot"),
                        el("div", cls("scale"), attr("aria-hidden", "true"), mark(scale), mark(0)),
                        svg(),
                        isEmpty() ? el("p", cls("nothing"), text("nothing in these days")) : Html.nothing()),
                marks(),
                isEmpty() ? Html.nothing() : table());
    }

    private static Html mark(long value) {
        return el("span", Html.number(value));
    }

    private Html legend() {
        List<Html> keys = new ArrayList<>();
        for (Part part : PARTS) {
            keys.add(el("span", cls("key " + part.name), text(part.label + " "), el("b", Html.number(part.in(days)))));
        }
        keys.add(el("span", cls("sum"), text("days begin at midnight UTC")));
        return all(keys);
    }

    private String sums() {
        List<String> words = new ArrayList<>();
        PARTS.forEach(part -> words.add(part.in(days) + " " + part.label.toLowerCase(Locale.ROOT)));
        return "In the last " + days.size() + " days: " + String.join(", ", words) + ".";
    }

    private Html svg() {
        List<Html> groups = new ArrayList<>();
        for (int i = 0; i < days.size(); i++) {
            groups.add(group(days.get(i), i * SLOT));
        }
        return el(
                "svg",
                cls("bars"),
                attr("role", "img"),
                attr("viewBox", "0 0 " + days.size() * SLOT + " " + HEIGHT),
                attr("preserveAspectRatio", "none"),
                el("title", text("What became of messages, day by day")),
                el("desc", text(sums())),
                all(groups));
    }

    private Html group(Day day, int left) {
        List<Html> bars = new ArrayList<>();
        bars.add(rect("hit", left, HEIGHT, SLOT));
        for (int i = 0; i < PARTS.size(); i++) {
            long count = PARTS.get(i).of(day);
            if (count > 0) {
                double height = Math.max(LEAST, (double) HEIGHT * count / scale);
                bars.add(rect("part " + PARTS.get(i).name, left + GAP + i * BAR, height, BAR - 1));
            }
        }
        return el("g", el("title", text(words(day))), all(bars));
    }

    private static Html rect(String name, int left, double height, int width) {
        return el(
                "rect",
                cls(name),
                attr("x", String.valueOf(left)),
                attr("y", Chart.decimal(HEIGHT - height)),
                attr("width", String.valueOf(width)),
                attr("height", Chart.decimal(height)));
    }

    private static String words(Day day) {
        List<String> words = new ArrayList<>();
        PARTS.forEach(part -> words.add(part.of(day) + " " + part.label.toLowerCase(Locale.ROOT)));
        return date(day.at()) + ": " + String.join(", ", words);
    }

    private static String date(Instant at) {
        return DATE.format(at);
    }

    private Html marks() {
        List<Html> labels = new ArrayList<>();
        for (int i = 0; i < MARKED; i++) {
            labels.add(el("span", text(date(days.get(i * days.size() / MARKED).at()))));
        }
        labels.add(el("span", text("today")));
        return el("div", cls("times"), attr("aria-hidden", "true"), all(labels));
    }

    private Html table() {
        List<Html> rows = new ArrayList<>();
        for (int i = days.size() - 1; i >= 0; i--) {
            Day day = days.get(i);
            List<Html> cells = new ArrayList<>(List.of(Bits.td(text(date(day.at())))));
            PARTS.forEach(part -> cells.add(Bits.num(part.of(day))));
            cells.add(el("td", cls("num"), text(share(day))));
            rows.add(Bits.row(cells.toArray(Html[]::new)));
        }
        List<String> heads = new ArrayList<>(List.of("Day (UTC)"));
        PARTS.forEach(part -> heads.add("#" + part.label));
        heads.add("#Converted for 100 sent");
        return el("details", cls("data"), el("summary", text("As a table")), Bits.table(heads, rows));
    }

    private static String share(Day day) {
        return day.sent() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", PERCENT * day.converted() / day.sent());
    }
}
