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
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Messages;
import dev.sluice.server.http.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongFunction;

/** All messages, and one with everything that is known of it. */
final class MessagePages {
    private static final int ROWS = 50;
    private static final String BY = "console";

    private final Engine engine;
    private final MessageRows rows;
    private final Token token;

    MessagePages(Engine engine, MessageRows rows, Token token) {
        this.engine = engine;
        this.rows = rows;
        this.token = token;
    }

    List<Pages.Page> pages() {
        return List.of(
                new Pages.Page("GET", "/messages", this::list),
                new Pages.Page("GET", "/messages/{id}", this::one),
                new Pages.Page("GET", "/messages/{id}/html", this::preview),
                new Pages.Page("POST", "/messages/{id}/withdraw", asked -> act(asked, id -> engine.withdraw(id, BY))),
                new Pages.Page("POST", "/messages/{id}/redrive", asked -> act(asked, id -> engine.redrive(id, BY))));
    }

    /** What is shown instead of doing what a form without a valid token asks. */
    static Pages.Shown tooOld() {
        return Layout.failure(
                403, "This form is too old", "The server was started again since. Reload the page before.");
    }

    private Pages.Shown list(Pages.Asked asked) {
        String flow = asked.query().getOrDefault("flow", "");
        String state = asked.query().getOrDefault("state", "");
        Optional<Long> before = number(asked.query().getOrDefault("before", ""));
        List<MessageView> found = engine.messages(
                new Outbox.MessageFilter(
                        Optional.of(flow).filter(name -> !name.isEmpty()),
                        Optional.empty(),
                        Messages.state(state),
                        before),
                ROWS);
        return Layout.page(
                "/messages",
                "Messages",
                el("h1", text("Messages")),
                tabs(flow, state),
                Layout.search(Link.with("/messages", "state", state), Layout.choice("flow", "Flow", flow, flowNames())),
                found.isEmpty() ? nothing(asked, state) : rows.table(found),
                next(found, flow, state));
    }

    private List<String> flowNames() {
        return engine.flows().stream().map(FlowConfig::name).toList();
    }

    private static Html tabs(String flow, String state) {
        String all = Link.with("/messages", "flow", flow);
        List<Layout.Tab> tabs = new ArrayList<>();
        tabs.add(new Layout.Tab("all", all, state.isEmpty()));
        for (MessageState each : MessageState.values()) {
            tabs.add(new Layout.Tab(
                    each.word(),
                    Link.with(all, "state", each.word()),
                    each.word().equals(state)));
        }
        return Layout.tabs("State", tabs);
    }

    private Html nothing(Pages.Asked asked, String state) {
        if (!state.isEmpty()) {
            return Bits.empty("No message is " + state + ".", "Choose another state above.");
        }
        return engine.flows().stream()
                .filter(flow -> !flow.plan().channels().isEmpty())
                .findFirst()
                .map(flow -> Bits.empty(
                        "There are no messages yet.",
                        "The first occurrence makes one:",
                        Example.curl(asked.base(), flow)))
                .orElseGet(() -> Bits.empty(
                        "There are no messages.", "No flow has channels: its callers send, and settle their claims."));
    }

    private static Html next(List<MessageView> found, String flow, String state) {
        if (found.size() < ROWS) {
            return Html.nothing();
        }
        String here = Link.with(Link.with("/messages", "flow", flow), "state", state);
        long last = found.get(ROWS - 1).message().id();
        return Layout.more(Link.with(here, "before", String.valueOf(last)));
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Pages.Shown one(Pages.Asked asked) {
        return with(asked, view -> one(view, asked.query()));
    }

    /** As mail shows it. The answer itself forbids whatever might run in it, in a frame or out of one. */
    private Pages.Shown preview(Pages.Asked asked) {
        return with(asked, view -> Pages.Shown.foreign(rows.html(view.message())));
    }

    private Pages.Shown with(Pages.Asked asked, Function<MessageView, Pages.Shown> page) {
        return number(asked.values().get(0))
                .flatMap(id -> Messages.find(engine, id))
                .map(page)
                .orElseGet(
                        () -> Layout.failure(404, "No such message", "It never was, or its time to be kept is over."));
    }

    private Pages.Shown one(MessageView view, Map<String, String> query) {
        Message message = view.message();
        return Layout.page(
                "/messages",
                rows.title(message),
                el("p", cls("crumbs"), Bits.link("/messages", "Messages"), text(" / " + message.id())),
                el("h1", text(rows.title(message))),
                query.containsKey("held") ? held() : Html.nothing(),
                el("div", cls("lead acts"), MessageRows.state(view.state()), actions(view)),
                el("div", cls("card"), facts(view)),
                Bits.section("Deliveries", deliveries(view)),
                Bits.section("Text", el("pre", cls("text"), attr("dir", "auto"), text(rows.text(message)))),
                Bits.section(
                        "As mail shows it",
                        el(
                                "iframe",
                                cls("preview"),
                                attr("sandbox", ""),
                                attr("title", "The message as mail shows it"),
                                attr("loading", "lazy"),
                                attr("src", Link.message(message.id()) + "/html"))));
    }

    private static Html held() {
        return el(
                "p",
                cls("notice wait"),
                attr("role", "status"),
                text("It was offered again and held: its rule does not let it pass now."));
    }

    private Html actions(MessageView view) {
        String path = Link.message(view.message().id());
        return switch (view.state()) {
            case PENDING ->
                Bits.action(
                        new Bits.Action(
                                path + "/withdraw",
                                "Withdraw",
                                "Takes it back: it will not be delivered, and its occurrence counts as withdrawn.",
                                "Yes, withdraw it",
                                "bad"),
                        token.value());
            case DEAD ->
                Bits.action(
                        new Bits.Action(
                                path + "/redrive",
                                "Offer again",
                                "Offers what it says as a new occurrence: its rule decides about it as about any other.",
                                "Yes, offer it",
                                "calm"),
                        token.value());
            default -> Html.nothing();
        };
    }

    private Html facts(MessageView view) {
        Message message = view.message();
        List<Html> list = new ArrayList<>();
        fact(list, "About", Bits.about(message.key()));
        fact(list, "Kind", text(message.kind().name().toLowerCase(Locale.ROOT)));
        fact(list, "Decided", Bits.time(message.window().decidedAt()));
        message.window().heldUntil().ifPresent(until -> fact(list, "Further ones held until", Bits.time(until)));
        fact(list, "Occurrences", Html.number(message.tally().occurrences()));
        fact(list, "Held before", Html.number(message.tally().held()));
        if (view.state() == MessageState.PENDING) {
            fact(
                    list,
                    "Given up",
                    Bits.time(view.giveUpAt()),
                    text(" (" + Bits.distance(rows.now(), view.giveUpAt()) + ")"));
        }
        TrackView.of(engine, message)
                .forEach((what, seen) -> fact(
                        list,
                        TrackView.name(what),
                        Bits.time(seen.first()),
                        text(seen.times() == 1 ? "" : ", " + seen.times() + " times, last "),
                        seen.times() == 1 ? Html.nothing() : Bits.time(seen.last())));
        return el("dl", cls("facts"), all(list));
    }

    private static void fact(List<Html> list, String name, Html... value) {
        list.add(el("dt", text(name)));
        list.add(el("dd", value));
    }

    private Html deliveries(MessageView view) {
        List<Html> list = new ArrayList<>();
        for (MessageView.DeliveryView delivery : view.deliveries()) {
            list.add(Bits.row(
                    Bits.td(text(delivery.channel())),
                    Bits.td(text(delivery.recipient())),
                    Bits.td(Bits.badge(tone(delivery.state()), delivery.state())),
                    Bits.num(delivery.attempts()),
                    Bits.td(delivery.nextAt()
                            .map(at -> all(List.of(Bits.time(at), text(" (" + Bits.distance(rows.now(), at) + ")"))))
                            .orElse(Html.nothing())),
                    Bits.td(text(delivery.note()))));
        }
        return list.isEmpty()
                ? Bits.empty("Nobody was left to deliver it to.", "All of its recipients were refused.")
                : Bits.table(
                        List.of("Channel", "Recipient", "State", "#Attempts", "Next attempt", "Last result"), list);
    }

    private static String tone(String state) {
        return switch (state) {
            case "accepted", "assumed" -> "good";
            case "dead" -> "bad";
            case "withdrawn" -> "calm";
            default -> "wait";
        };
    }

    private Pages.Shown act(Pages.Asked asked, LongFunction<CompletionStage<?>> action) {
        if (!token.isIn(asked.form())) {
            return tooOld();
        }
        Optional<Long> id = number(asked.values().get(0));
        if (id.isEmpty()) {
            return Layout.failure(404, "No such message", "There is no message of this number.");
        }
        try {
            Object done = action.apply(id.get()).toCompletableFuture().join();
            return Boolean.FALSE.equals(done)
                    ? Layout.failure(
                            409, "Not withdrawn", "It is closed already, or it is being sent right now; look again.")
                    : Pages.Shown.goTo(after(id.get(), done));
        } catch (CompletionException e) {
            return failed(e);
        }
    }

    /** To the message that it led to; back to this one where it led to none. */
    private static String after(long id, Object done) {
        if (done instanceof Optional<?> answer && answer.orElse(null) instanceof Acceptance.Decided decided) {
            return decided.message()
                    .map(message -> Link.message(message.id()))
                    .orElseGet(() -> Link.with(Link.message(id), "held", "yes"));
        }
        return Link.message(id);
    }

    /** What is shown where an action could not be done. */
    static Pages.Shown failed(CompletionException failure) {
        return failure.getCause() instanceof IllegalArgumentException
                ? Layout.failure(409, "Not offered again", "Its flow or variant is not in the configuration any more.")
                : Layout.failure(503, "The store does not answer", "Nothing is known of what was asked; look again.");
    }
}
