package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Budget;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.BudgetPage;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Budgets, and how much of each is used. */
final class BudgetsPage {
    private static final String PATH = "/budgets";
    private static final int ROWS = 50;

    private final Engine engine;

    BudgetsPage(Engine engine) {
        this.engine = engine;
    }

    List<Pages.Page> pages() {
        return List.of(new Pages.Page("GET", PATH, this::show));
    }

    private Pages.Shown show(Pages.Asked asked) {
        return Layout.page(
                PATH,
                "Budgets",
                el("h1", text("Budgets")),
                el("p", cls("lead"), text("Caps that no number of different subjects can exceed.")),
                budgets(),
                Bits.section("Use", use(asked)));
    }

    private Html budgets() {
        List<Html> rows = new ArrayList<>();
        for (Budget budget : engine.budgets()) {
            String flows = engine.flows().stream()
                    .filter(flow -> flow.plan().budgets().contains(budget))
                    .map(FlowConfig::name)
                    .collect(Collectors.joining(", "));
            rows.add(Bits.row(
                    Bits.td(el("strong", text(budget.name()))),
                    Bits.td(text(budget.per().word())),
                    Bits.td(text(budget.rule().allowance())),
                    Bits.td(text(flows.isEmpty() ? "no flow" : flows))));
        }
        return rows.isEmpty()
                ? Bits.empty(
                        "No budget is configured.", "Add one under budgets: in sluice.yaml, and name it in a flow.")
                : Bits.table(List.of("Budget", "Per", "Allows", "Charged by"), rows);
    }

    private Html use(Pages.Asked asked) {
        BudgetPage page = BudgetPage.of(engine, after(asked), ROWS);
        if (page.rows().isEmpty()) {
            return Bits.empty("Nothing was charged yet.", "Passes and digests of flows that name a budget are.");
        }
        List<Html> rows = page.rows().stream().map(BudgetsPage::row).toList();
        Html table = Bits.table(List.of("Budget", "Of", "Used", "#Used", "#Held", "Window ends"), rows);
        Html next = page.next()
                .map(key -> Layout.more(Link.with(PATH, "after", key.text())))
                .orElse(Html.nothing());
        return all(List.of(table, next));
    }

    private static Optional<Key> after(Pages.Asked asked) {
        try {
            return Optional.ofNullable(asked.query().get("after")).map(Key::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Html row(Explanation about) {
        int used = about.state().used();
        int limit = about.rule().limit();
        return Bits.row(
                Bits.td(text(about.key().variant())),
                Bits.td(text(about.key().subject())),
                el(
                        "td",
                        cls("wide"),
                        el(
                                "meter",
                                attr("min", "0"),
                                attr("max", Integer.toString(limit)),
                                attr("value", Integer.toString(used)),
                                // Above this mark a browser shows it in another colour: only a full one is.
                                attr("high", (limit - 1) + ".5"),
                                text(used + " of " + limit))),
                el("td", cls("num"), text(used + " of " + limit)),
                Bits.num(about.state().held()),
                BudgetPage.windowEnd(about)
                        .map(end -> Bits.td(Bits.time(end)))
                        .orElseGet(() -> Bits.td(el("span", cls("quiet"), text("none open")))));
    }
}
