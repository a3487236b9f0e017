package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.DurationText;
import dev.sluice.Explanation;
import dev.sluice.OnReset;
import dev.sluice.Reason;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import dev.sluice.server.http.BudgetHold;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says in sentences why a subject stands as it does: what the engine knows, and what the outbox knows beside it. */
final class Why {
    private final Explanation about;
    private final List<MessageView> messages;
    private final List<BudgetHold> budgets;

    Why(Explanation about, List<MessageView> messages, List<BudgetHold> budgets) {
        this.about = about;
        this.messages = messages;
        this.budgets = budgets;
    }

    Html section() {
        List<Html> sentences = new ArrayList<>();
        about.sentences().forEach(sentence -> sentences.add(el("li", Bits.sentence(sentence))));
        budgets.forEach(hold -> sentences.add(el("li", Bits.sentence(hold.sentence()))));
        lastPass().ifPresent(message -> sentences.add(el("li", earlier(message))));
        if (about.reason() != Reason.ALLOWED) {
            sentences.add(el("li", text(wouldPass())));
        }
        return Bits.section("Why", el("ul", cls("why"), all(sentences)));
    }

    private Optional<Message> lastPass() {
        return messages.stream()
                .map(MessageView::message)
                .filter(message -> message.kind().isOccurrence())
                .findFirst();
    }

    private Html earlier(Message message) {
        return all(List.of(
                text("The last one that passed is "),
                Bits.link(Link.message(message.id()), "message " + message.id()),
                text(", at "),
                Bits.time(message.window().decidedAt()),
                text(".")));
    }

    private String wouldPass() {
        return switch (about.reason()) {
            case BACKOFF -> "To pass now, an attempt that is under way would have to succeed.";
            case IN_FLIGHT ->
                "To pass now, a claim would have to be completed with room left, released, or taken away from its holder.";
            default ->
                "To pass now, it would have needed a higher limit, another subject or variant, or a reset"
                        + (about.rule().onReset() instanceof OnReset.Ignore
                                ? ", which this rule ignores."
                                : " before it.");
        };
    }

    /** What a reset does, in the middle of a sentence. */
    static String afterReset(OnReset onReset) {
        if (onReset instanceof OnReset.After after) {
            return "the next occurrence may pass if none comes for " + DurationText.format(after.dwell());
        }
        return onReset instanceof OnReset.Ignore
                ? "this changes nothing: it ignores resets"
                : "the next occurrence may pass at once";
    }
}
