package dev.sluice.server.http;

import dev.sluice.Key;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.server.scan.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A candidate of a scan, in one window, as the console and the API show it.
 *
 * @param key its key
 * @param subject of the key in full: user and content
 * @param state how it stands
 * @param at since when that is known: when it was read, let out, or kept back
 * @param why in words
 * @param until when something happens to it by itself; empty if nothing does
 * @param source what says so
 */
public record CandidateView(
        Key key, String subject, CandidateState state, Instant at, String why, Optional<Instant> until, Source source) {
    /** What says how a candidate stands. */
    public sealed interface Source {
        /** The newest message of its window. */
        record Told(MessageView message) implements Source {}

        /** The last scan of this server. */
        record Seen(Sighting sighting) implements Source {}

        /** An operator. */
        record Kept(Holds.Hold hold) implements Source {}
    }

    /** Whose it is. */
    public String user() {
        return Audience.user(subject);
    }

    /** Its message; empty if it was not let out. */
    public Optional<MessageView> message() {
        return source instanceof Source.Told told ? Optional.of(told.message) : Optional.empty();
    }

    /** What a scan said of it; empty if that is over. */
    public Optional<Sighting> sighting() {
        return source instanceof Source.Seen seen ? Optional.of(seen.sighting) : Optional.empty();
    }

    static CandidateView of(Key key, String subject, Holds.Hold hold) {
        CandidateState state = hold.forgotten() ? CandidateState.FORGOTTEN : CandidateState.HELD;
        return new CandidateView(key, subject, state, hold.at(), hold.why(), hold.until(), new Source.Kept(hold));
    }

    static CandidateView of(String flow, Sighting sighting) {
        Key key = Key.of(flow, sighting.subject());
        Source source = new Source.Seen(sighting);
        Sighting.Fate fate = sighting.fate();
        if (fate instanceof Sighting.Fate.Held held) {
            String why = held.budget().map(name -> "held by budget " + name).orElse("held: " + held.reason());
            return new CandidateView(
                    key, sighting.subject(), CandidateState.HELD, sighting.at(), why, held.until(), source);
        }
        CandidateState state =
                fate instanceof Sighting.Fate.TooOld ? CandidateState.PASSED_OVER : CandidateState.WAITING;
        return new CandidateView(key, sighting.subject(), state, sighting.at(), why(fate), Optional.empty(), source);
    }

    private static String why(Sighting.Fate fate) {
        if (fate instanceof Sighting.Fate.TooOld) {
            return "older than max-age";
        }
        return fate instanceof Sighting.Fate.NotOffered
                ? "it could not be offered; the next scan does"
                : "enough were let out for now (ramp); a later scan offers it";
    }

    /**
     * @param converted when its user last did what the message was to lead to
     */
    static CandidateView of(MessageView view, String subject, Optional<Instant> converted) {
        Instant at = view.message().window().decidedAt();
        CandidateState state = state(view);
        boolean arrived = view.state() == MessageState.DELIVERED || view.state() == MessageState.ASSUMED;
        if (arrived && converted.isPresent() && !converted.get().isBefore(at)) {
            state = CandidateState.CONVERTED;
        }
        Optional<Instant> until = view.state() == MessageState.PENDING
                ? next(view.deliveries())
                : arrived ? view.message().window().heldUntil() : Optional.empty();
        return new CandidateView(
                view.message().key(), subject, state, at, why(view, state), until, new Source.Told(view));
    }

    private static Optional<Instant> next(List<MessageView.DeliveryView> deliveries) {
        return deliveries.stream().flatMap(each -> each.nextAt().stream()).min(Instant::compareTo);
    }

    private static CandidateState state(MessageView view) {
        return switch (view.state()) {
            case DELIVERED -> CandidateState.SENT;
            case ASSUMED -> CandidateState.UNKNOWN;
            case DEAD -> CandidateState.FAILED;
            case WITHDRAWN -> CandidateState.WITHDRAWN;
            case PREPARED, PENDING -> underWay(view.deliveries());
        };
    }

    private static CandidateState underWay(List<MessageView.DeliveryView> deliveries) {
        if (deliveries.stream().anyMatch(MessageView.DeliveryView::unsure)) {
            return CandidateState.UNKNOWN;
        }
        boolean failed = deliveries.stream()
                .anyMatch(each -> each.attempts() > 0 && !each.state().equals("sending"));
        return failed ? CandidateState.FAILED : CandidateState.SENDING;
    }

    private static String why(MessageView view, CandidateState state) {
        String note = view.deliveries().stream()
                .map(MessageView.DeliveryView::note)
                .filter(each -> !each.isBlank())
                .findFirst()
                .orElse("");
        return switch (state) {
            case CONVERTED -> "it was reported after this message";
            case SENT ->
                "to "
                        + view.deliveries().stream()
                                .map(MessageView.DeliveryView::recipient)
                                .collect(Collectors.joining(", "));
            case SENDING -> note.isEmpty() ? "on its way" : note;
            default -> note;
        };
    }
}
