package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
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

    private final Engine engine;
    private final MessageRows rows;
    private final Token token;

    SubjectView(Engine engine, MessageRows rows, Token token) {
        this.engine = engine;
        this.rows = rows;
        this.token = token;
    }

    List<Pages.Page> pages() {
        return List.of(
                new Pages.Page("GET", "/flows/{flow}/subjects/{subject}", asked -> with(asked, this::show)),
                new Pages.Page(
                        "POST", "/flows/{flow}/subjects/{subject}", asked -> with(asked, key -> reset(asked, key))));
    }

    private Pages.Shown with(Pages.Asked asked, java.util.function.Function<Key, Pages.Shown> page) {
        String variant = asked.query().getOrDefault("variant", "");
        Optional<FlowConfig> flow = engine.flow(asked.values().get(0))
                .filter(known -> known.plan().rules().containsKey(variant));
        return flow.map(known -> page.apply(known.key(variant, asked.values().get(1))))
                .orElseGet(() -> Layout.failure(404, "No such flow", "There is no such flow or variant."));
    }

    private Pages.Shown reset(Pages.Asked asked, Key key) {
        if (!token.isIn(asked.form())) {
            return MessagePages.tooOld();
        }
        try {
            engine.reset(key, OptionalDouble.empty()).toCompletableFuture().join();
        } catch (CompletionException e) {
            return Layout.failure(503, "The store does not answer", "Nothing is known of the reset; look again.");
        }
        return Pages.Shown.goTo(Link.subject(key));
    }

    private Pages.Shown show(Key key) {
        return engine.explain(key)
                .map(about -> show(key, about))
                .orElseGet(() -> Layout.failure(
                        404,
                        "Nothing is known of this subject",
                        "It never came, or it was idle for long enough to be forgotten."));
    }

    private Pages.Shown show(Key key, Explanation about) {
        String full = engine.subjectText(key);
        return Layout.page(
                "",
                key.subject(),
                el(
                        "p",
                        cls("crumbs"),
                        Bits.link("/", "Overview"),
                        text(" / "),
                        Bits.link(Link.flow(key.flow()), key.flow())),
                el("h1", cls("mono"), text(key.subject())),
                full.equals(key.subject()) || full.isEmpty() ? Html.nothing() : el("p", cls("mono quiet"), text(full)),
                el("p", cls("lead"), variant(key), Bits.standing(about)),
                explanation(about),
                claims(about),
                samples(engine.samples(key)),
                messages(key),
                ledger(key));
    }

    private static Html variant(Key key) {
        return key.variant().isEmpty() ? Html.nothing() : all(List.of(Bits.badge("calm", key.variant()), text(" ")));
    }

    private Html explanation(Explanation about) {
        List<Html> sentences = new ArrayList<>();
        about.sentences().forEach(sentence -> sentences.add(el("li", Bits.sentence(sentence))));
        BudgetHold.of(engine, about.key()).forEach(hold -> sentences.add(el("li", Bits.sentence(hold.sentence()))));
        String note = "A reset says that the condition is over. By the rule, the next occurrence may then pass.";
        return Bits.section(
                "Why",
                el("ul", cls("why"), all(sentences)),
                el(
                        "div",
                        cls("act"),
                        Bits.button(Link.subject(about.key()), token.value(), "Reset", "calm"),
                        el("span", cls("quiet"), text(note))));
    }

    private static Html claims(Explanation about) {
        List<Html> list = new ArrayList<>();
        for (Live claim : about.state().live()) {
            var until = Micros.instant(claim.until());
            list.add(Bits.row(
                    el("td", cls("mono"), text(String.valueOf(claim.fence()))),
                    Bits.when(about.now(), until),
                    Bits.td(text(claim.summary() ? "summary" : "pass"))));
        }
        return list.isEmpty()
                ? Html.nothing()
                : Bits.section("Claims", Bits.table(List.of("Fence", "Until", "Kind"), list));
    }

    private static Html samples(List<Sample> samples) {
        List<Html> list = new ArrayList<>();
        for (Sample sample : samples) {
            list.add(Bits.row(
                    el("td", cls("when"), Bits.time(sample.at())),
                    Bits.td(text(sample.title())),
                    el("td", cls("pre"), text(sample.message()))));
        }
        return list.isEmpty()
                ? Html.nothing()
                : Bits.section("Examples of what is held", Bits.table(List.of("At", "Title", "Message"), list));
    }

    private Html messages(Key key) {
        List<MessageView> messages = engine.messages(
                new Outbox.MessageFilter(Optional.of(key.flow()), Optional.of(key), Optional.empty(), Optional.empty()),
                ROWS);
        return messages.isEmpty() ? Html.nothing() : Bits.section("Messages", rows.table(messages));
    }

    private Html ledger(Key key) {
        List<LedgerEntry> entries = engine.ledger(
                new Outbox.LedgerFilter(
                        Optional.of(key.flow()),
                        Optional.of(key.subject()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                ROWS);
        List<LedgerEntry> own =
                entries.stream().filter(entry -> entry.key().equals(key.text())).toList();
        return own.isEmpty() ? Html.nothing() : Bits.section("What happened", LedgerPage.timeline(own));
    }
}
