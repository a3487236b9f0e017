package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Tells those who were told that a zone began that it is over: by one message for each episode, which has no claim and
 * moves nothing in the books. It is charged to the budgets of its flow; what they refuse is not told.
 */
final class AllClear {
    /** Who got a message of the episode, over what, and whether it was named by an occurrence. */
    private static final String TOLD = "select distinct channel, recipient, named, looked_up from sluice_delivery"
            + " join sluice_message on sluice_message.id = sluice_delivery.message_id"
            + " where sluice_message.episode_id = ? and sluice_delivery.state = 'accepted'";

    /** Recoveries of a group go out as one, and never with what begins. */
    private static final String GROUP = "select grouped from sluice_delivery"
            + " join sluice_message on sluice_message.id = sluice_delivery.message_id"
            + " where sluice_message.episode_id = ? and grouped is not null order by sluice_delivery.id desc limit 1";

    private static final String OVER = "~over:";

    private static final String LAST_TITLE =
            "select title from sluice_message where episode_id = ? order by id desc limit 1";

    private final Plans plans;
    private final Deliveries deliveries;
    private final Charges charges;
    private final RandomGenerator random;

    AllClear(Plans plans, Deliveries deliveries, Charges charges, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.charges = charges;
        this.random = random;
    }

    /** Somebody was told by the message. If its episode is over by now, they are told that as well. */
    void delivered(Journal journal, Messages.Stored message) throws SQLException {
        if (plans.watched(message.key()).isEmpty()) {
            return;
        }
        UnitOfWork unit = journal.unit();
        Optional<EpisodeRows.Row> row = EpisodeRows.lockOfMessage(unit, message.id());
        if (row.isPresent()) {
            EpisodeRows.notified(unit, row.get().id());
            tellIfOver(journal, row.get());
        }
    }

    private void tellIfOver(Journal journal, EpisodeRows.Row row) throws SQLException {
        Optional<Instant> closed = row.episode().times().closedAt();
        boolean recovered = row.episode().state() == Episode.State.RECOVERED;
        if (recovered && closed.isPresent()) {
            tell(journal, row, closed.get(), false);
        }
    }

    /** Whether a message that was not delivered is no longer wanted, because its episode is over. */
    boolean isUnwanted(UnitOfWork unit, Messages.Stored message) throws SQLException {
        return plans.watched(message.key()).filter(Watched::withdraws).isPresent()
                && EpisodeRows.isOver(unit, message.id());
    }

    /**
     * The episode ended at {@code end}, and those who were told of it are told so, unless they are already.
     *
     * @param gathered whether others of its group are still to come
     * @return the message; empty if nobody is told
     */
    Optional<Long> tell(Journal journal, EpisodeRows.Row row, Instant end, boolean gathered) throws SQLException {
        Key key = row.key();
        FlowPlan plan = plans.get(key);
        if (!plan.watched().map(Watched::tells).orElse(false)
                || row.resolvedBy().isPresent()) {
            return Optional.empty();
        }
        List<Told> told = told(journal.unit(), row.id());
        List<Target> targets = deliveries.once(told.stream().map(Told::target).toList());
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        Charges.Result charged = charges.information(journal, plan, targets);
        if (!charged.passes()) {
            journal.note(key, Ledger.Kind.RESET, "that it is over is told to nobody: no budget has room");
            return Optional.empty();
        }
        List<Target> named = told.stream().filter(Told::named).map(Told::target).toList();
        long id = store(journal, row, end);
        Occurrence.Context group = group(journal.unit(), row.id(), gathered);
        for (boolean byName : new boolean[] {true, false}) {
            List<Target> some = charged.left().stream()
                    .filter(target -> named.contains(target) == byName)
                    .toList();
            deliveries.insert(journal.unit(), id, plan, new Deliveries.To(some, byName, group), random.nextLong());
        }
        EpisodeRows.resolved(journal.unit(), row.id(), id);
        journal.note(key, Ledger.Kind.RESET, "message " + id + " tells that it is over");
        return Optional.of(id);
    }

    private static Occurrence.Context group(UnitOfWork unit, long episode, boolean gathered) throws SQLException {
        return Rows.find(unit, GROUP, row -> row.getString("grouped"), episode)
                .map(group -> new Occurrence.Context(Optional.empty(), Optional.of(OVER + group), gathered))
                .orElse(Occurrence.Context.NONE);
    }

    private long store(Journal journal, EpisodeRows.Row row, Instant end) throws SQLException {
        UnitOfWork unit = journal.unit();
        Key key = row.key();
        FlowPlan plan = plans.get(key);
        Episode episode = row.episode();
        Messages.Fresh message = new Messages.Fresh(
                new Messages.Origin(key, Messages.freeNumber(unit, key), 0, Messages.Counted.TALLY),
                Message.Kind.RESOLVED,
                new Content(title(unit, row.id()), sentence(episode, end), "", "{}"),
                new Message.Tally(
                        episode.counts().checks(),
                        episode.counts().held(),
                        Optional.of(episode.times().openedAt()),
                        Optional.of(episode.times().lastSeen())),
                new Message.Window(Micros.instant(unit.now()), Optional.empty()),
                Deliveries.giveUpAt(unit, plan));
        return Messages.insert(unit, message, MessageState.PENDING).orElseThrow();
    }

    /** How an episode that ended at {@code end} reads. */
    static String sentence(Episode episode, Instant end) {
        Duration length = Duration.between(episode.times().openedAt(), end);
        String held =
                episode.counts().held() == 0 ? "" : ", " + episode.counts().held() + " held";
        return "recovered after " + length(length) + held;
    }

    /** The two largest units: nobody wants the seconds of a day. */
    static String length(Duration length) {
        if (length.toDays() > 0) {
            return length.toDays() + " d " + length.toHoursPart() + " h";
        } else if (length.toHours() > 0) {
            return length.toHours() + " h " + length.toMinutesPart() + " m";
        } else if (length.toMinutes() > 0) {
            return length.toMinutes() + " m " + length.toSecondsPart() + " s";
        }
        return Math.max(0, length.toSeconds()) + " s";
    }

    /** @param named whether an occurrence said to whom */
    private record Told(Target target, boolean named) {}

    private static List<Told> told(UnitOfWork unit, long episode) throws SQLException {
        return Rows.list(
                unit,
                TOLD,
                row -> new Told(
                        new Target(
                                row.getString("channel"),
                                row.getInt("looked_up") == 1 ? Deliveries.CHANNEL_KNOWS : row.getString("recipient")),
                        row.getInt("named") == 1),
                episode);
    }

    private static String title(UnitOfWork unit, long episode) throws SQLException {
        return Rows.find(unit, LAST_TITLE, row -> row.getString("title"), episode)
                .orElse("");
    }
}
