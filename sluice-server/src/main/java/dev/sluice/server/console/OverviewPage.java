package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
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
import java.util.ArrayList;
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

    private Pages.Shown show(Pages.Asked asked) {
        Map<String, Books> books = engine.books();
        Books sum = books.values().stream().reduce(Books.EMPTY, Books::plus);
        return Layout.page(
                "/",
                "Overview",
                el("h1", text("Overview")),
                BooksView.alarm(sum),
                BooksView.tiles(sum),
                el("p", cls("quiet"), text("Each occurrence is in exactly one of the others.")),
                Bits.section("Flows", flows(books), hint(asked, sum)),
                latest());
    }

    private Html flows(Map<String, Books> books) {
        List<Html> list = new ArrayList<>();
        for (FlowConfig flow : engine.flows()) {
            list.add(flow(flow, books.getOrDefault(flow.name(), Books.EMPTY)));
        }
        if (list.isEmpty()) {
            return Bits.empty("No flow is configured.", "Add one under flows: in sluice.yaml and start again.");
        }
        List<String> heads =
                List.of("Flow", "Rule", "Channels", "Where its occurrences are", "#In", "#Delivered", "#Held", "#Dead");
        return Bits.table(heads, list);
    }

    private static Html flow(FlowConfig flow, Books books) {
        return Bits.row(
                Bits.td(el("strong", Bits.link(Link.flow(flow.name()), flow.name()))),
                Bits.td(text(flow.rule("").allowance())),
                Bits.td(FlowPage.channels(flow)),
                el("td", cls("wide"), BooksView.bar(books), BooksView.alarm(books)),
                Bits.num(books.get(Bucket.IN)),
                Bits.num(books.get(Bucket.DELIVERED) + books.get(Bucket.ASSUMED)),
                Bits.num(books.get(Bucket.HELD) + books.get(Bucket.OWED) + books.get(Bucket.REPORTED)),
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
        return all(List.of(Bits.section("Latest messages", rows.table(messages))));
    }
}
