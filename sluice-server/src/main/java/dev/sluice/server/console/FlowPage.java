package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Books;
import dev.sluice.DurationText;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import dev.sluice.server.http.Statistics;
import dev.sluice.server.http.SubjectPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One flow: its rule, its books, and how its subjects stand. */
final class FlowPage {
    private static final int ROWS = 50;

    private final Engine engine;

    FlowPage(Engine engine) {
        this.engine = engine;
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
        return Layout.page(
                "",
                flow.name(),
                el("p", cls("crumbs"), Bits.link("/", "Overview"), text(" / "), text(flow.name())),
                el("h1", text(flow.name())),
                el("p", cls("lead"), text(rule(flow.rule(""))), text(" Channels: "), channels(flow), text(".")),
                variants(flow),
                BooksView.alarm(books),
                BooksView.tiles(books),
                BooksView.bar(books),
                StatsView.section(Statistics.of(engine, flow), engine.loudest(flow.name())),
                Bits.section("Subjects", subjects(asked, flow)));
    }

    static Html channels(FlowConfig flow) {
        return flow.plan().channels().isEmpty()
                ? el("span", cls("quiet"), text("none, callers send"))
                : text(String.join(", ", flow.plan().channels()));
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

    private Html subjects(Pages.Asked asked, FlowConfig flow) {
        String prefix = asked.query().getOrDefault("prefix", "");
        Optional<Key> after = key(asked.query());
        SubjectPage page = SubjectPage.of(engine, flow, new SubjectPage.Wanted(prefix, after, ROWS));
        Html search = Layout.search(
                Link.flow(flow.name()), Layout.field("prefix", "Subjects that begin with", prefix, "any"));
        if (page.rows().isEmpty()) {
            return all(List.of(search, nothing(asked, flow, prefix)));
        }
        List<Html> rows = new ArrayList<>();
        page.rows().forEach(about -> rows.add(row(about)));
        Html table = Bits.table(List.of("Subject", "Now", "#Delivered", "#Held", "Last seen"), rows);
        String here = Link.with(Link.flow(flow.name()), "prefix", prefix);
        Html next = page.next()
                .map(key -> Layout.more(Link.with(here, "after", key.text())))
                .orElse(Html.nothing());
        return all(List.of(search, table, next));
    }

    private static Optional<Key> key(Map<String, String> query) {
        try {
            return Optional.ofNullable(query.get("after")).map(Key::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Html nothing(Pages.Asked asked, FlowConfig flow, String prefix) {
        return prefix.isEmpty()
                ? Bits.empty("No subject is known.", "Send an occurrence:", Example.curl(asked.base(), flow))
                : Bits.empty(
                        "No subject begins with '" + prefix + "'.",
                        "Subjects are kept as the flow's recipe makes them.");
    }

    private static Html row(Explanation about) {
        Html seen = Micros.maybe(about.state().lastSeen())
                .map(time -> Bits.when(about.now(), time))
                .orElseGet(() -> Bits.td());
        return Bits.row(
                Bits.td(Bits.key(about.key())),
                Bits.td(Bits.standing(about)),
                el(
                        "td",
                        cls("num"),
                        text(about.state().done() + " of " + about.rule().limit())),
                Bits.num(about.state().held()),
                seen);
    }
}
