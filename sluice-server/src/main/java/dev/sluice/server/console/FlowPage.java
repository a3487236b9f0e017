package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.DurationText;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.DayRates;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import dev.sluice.server.http.Rates;
import dev.sluice.server.http.Span;
import dev.sluice.server.http.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One flow: its rule, its books, and how its subjects stand. */
final class FlowPage {
    private final Engine engine;
    private final CandidateBits candidates;

    FlowPage(Engine engine, CandidateBits candidates) {
        this.engine = engine;
        this.candidates = candidates;
    }

    List<Pages.Page> pages() {
        return List.of(new Pages.Page("GET", "/flows/{flow}", this::show));
    }

    private Pages.Shown show(Pages.Asked asked) {
        String name = asked.values().get(0);
        return engine.flow(name)
                .map(flow -> show(asked, flow))
                .orElseGet(() -> Layout.failure(404, "No such flow", "There is no flow '" + name + "'."));
    }

    private Pages.Shown show(Pages.Asked asked, FlowConfig flow) {
        Books books = engine.books().getOrDefault(flow.name(), Books.EMPTY);
        Span span = OverviewPage.span(asked);
        return Layout.page(
                "",
                flow.name(),
                el("p", cls("crumbs"), Bits.link("/", "Overview"), text(" / "), text(flow.name())),
                el("div", cls("head"), el("h1", text(flow.name())), Chart.spans(Link.flow(flow.name()), span)),
                el(
                        "p",
                        cls("lead"),
                        text(rule(flow.rule(""))),
                        text(" Channels: "),
                        channels(flow),
                        text("."),
                        budgets(flow)),
                shadow(flow, books),
                variants(flow),
                BooksView.alarm(books),
                BooksView.tiles(books),
                Chart.of(Rates.of(engine, flow.name(), span), span, "Flow " + flow.name()),
                EpisodeList.section(engine, flow),
                flow.scan().isPresent() ? DayChart.section(DayRates.of(engine, flow.name())) : Html.nothing(),
                new CandidateList(engine, flow, candidates, asked).section(),
                ScanView.section(engine, flow),
                TrackView.section(engine, flow),
                Bits.section("Subjects", new SubjectList(engine, flow, asked).show()),
                StatsView.section(Statistics.of(engine, flow), engine.loudest(flow.name())));
    }

    static Html channels(FlowConfig flow) {
        return flow.plan().channels().isEmpty()
                ? el("span", cls("quiet"), text("none, callers send"))
                : text(String.join(", ", flow.plan().channels()));
    }

    private static Html budgets(FlowConfig flow) {
        if (flow.plan().budgets().isEmpty()) {
            return Html.nothing();
        }
        String names = flow.plan().budgets().stream().map(Budget::name).collect(Collectors.joining(", "));
        return all(List.of(text(" Budgets: "), Bits.link("/budgets", names), text(".")));
    }

    /** The rule in a sentence. */
    static String rule(Rule rule) {
        StringBuilder text = new StringBuilder("Allows ").append(rule.allowance());
        if (rule.summaryAt() > 0) {
            text.append(", number ").append(rule.summaryAt()).append(" of them as a summary");
        }
        text.append(
                switch (rule.digest()) {
                    case AT_CLOSE -> "; what was held is told when the window closes";
                    case WITH_NEXT -> "; what was held is told with the next one";
                    case OFF -> "; what was held is only counted";
                });
        return text.append(". A claim lives ")
                .append(DurationText.format(Micros.duration(rule.lease())))
                .append('.')
                .toString();
    }

    /** Says that the rule holds nothing back; nothing where it does. */
    private static Html shadow(FlowConfig flow, Books books) {
        return flow.plan().shadow()
                ? el(
                        "p",
                        cls("notice wait"),
                        text(
                                "Limiting is switched off: everything passes, whatever the rule says. It would have held "),
                        Html.number(books.get(Bucket.SHADOWED)),
                        text(" of what went out. Budgets hold."))
                : Html.nothing();
    }

    private static Html variants(FlowConfig flow) {
        List<Html> rows = new ArrayList<>();
        for (FlowConfig.Variant variant : flow.variants()) {
            String when = condition(variant);
            rows.add(Bits.row(
                    Bits.td(Bits.badge("calm", variant.name())),
                    Bits.td(text(flow.rule(variant.name()).allowance())),
                    Bits.td(text(when))));
        }
        return rows.isEmpty() ? Html.nothing() : Bits.table(List.of("Variant", "Rule", "When"), rows);
    }

    private static String condition(FlowConfig.Variant variant) {
        return variant.when().isEmpty()
                ? "only when the caller names it"
                : variant.when().entrySet().stream()
                        .map(part -> part.getKey() + " is " + part.getValue())
                        .collect(Collectors.joining(" and "));
    }
}
