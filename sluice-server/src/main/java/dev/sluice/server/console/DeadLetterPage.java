package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Messages that were given up, by flow, and what can be done about them. */
final class DeadLetterPage {
    private static final String PATH = "/dead";
    private static final String BY = "console";

    /** Messages that are shown, and offered again by one click, at most. */
    private static final int MOST = 200;

    private final Engine engine;
    private final MessageRows rows;
    private final Token token;

    DeadLetterPage(Engine engine, MessageRows rows, Token token) {
        this.engine = engine;
        this.rows = rows;
        this.token = token;
    }

    List<Pages.Page> pages() {
        return List.of(new Pages.Page("GET", PATH, this::show), new Pages.Page("POST", PATH, this::offerAgain));
    }

    private Pages.Shown show(Pages.Asked asked) {
        Map<String, List<MessageView>> byFlow = new LinkedHashMap<>();
        dead(Optional.empty())
                .forEach(view -> byFlow.computeIfAbsent(view.message().key().flow(), flow -> new ArrayList<>())
                        .add(view));
        List<Html> sections = new ArrayList<>();
        byFlow.forEach((flow, views) -> sections.add(section(flow, views)));
        return Layout.page(
                PATH,
                "Dead letters",
                el("h1", text("Dead letters")),
                el(
                        "p",
                        cls("lead quiet"),
                        text("Messages whose deliveries were all given up, the newest first. Offered again they are new"
                                + " occurrences: the rule of their flow decides about them as about any other.")),
                outcome(asked.query()),
                sections.isEmpty()
                        ? Bits.empty("No message is dead.", "What cannot be delivered in time will be shown here.")
                        : all(sections));
    }

    private List<MessageView> dead(Optional<String> flow) {
        return engine.messages(
                new Outbox.MessageFilter(flow, Optional.empty(), Optional.of(MessageState.DEAD), Optional.empty()),
                MOST);
    }

    /** What became of those that were offered again just now. */
    private static Html outcome(Map<String, String> query) {
        String passed = query.getOrDefault("passed", "");
        String held = query.getOrDefault("held", "");
        if (!passed.matches("\\d{1,6}") || !held.matches("\\d{1,6}")) {
            return Html.nothing();
        }
        return el(
                "p",
                cls("notice good"),
                attr("role", "status"),
                text("Offered again: " + passed + " passed and are on their way, " + held
                        + " were held by the rule and can be offered later."));
    }

    private Html section(String flow, List<MessageView> views) {
        List<Html> list = new ArrayList<>();
        views.forEach(view -> list.add(row(view)));
        long open = views.stream().filter(this::canBeOffered).count();
        Bits.Action action = new Bits.Action(
                PATH,
                "Offer all " + open + " again",
                "Offers " + open + " messages of " + flow
                        + " again, the oldest first. What its rule does not allow now is" + " held.",
                "Yes, offer them",
                "calm");
        return Bits.section(
                flow,
                open == 0 ? Html.nothing() : Bits.action(action, token.value(), Bits.hidden("flow", flow)),
                Bits.table(List.of("Message", "Decided", "Deliveries", ""), list));
    }

    private boolean canBeOffered(MessageView view) {
        return view.message().kind().isOccurrence() && !engine.wasOfferedAgain(view.message());
    }

    private Html row(MessageView view) {
        Message message = view.message();
        boolean open = canBeOffered(view);
        Bits.Action again = new Bits.Action(
                Link.message(message.id()) + "/redrive",
                "Offer again",
                "Offers what it says as a new occurrence.",
                "Yes, offer it",
                "calm");
        String why = message.kind().isOccurrence() ? "was offered again" : "it only tells of others";
        return Bits.keyed(
                String.valueOf(message.id()),
                el(
                        "td",
                        cls("title"),
                        Bits.link(Link.message(message.id()), rows.title(message)),
                        el("div", cls("quiet about"), Bits.about(message.key()))),
                Bits.when(rows.now(), message.window().decidedAt()),
                Bits.td(MessageRows.deliveries(view)),
                el("td", cls("acts"), open ? Bits.action(again, token.value()) : el("span", cls("quiet"), text(why))));
    }

    private Pages.Shown offerAgain(Pages.Asked asked) {
        if (!token.isIn(asked.form())) {
            return MessagePages.tooOld();
        }
        List<MessageView> views =
                new ArrayList<>(dead(Optional.ofNullable(asked.form().get("flow"))));
        java.util.Collections.reverse(views);
        int passed = 0;
        int held = 0;
        try {
            for (MessageView view : views) {
                if (canBeOffered(view)) {
                    boolean passes = passed(view);
                    passed += passes ? 1 : 0;
                    held += passes ? 0 : 1;
                }
            }
        } catch (CompletionException e) {
            return MessagePages.failed(e);
        }
        return Pages.Shown.goTo(Link.with(Link.with(PATH, "passed", "" + passed), "held", "" + held));
    }

    private boolean passed(MessageView view) {
        Optional<Acceptance> answer =
                engine.redrive(view.message().id(), BY).toCompletableFuture().join();
        return answer.orElse(null) instanceof Acceptance.Decided decided
                && decided.message().isPresent();
    }
}
