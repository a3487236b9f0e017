package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import dev.sluice.server.http.Rates;
import dev.sluice.server.http.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All flows at a glance. */
final class OverviewPage {
    private static final int LATEST = 8;

    private final Engine engine;
    private final MessageRows rows;

    OverviewPage(Engine engine, MessageRows rows) {
        this.engine = engine;
        this.rows = rows;
    }

    List<Pages.Page> pages() {
        return List.of(new Pages.Page("GET", "/", this::show));
    }

    /** The span that a page was asked for. */
    static Span span(Pages.Asked asked) {
        return Span.of(asked.query().getOrDefault("span", "")).orElse(Span.HOUR);
    }

    private Pages.Shown show(Pages.Asked asked) {
        Span span = span(asked);
        Map<String, Books> books = engine.books();
        Books sum = books.values().stream().reduce(Books.EMPTY, Books::plus);
        Map<FlowConfig, Rates> rates = new LinkedHashMap<>();
        engine.flows().forEach(flow -> rates.put(flow, Rates.of(engine, flow.name(), span)));
        return Layout.page(
                "/",
                "Overview",
                el("div", cls("head"), el("h1", text("Overview")), Chart.spans("/", span)),
                degraded(),
                BooksView.alarm(sum),
                BooksView.deadLetters(sum),
                BooksView.tiles(sum),
                hint(asked, sum),
                picture(books, span),
                Bits.section("Flows", flows(books, rates, span)),
                latest(),
                el("p", cls("quiet"), text("Store: " + engine.stores())));
    }

    private Html degraded() {
        return engine.degraded()
                .map(why -> el("p", cls("notice wait"), attr("role", "status"), text(why)))
                .orElse(Html.nothing());
    }

    /** Of everything that ever had books; nothing while they are empty. */
    private Html picture(Map<String, Books> books, Span span) {
        return books.entrySet().stream()
                .filter(flow -> flow.getValue().get(Bucket.IN) > 0)
                .map(flow -> Rates.of(engine, flow.getKey(), span))
                .reduce(Rates::plus)
                .map(all -> Chart.of(all, span, "All flows"))
                .orElse(Html.nothing());
    }

    private static Html flows(Map<String, Books> books, Map<FlowConfig, Rates> rates, Span span) {
        List<Html> list = new ArrayList<>();
        rates.forEach((flow, over) -> list.add(flow(flow, books.getOrDefault(flow.name(), Books.EMPTY), over, span)));
        if (list.isEmpty()) {
            return Bits.empty("No flow is configured.", "Add one under flows: in sluice.yaml and start again.");
        }
        String last = " / " + span.word();
        return Bits.table(
                List.of(
                        "Flow",
                        "The last " + span.word(),
                        "#In" + last,
                        "#Out" + last,
                        "#Held" + last,
                        "Where all of its occurrences are",
                        "#In all",
                        "#Held now",
                        "#Dead"),
                list);
    }

    private static Html flow(FlowConfig flow, Books books, Rates rates, Span span) {
        Rates.Point total = rates.total();
        return Bits.row(
                el(
                        "td",
                        cls("flow"),
                        el("strong", Bits.link(Link.flow(flow.name()), flow.name())),
                        flow.plan().shadow() ? all(List.of(text(" "), Bits.badge("wait", "shadow"))) : Html.nothing(),
                        el("div", cls("quiet"), text(flow.rule("").allowance() + " \u2192 "), FlowPage.channels(flow))),
                el("td", cls("sparks"), Chart.spark(rates, span)),
                Bits.num(total.in()),
                Bits.num(total.out()),
                Bits.num(total.held()),
                el("td", cls("wide"), BooksView.bar(books), BooksView.alarm(books)),
                Bits.num(books.get(Bucket.IN)),
                Bits.num(books.get(Bucket.HELD) + books.get(Bucket.OWED)),
                Bits.num(books.get(Bucket.DEAD)));
    }

    private Html hint(Pages.Asked asked, Books sum) {
        Optional<FlowConfig> first = engine.flows().stream().findFirst();
        if (sum.get(Bucket.IN) > 0 || first.isEmpty()) {
            return Html.nothing();
        }
        return Bits.empty(
                "Nothing has come in yet.", "Send the first occurrence:", Example.curl(asked.base(), first.get()));
    }

    private Html latest() {
        List<MessageView> messages = engine.messages(
                new Outbox.MessageFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                LATEST);
        if (messages.isEmpty()) {
            return Html.nothing();
        }
        return all(List.of(Bits.section(
                "Latest messages",
                rows.table(messages),
                el("p", cls("more"), Bits.link("/messages", "All messages")))));
    }
}
