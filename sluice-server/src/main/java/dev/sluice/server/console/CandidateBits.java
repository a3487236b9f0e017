package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.flag;

import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageState;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ScanConfig;
import dev.sluice.server.http.CandidateState;
import dev.sluice.server.http.CandidateView;
import dev.sluice.server.scan.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pieces about candidates of scans that the list of them and the page of one are made of. */
final class CandidateBits {
    /** The field of a form that says what is to be done. */
    static final String ORDER = "order";

    static final String SUBJECT = "subject";
    static final String LENGTH = "for";

    private static final int PARTS_OF_LIFE = 3;

    private final MessageRows rows;
    private final Token token;

    CandidateBits(MessageRows rows, Token token) {
        this.rows = rows;
        this.token = token;
    }

    /** What can be done with a candidate. The word is the value of {@link #ORDER}. */
    enum Order {
        SEND("send", "Send now", "calm", "It is on its way."),
        AGAIN("again", "Send again", "bad", "It is on its way once more."),
        HOLD("hold", "Hold", "calm", "It is held."),
        FORGET("forget", "Forget", "bad", "It is forgotten: this content is not sent any more."),
        LET_GO("let-go", "Let go", "calm", "It is let go: the next scan offers it.");

        private final String word;
        private final String label;
        private final String tone;
        private final String done;

        Order(String word, String label, String tone, String done) {
            this.word = word;
            this.label = label;
            this.tone = tone;
            this.done = done;
        }

        String word() {
            return word;
        }

        static Optional<Order> of(String word) {
            for (Order each : values()) {
                if (each.word.equals(word)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    String title(Message message) {
        return rows.title(message);
    }

    /** What its message would be called. */
    String title(CandidateView view) {
        return view.sighting()
                .map(seen -> rows.title(message(view, seen.data())))
                .orElse(view.subject());
    }

    /** What would go out. */
    private Message message(CandidateView view, String data) {
        return message(view.key(), new Content(view.subject(), "", "", data), rows.now());
    }

    /** A message that nobody stored. */
    static Message message(dev.sluice.Key key, Content content, Instant now) {
        return new Message(
                0,
                key,
                Message.Kind.PASS,
                content,
                new Message.Tally(1, 0, Optional.empty(), Optional.empty()),
                new Message.Window(now, Optional.empty()),
                List.of());
    }

    String text(Message message) {
        return rows.text(message);
    }

    String html(Message message) {
        return rows.html(message);
    }

    Instant now() {
        return rows.now();
    }

    /** What was done just now. */
    static Html outcome(Map<String, String> query) {
        return Order.of(query.getOrDefault("done", ""))
                .map(order -> el("p", cls("notice good"), attr("role", "status"), Html.text(order.done)))
                .orElse(Html.nothing());
    }

    Html state(FlowConfig flow, CandidateView view) {
        List<Html> parts = new ArrayList<>();
        parts.add(Bits.badge(tone(view.state()), view.state().word().replace('-', ' ')));
        view.sighting().flatMap(Sighting::age).ifPresent(age -> {
            parts.add(Html.text(" "));
            parts.add(age(flow, age));
        });
        parts.add(el("div", cls("quiet note"), attr("dir", "auto"), Bits.sentence(view.why())));
        return all(parts);
    }

    private static String tone(CandidateState state) {
        return switch (state) {
            case SENT, CONVERTED -> "good";
            case WAITING, SENDING, HELD -> "wait";
            case FAILED, UNKNOWN -> "bad";
            case WITHDRAWN, PASSED_OVER, FORGOTTEN -> "calm";
        };
    }

    /** How old it was when it was read: in the first, second or last third of what is sent. */
    private static Html age(FlowConfig flow, Duration age) {
        Optional<Duration> most = flow.scan().map(ScanConfig::limits).flatMap(ScanConfig.Limits::maxAge);
        String length = Bits.rough(age);
        if (most.isEmpty()) {
            return Bits.badge("calm", length + " old");
        }
        Duration third = most.get().dividedBy(PARTS_OF_LIFE);
        if (age.compareTo(third) < 0) {
            return Bits.badge("good", "fresh, " + length);
        }
        boolean old = age.compareTo(third.multipliedBy(PARTS_OF_LIFE - 1L)) >= 0;
        return old ? Bits.badge("bad", "old, " + length) : Bits.badge("wait", "ageing, " + length);
    }

    /** A form with what can be done in this state; it opens first, so nothing is done by one slip. */
    Html orders(FlowConfig flow, CandidateView view) {
        List<Html> buttons = new ArrayList<>();
        for (Order order : possible(view)) {
            buttons.add(el(
                    "div",
                    cls("choice"),
                    el(
                            "button",
                            cls(order.tone),
                            attr("type", "submit"),
                            attr("name", ORDER),
                            attr("value", order.word),
                            Html.text(order.label)),
                    order == Order.HOLD ? lengths() : Html.nothing(),
                    el("p", Html.text(question(order)))));
        }
        return el(
                "details",
                cls("confirm"),
                el("summary", cls("button calm"), attr("aria-label", "By hand: " + view.user()), Html.text("By hand")),
                el(
                        "form",
                        attr("method", "post"),
                        attr("action", Link.candidates(flow.name())),
                        Bits.hidden(Token.FIELD, token.value()),
                        Bits.hidden(SUBJECT, view.subject()),
                        all(buttons)));
    }

    private static List<Order> possible(CandidateView view) {
        return switch (view.state()) {
            case WAITING, SENDING, FAILED, WITHDRAWN, PASSED_OVER -> List.of(Order.SEND, Order.HOLD, Order.FORGET);
            case HELD ->
                view.sighting().isPresent()
                        ? List.of(Order.SEND, Order.HOLD, Order.FORGET)
                        : List.of(Order.LET_GO, Order.FORGET);
            case UNKNOWN ->
                isPending(view) ? List.of(Order.SEND, Order.HOLD, Order.FORGET) : List.of(Order.AGAIN, Order.FORGET);
            case SENT, CONVERTED -> List.of(Order.AGAIN, Order.FORGET);
            case FORGOTTEN -> List.of(Order.LET_GO);
        };
    }

    private static boolean isPending(CandidateView view) {
        return view.message()
                .filter(message -> message.state() == MessageState.PENDING)
                .isPresent();
    }

    private static String question(Order order) {
        return switch (order) {
            case SEND -> "At once, before its turn and whatever its age. In one window it goes out once.";
            case AGAIN -> "Begins a new window: whoever has the message gets another one. Budgets still hold it.";
            case HOLD -> "Not sent meanwhile. What waits to be sent is withdrawn.";
            case FORGET -> "Not sent any more; another content of this user is.";
            case LET_GO -> "The next scan offers it.";
        };
    }

    private static Html lengths() {
        List<Html> options = new ArrayList<>();
        for (String length : List.of("", "1h", "24h", "7d")) {
            String label = length.isEmpty() ? "until it is let go" : "for " + length;
            options.add(el("option", attr("value", length), flag("selected", length.isEmpty()), Html.text(label)));
        }
        return el("label", Html.text("how long "), el("select", attr("name", LENGTH), all(options)));
    }
}
