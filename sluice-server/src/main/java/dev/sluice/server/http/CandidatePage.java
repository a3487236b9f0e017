package dev.sluice.server.http;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Reason;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.server.scan.Sighting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One page of the candidates of a flow that scans: those kept back by hand, those that the last scan of this server read and
 * that did not go out, and behind them those that were let out, the newest first. Each user, content and window has one row.
 *
 * @param rows how each stands
 * @param next where the next page begins; empty if there is none
 */
public record CandidatePage(List<CandidateView> rows, Optional<String> next) {
    /** Most messages that are read for a page; a state of which there are few is looked for behind many others. */
    private static final int MOST_READ = 1_000;

    private static final int AT_ONCE = 100;

    /** Above the number of any message, and of as many digits as a place takes. */
    private static final long NEWEST = 999_999_999_999_999_999L;

    /** Of one key. */
    private static final int MOST_OF_KEY = 20;

    /** Of one user. */
    private static final int MOST_KEYS = 50;

    /**
     * Which candidates.
     *
     * @param state in which they are; empty for any but forgotten
     * @param user whose they are, in full; empty for all
     * @param after what the page before gave as next; empty for the first
     * @param limit most rows, at least 1; what was let out of one user comes together
     */
    public record Wanted(Optional<CandidateState> state, Optional<String> user, String after, int limit) {
        private boolean takes(CandidateView view) {
            boolean inState =
                    state.map(wanted -> view.state() == wanted).orElse(view.state() != CandidateState.FORGOTTEN);
            return inState && user.map(view.user()::equals).orElse(true);
        }
    }

    /** Reads a page. May block. */
    public static CandidatePage of(Engine engine, FlowConfig flow, Wanted wanted) {
        return new Reader(engine, flow, wanted).page();
    }

    /** Whether {@code text} can be what an earlier page gave as next. */
    static boolean isPlace(String text) {
        return Place.of(text).isPresent();
    }

    /** The parts of the list, in their order. The word is the letter before the colon. */
    private enum Part {
        KEPT,
        SEEN,
        TOLD
    }

    /** Behind what in which part a page begins. */
    private record Place(Part part, String after) {
        static final Place BEGIN = new Place(Part.KEPT, "");

        static Optional<Place> of(String text) {
            if (text.isEmpty()) {
                return Optional.of(BEGIN);
            }
            String after = text.substring(Math.min(2, text.length()));
            return switch (text.substring(0, Math.min(2, text.length()))) {
                case "k:" -> Optional.of(new Place(Part.KEPT, after));
                case "s:" -> Optional.of(new Place(Part.SEEN, after));
                case "m:" -> after.matches("\\d{1,18}") ? Optional.of(new Place(Part.TOLD, after)) : Optional.empty();
                default -> Optional.empty();
            };
        }
    }

    /** Reads one page. */
    private static final class Reader {
        private final Engine engine;
        private final FlowConfig flow;
        private final Wanted wanted;
        private final Map<String, Holds.Hold> holds;
        private final List<CandidateView> rows = new ArrayList<>();

        Reader(Engine engine, FlowConfig flow, Wanted wanted) {
            this.engine = engine;
            this.flow = flow;
            this.wanted = wanted;
            this.holds = engine.scans().holds().of(flow.name());
        }

        CandidatePage page() {
            Place place = Place.of(wanted.after).orElse(Place.BEGIN);
            Optional<String> next = Optional.empty();
            if (place.part == Part.KEPT) {
                next = kept(place.after);
            }
            if (next.isEmpty() && place.part != Part.TOLD) {
                next = seen(place.part == Part.SEEN ? place.after : "");
            }
            if (next.isEmpty() && !states().isEmpty()) {
                long before = place.part == Part.TOLD ? Long.parseLong(place.after) : NEWEST;
                next = wanted.user.isPresent() ? toldOf(wanted.user.get()) : told(before);
            }
            return new CandidatePage(List.copyOf(rows), next);
        }

        private boolean isFull() {
            return rows.size() >= wanted.limit;
        }

        private void take(CandidateView view) {
            if (wanted.takes(view)) {
                rows.add(view);
            }
        }

        private Optional<String> kept(String after) {
            String last = after;
            for (Holds.Hold hold : holds.values()) {
                if (hold.subject().compareTo(after) > 0) {
                    if (isFull()) {
                        return Optional.of("k:" + last);
                    }
                    Key key = Key.of(flow.name(), hold.subject());
                    last = hold.subject();
                    if (!isUnderWay(key)) {
                        take(CandidateView.of(key, engine.subjectText(key), hold));
                    }
                }
            }
            return Optional.empty();
        }

        /** Its message is being sent, and stands for it until that has ended. */
        private boolean isUnderWay(Key key) {
            List<MessageView> newest = ofKey(key, 1);
            return !newest.isEmpty() && newest.get(0).state() == MessageState.PENDING;
        }

        private Optional<String> seen(String after) {
            String last = after;
            for (Sighting sighting : engine.scans().sightings(flow.name(), after)) {
                if (isFull()) {
                    return Optional.of("s:" + last);
                }
                if (isItself(sighting)) {
                    take(CandidateView.of(flow.name(), sighting));
                }
                last = sighting.user();
            }
            return Optional.empty();
        }

        /**
         * Whether what the scan left of a candidate says how it stands. One that was not offered, or before its message ended,
         * is held by its own window: then its message does.
         */
        private boolean isItself(Sighting sighting) {
            return engine.explain(Key.of(flow.name(), sighting.subject()))
                    .map(Explanation::reason)
                    .filter(reason -> reason != Reason.ALLOWED)
                    .isEmpty();
        }

        /** All of one user is few. */
        private Optional<String> toldOf(String user) {
            for (Key key : engine.keysOfMessages(flow.name(), user + "/", MOST_KEYS)) {
                List<MessageView> ofKey = ofKey(key, MOST_OF_KEY);
                Set<Long> newest = CandidateWindows.newest(flow.rule(""), ofKey);
                ofKey.stream()
                        .filter(view -> newest.contains(view.message().id()))
                        .forEach(this::told);
            }
            return Optional.empty();
        }

        private Optional<String> told(long from) {
            long before = from;
            for (int read = 0; read < MOST_READ; read += AT_ONCE) {
                Batch batch = batch(before);
                for (MessageView view : batch.messages) {
                    if (isFull()) {
                        return Optional.of("m:" + before);
                    }
                    before = view.message().id();
                    if (standsForItsWindow(view)) {
                        told(view);
                    }
                }
                if (!batch.more) {
                    return Optional.empty();
                }
            }
            return Optional.of("m:" + before);
        }

        private void told(MessageView view) {
            Key key = view.message().key();
            String subject = engine.subjectText(key);
            boolean ended = view.state() == MessageState.DEAD || view.state() == MessageState.WITHDRAWN;
            if (!ended || !standsElsewhere(key, subject)) {
                boolean arrived = view.state() == MessageState.DELIVERED || view.state() == MessageState.ASSUMED;
                take(CandidateView.of(
                        view,
                        subject,
                        arrived
                                ? engine.audience().lastConversion(flow.name(), Audience.user(subject))
                                : Optional.empty()));
            }
        }

        /** It goes on: it is kept back, or waits to be let out again, and has a row for that. */
        private boolean standsElsewhere(Key key, String subject) {
            return holds.containsKey(key.subject())
                    || engine.scans()
                            .sighting(flow.name(), Audience.user(subject))
                            .filter(seen -> seen.subject().equals(subject) && isItself(seen))
                            .isPresent();
        }

        private boolean standsForItsWindow(MessageView view) {
            return CandidateWindows.newest(flow.rule(""), ofKey(view.message().key(), MOST_OF_KEY))
                    .contains(view.message().id());
        }

        private List<MessageView> ofKey(Key key, int limit) {
            return engine.messages(
                    new Outbox.MessageFilter(
                            Optional.of(flow.name()), Optional.of(key), Optional.empty(), Optional.empty()),
                    limit);
        }

        /**
         * Messages that were read at once.
         *
         * @param more whether there may be older ones
         */
        private record Batch(List<MessageView> messages, boolean more) {}

        /** Each state is looked for by itself: one of which there are few is not searched among all others. */
        private Batch batch(long before) {
            List<MessageView> all = new ArrayList<>();
            long complete = 0;
            for (MessageState state : states()) {
                List<MessageView> some = engine.messages(
                        new Outbox.MessageFilter(
                                Optional.of(flow.name()), Optional.empty(), Optional.of(state), Optional.of(before)),
                        AT_ONCE);
                all.addAll(some);
                if (some.size() == AT_ONCE) {
                    complete =
                            Math.max(complete, some.get(AT_ONCE - 1).message().id());
                }
            }
            long down = complete;
            return new Batch(
                    all.stream()
                            .filter(view -> view.message().id() >= down)
                            .sorted((a, b) ->
                                    Long.compare(b.message().id(), a.message().id()))
                            .toList(),
                    down > 0);
        }

        private Set<MessageState> states() {
            if (wanted.state.isEmpty()) {
                return EnumSet.allOf(MessageState.class);
            }
            return switch (wanted.state.get()) {
                case SENT -> EnumSet.of(MessageState.DELIVERED);
                case CONVERTED -> EnumSet.of(MessageState.DELIVERED, MessageState.ASSUMED);
                case SENDING -> EnumSet.of(MessageState.PREPARED, MessageState.PENDING);
                case UNKNOWN -> EnumSet.of(MessageState.PENDING, MessageState.ASSUMED);
                case FAILED -> EnumSet.of(MessageState.PENDING, MessageState.DEAD);
                case WITHDRAWN -> EnumSet.of(MessageState.WITHDRAWN);
                case WAITING, HELD, PASSED_OVER, FORGOTTEN -> EnumSet.noneOf(MessageState.class);
            };
        }
    }
}
