package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;

import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.server.channel.Rendering;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Messages as rows of a table. */
final class MessageRows {
    private final Rendering rendering;
    private final InstantSource clock;

    MessageRows(Rendering rendering, InstantSource clock) {
        this.rendering = rendering;
        this.clock = clock;
    }

    String title(Message message) {
        return rendering.title(message);
    }

    String text(Message message) {
        return rendering.text(message);
    }

    String html(Message message) {
        return rendering.html(message);
    }

    Instant now() {
        return clock.instant();
    }

    static Html state(MessageState state) {
        String tone = switch (state) {
            case DELIVERED, ASSUMED -> "good";
            case PREPARED, PENDING -> "wait";
            case DEAD -> "bad";
            case WITHDRAWN -> "calm";
        };
        return Bits.badge(tone, state.word());
    }

    Html table(List<MessageView> messages) {
        List<Html> rows = new ArrayList<>();
        messages.forEach(
                view -> rows.add(row(view, Bits.aboutCell(view.message().key()))));
        return Bits.table(List.of("Message", "State", "About", "Deliveries", "Decided"), rows);
    }

    /** As {@link #table}, of messages that are all about the same. */
    Html tableOfOne(List<MessageView> messages) {
        List<Html> rows = new ArrayList<>();
        messages.forEach(view -> rows.add(row(view, Html.nothing())));
        return Bits.table(List.of("Message", "State", "Deliveries", "Decided"), rows);
    }

    private Html row(MessageView view, Html about) {
        Message message = view.message();
        return Bits.keyed(
                String.valueOf(message.id()),
                el("td", cls("title"), Bits.link(Link.message(message.id()), title(message))),
                Bits.td(state(view.state())),
                about,
                Bits.td(deliveries(view)),
                Bits.when(now(), message.window().decidedAt()));
    }

    static Html deliveries(MessageView view) {
        List<Html> parts = new ArrayList<>();
        for (MessageView.DeliveryView delivery : view.deliveries()) {
            String to = delivery.recipient().isEmpty()
                    ? delivery.channel()
                    : delivery.channel() + " to " + delivery.recipient();
            String attempts = delivery.attempts() > 1 ? ", " + delivery.attempts() + " attempts" : "";
            parts.add(el("div", cls("delivery"), Html.text(to + ": " + delivery.state() + attempts), error(delivery)));
        }
        return all(parts);
    }

    private static Html error(MessageView.DeliveryView delivery) {
        boolean done = delivery.state().equals("accepted") || delivery.note().isBlank();
        return done ? Html.nothing() : el("div", cls("quiet note"), Html.text(delivery.note()));
    }
}
