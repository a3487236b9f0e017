package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.BudgetHold;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.MostHeld;
import dev.sluice.server.http.Pages;
import dev.sluice.server.http.SubjectPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The subjects of a flow: those that hold the most, or all of them by name. */
final class SubjectList {
    private static final int ROWS = 50;
    private static final String BY_NAME = "name";

    private final Engine engine;
    private final FlowConfig flow;
    private final Pages.Asked asked;
    private final String here;

    SubjectList(Engine engine, FlowConfig flow, Pages.Asked asked) {
        this.engine = engine;
        this.flow = flow;
        this.asked = asked;
        this.here = Link.with(
                Link.flow(flow.name()), "span", OverviewPage.span(asked).word());
    }

    Html show() {
        boolean byName = asked.query().getOrDefault("order", "").equals(BY_NAME)
                || asked.query().containsKey("prefix")
                || asked.query().containsKey("after");
        Html tabs = Layout.tabs(
                "Order",
                List.of(
                        new Layout.Tab("most held first", here, !byName),
                        new Layout.Tab("by name", Link.with(here, "order", BY_NAME), byName)));
        return all(List.of(tabs, byName ? byName() : mostHeld()));
    }

    private Html mostHeld() {
        String part = asked.query().getOrDefault("part", "");
        Html search =
                Layout.search(Link.flow(flow.name()), Layout.field("part", "Subjects with this in them", part, "any"));
        MostHeld most = engine.mostHeld(flow.name(), part, ROWS);
        if (most.rows().isEmpty()) {
            return all(List.of(search, nothing(part, "No subject has '" + part + "' in it.")));
        }
        Html note = most.complete()
                ? Html.nothing()
                : el(
                        "p",
                        cls("quiet"),
                        text("There are very many subjects; only the first ones by name were looked at."));
        return all(List.of(search, table(most.rows()), note));
    }

    private Html byName() {
        String prefix = asked.query().getOrDefault("prefix", "");
        Html search = Layout.search(
                Link.flow(flow.name()), Layout.field("prefix", "Subjects that begin with", prefix, "any"));
        SubjectPage page = SubjectPage.of(engine, flow, new SubjectPage.Wanted(prefix, after(asked.query()), ROWS));
        if (page.rows().isEmpty()) {
            return all(List.of(search, nothing(prefix, "No subject begins with '" + prefix + "'.")));
        }
        String next = Link.with(Link.with(here, "prefix", prefix), "order", BY_NAME);
        return all(List.of(
                search,
                table(page.rows()),
                page.next()
                        .map(key -> Layout.more(Link.with(next, "after", key.text())))
                        .orElse(Html.nothing())));
    }

    private static Optional<Key> after(Map<String, String> query) {
        try {
            return Optional.ofNullable(query.get("after")).map(Key::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Html nothing(String sought, String notFound) {
        return sought.isEmpty()
                ? Bits.empty("No subject is known.", "Send an occurrence:", Example.curl(asked.base(), flow))
                : Bits.empty(notFound, "Subjects are kept as the flow's recipe makes them.");
    }

    private Html table(List<Explanation> subjects) {
        List<Html> rows = new ArrayList<>();
        subjects.forEach(about -> rows.add(row(about)));
        return Bits.table(List.of("Subject", "Now", "#Went out", "#Held", "Last seen"), rows);
    }

    private Html row(Explanation about) {
        Html seen = Micros.maybe(about.state().lastSeen())
                .map(time -> Bits.when(about.now(), time))
                .orElseGet(() -> Bits.td());
        return Bits.keyed(
                about.key().text(),
                el("td", cls("long"), Bits.key(about.key(), engine.subjectText(about.key()))),
                el("td", cls("standing"), standing(about)),
                el(
                        "td",
                        cls("num"),
                        text(about.state().done() + " of " + about.rule().limit())),
                Bits.num(about.state().held()),
                seen);
    }

    private Html standing(Explanation about) {
        boolean charged = !flow.plan().budgets().isEmpty();
        return Bits.standing(about, charged, charged ? BudgetHold.of(engine, about.key()) : List.of());
    }
}
