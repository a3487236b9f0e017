package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.State;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Sample;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.BudgetHold;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionException;

/** One subject: how it stands, why, and what happened to it. */
final class SubjectView {
    private static final int ROWS = 20;
    private static final int MESSAGES = 10;

    /** What the picture is drawn from, at most. */
    private static final int DRAWN = 300;

    private static final String FENCE = "fence";
    private static final String BY = "console";

    private final Engine engine;
    private final MessageRows rows;
    private final Token token;

    SubjectView(Engine engine, MessageRows rows, Token token) {
        this.engine = engine;
        this.rows = rows;
        this.token = token;
    }

    List<Pages.Page> pages() {
        String path = "/flows/{flow}/subjects/{subject}";
        return List.of(
                new Pages.Page("GET", path, asked -> with(asked, this::show)),
                new Pages.Page("POST", path, asked -> with(asked, key -> act(asked, key))));
    }

    private Pages.Shown with(Pages.Asked asked, java.util.function.Function<Key, Pages.Shown> page) {
        String variant = asked.query().getOrDefault("variant", "");
        Optional<FlowConfig> flow = engine.flow(asked.values().get(0))
                .filter(known -> known.plan().rules().containsKey(variant));
        return flow.map(known -> page.apply(known.key(variant, asked.values().get(1))))
                .orElseGet(() -> Layout.failure(404, "No such flow", "There is no such flow or variant."));
    }

    /** Takes a claim away if the form names its fence, and resets the subject otherwise. */
    private Pages.Shown act(Pages.Asked asked, Key key) {
        if (!token.isIn(asked.form())) {
            return MessagePages.tooOld();
        }
        String fence = asked.form().getOrDefault(FENCE, "");
        try {
            if (fence.matches("\\d{1,18}")) {
                engine.evict(key, Long.parseLong(fence), BY)
                        .toCompletableFuture()
                        .join();
            } else {
                engine.reset(key, OptionalDouble.empty()).toCompletableFuture().join();
            }
        } catch (CompletionException e) {
            return Layout.failure(503, "The store does not answer", "Nothing is known of what was asked; look again.");
        }
        return Pages.Shown.goTo(Link.subject(key));
    }

    private Pages.Shown show(Key key) {
        return engine.recall(key)
                .map(about -> show(key, about))
                .orElseGet(() -> Layout.failure(
                        404,
                        "Nothing is known of this subject",
                        "It never came, or all that told of it was kept for its time and is gone."));
    }

    private Pages.Shown show(Key key, Explanation about) {
        String full = engine.subjectText(key);
        String shown = full.isEmpty() ? key.subject() : full;
        List<MessageView> messages = messages(key);
        List<LedgerEntry> entries = entries(key);
        List<BudgetHold> holds = BudgetHold.of(engine, key);
        return Layout.page(
                "",
                shown,
                el(
                        "p",
                        cls("crumbs"),
                        Bits.link("/", "Overview"),
                        text(" / "),
                        Bits.link(Link.flow(key.flow()), key.flow())),
                el("h1", cls("mono"), attr("dir", "auto"), text(shown)),
                shown.equals(key.subject()) ? Html.nothing() : el("p", cls("mono quiet"), text(key.subject())),
                el("p", cls("lead"), variant(key), standing(about, holds)),
                el(
                        "div",
                        cls("columns"),
                        new Why(about, messages, holds).section(),
                        Bits.section(
                                "State",
                                el(
                                        "div",
                                        cls("card"),
                                        facts(about),
                                        about.forgotten() ? Html.nothing() : reset(about)))),
                Bits.section("Over time", Timeline.of(about, entries, messages)),
                claims(about),
                samples(engine.samples(key)),
                messages.isEmpty()
                        ? Html.nothing()
                        : Bits.section(
                                "Messages", rows.tableOfOne(messages.subList(0, Math.min(MESSAGES, messages.size())))),
                history(key, entries));
    }

    private boolean isCharged(Key key) {
        return engine.flow(key.flow())
                .filter(flow -> !flow.plan().budgets().isEmpty())
                .isPresent();
    }

    private static Html variant(Key key) {
        return key.variant().isEmpty() ? Html.nothing() : all(List.of(Bits.badge("calm", key.variant()), text(" ")));
    }

    private Html standing(Explanation about, List<BudgetHold> holds) {
        return about.forgotten()
                ? all(List.of(
                        Bits.badge("calm", "idle"),
                        el("span", cls("quiet"), text(" nothing is held; its rule lets the next one pass"))))
                : Bits.standing(about, isCharged(about.key()), holds);
    }

    private static Html facts(Explanation about) {
        State state = about.state();
        List<Html> list = new ArrayList<>();
        fact(list, "Rule", text(about.rule().allowance()));
        fact(list, "Went out", text(state.done() + " of " + about.rule().limit()));
        fact(list, "Claimed", Html.number(state.live().size()));
        fact(list, "Held", el("span", cls("held"), Html.number(state.held())));
        Micros.maybe(state.start()).ifPresent(start -> fact(list, "Window since", Bits.time(start)));
        about.next().filter(about.now()::isBefore).ifPresent(next -> fact(list, "Next passes", Bits.time(next)));
        Micros.maybe(state.lastSeen()).ifPresent(seen -> fact(list, "Last seen", Bits.time(seen)));
        Micros.maybe(state.resetAt()).ifPresent(at -> fact(list, "Reset at", Bits.time(at)));
        return el("dl", cls("facts"), all(list));
    }

    private static void fact(List<Html> list, String name, Html value) {
        list.add(el("dt", text(name)));
        list.add(el("dd", value));
    }

    private Html reset(Explanation about) {
        Bits.Action action = new Bits.Action(
                Link.subject(about.key()),
                "Reset",
                "A reset says that the condition is over. By the rule, "
                        + Why.afterReset(about.rule().onReset())
                        + ". What was held is told as the rule says.",
                "Yes, reset it",
                "calm");
        return Bits.action(action, token.value());
    }

    private Html claims(Explanation about) {
        List<Html> list = new ArrayList<>();
        for (Live claim : about.state().live()) {
            String fence = String.valueOf(claim.fence());
            Bits.Action evict = new Bits.Action(
                    Link.subject(about.key()),
                    "Take away",
                    "Its holder is told that it is stale when it settles, and the next one may pass. Do this only if the"
                            + " holder is gone.",
                    "Yes, take it away",
                    "bad");
            list.add(Bits.keyed(
                    fence,
                    el("td", cls("mono"), text(fence)),
                    Bits.when(about.now(), Micros.instant(claim.until())),
                    Bits.td(text(claim.summary() ? "summary" : "pass")),
                    el("td", cls("acts"), Bits.action(evict, token.value(), Bits.hidden(FENCE, fence)))));
        }
        return list.isEmpty()
                ? Html.nothing()
                : Bits.section("Claims", Bits.table(List.of("Fence", "Until", "Kind", ""), list));
    }

    private static Html samples(List<Sample> samples) {
        List<Html> list = new ArrayList<>();
        for (Sample sample : samples) {
            list.add(Bits.row(
                    el("td", cls("when"), Bits.time(sample.at())),
                    el("td", cls("title"), attr("dir", "auto"), text(sample.title())),
                    el("td", cls("pre"), attr("dir", "auto"), text(sample.message()))));
        }
        return list.isEmpty()
                ? Html.nothing()
                : Bits.section("Examples of what is held", Bits.table(List.of("At", "Title", "Message"), list));
    }

    private List<MessageView> messages(Key key) {
        return engine.messages(
                new Outbox.MessageFilter(Optional.of(key.flow()), Optional.of(key), Optional.empty(), Optional.empty()),
                DRAWN);
    }

    private List<LedgerEntry> entries(Key key) {
        List<LedgerEntry> entries = engine.ledger(
                new Outbox.LedgerFilter(
                        Optional.of(key.flow()),
                        Optional.of(key.subject()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                DRAWN);
        return entries.stream().filter(entry -> entry.key().equals(key.text())).toList();
    }

    private static Html history(Key key, List<LedgerEntry> entries) {
        if (entries.isEmpty()) {
            return Html.nothing();
        }
        String all = Link.with(Link.with("/ledger", "flow", key.flow()), "subject", key.subject());
        return Bits.section(
                "History",
                LedgerPage.timeline(entries.subList(0, Math.min(ROWS, entries.size()))),
                el("p", cls("more"), Bits.link(all, "All of it in the ledger")));
    }
}
