package dev.sluice.outbox;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnReset;
import dev.sluice.Rule;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A zone is over: arms its key as the rule says, takes back what was not delivered, ends the episode and tells those who
 * were told of it; in one work.
 */
final class Recovery {
    /** Who takes such messages back. */
    static final String BY = "its flow: the condition ended first";

    /**
     * Alerts of which nothing can have arrived. A digest tells the past, and stays; so does what may have arrived: it would
     * free the slot of a message that somebody has.
     */
    private static final String WITHDRAWABLE = "select id from sluice_message where key_text = ?"
            + " and %sstate = 'pending' and counted <> 'tally' and not exists (select 1 from sluice_delivery"
            + " where message_id = sluice_message.id and (unsure = 1 or sluice_delivery.state = 'sending')) order by %sid";

    private static final String HALF_TOLD = "select distinct sluice_message.id from sluice_message join sluice_delivery"
            + " on sluice_delivery.message_id = sluice_message.id where sluice_message.episode_id = ?"
            + " and sluice_message.state = 'delivered' and sluice_delivery.state = 'waiting'";

    private final Plans plans;
    private final Settling settling;
    private final AllClear allClear;

    Recovery(Plans plans, Settling settling, AllClear allClear) {
        this.plans = plans;
        this.settling = settling;
        this.allClear = allClear;
    }

    /** What a recovery did. */
    sealed interface Result {
        /**
         * The episode is over.
         *
         * @param told the message that says so
         */
        record Closed(Episode episode, Optional<Long> told) implements Result {}

        /** There is no open one. */
        record Nothing() implements Result {}

        /** It is not over: the level is below that of which somebody was told, or it is not known yet whether it lasts. */
        record Lasts(EpisodeRows.Row row) implements Result {}
    }

    /**
     * The zone of the key is over.
     *
     * @param level in the sense of {@link Event.Reset}
     * @param gathered whether others of its group are still to come
     */
    Result over(Journal journal, Key key, OptionalDouble level, boolean gathered) throws SQLException {
        UnitOfWork unit = journal.unit();
        Optional<EpisodeRows.Row> open = EpisodeRows.find(unit, key);
        if (open.isPresent() && open.get().isBelowMark(level)) {
            return new Result.Lasts(open.get());
        }
        Rule rule = rule(key);
        if (!(rule.onReset() instanceof OnReset.Ignore)) {
            journal.step(key, rule, new Event.Reset(level));
        }
        if (open.isPresent() && rule.onReset() instanceof OnReset.After) {
            EpisodeRows.safe(unit, open.get().id());
            return new Result.Lasts(EpisodeRows.find(unit, key).orElseThrow());
        }
        return open.isPresent() ? close(journal, key, gathered) : new Result.Nothing();
    }

    /**
     * An operator says that it is over, and arms the key as the rule says. The next level in the zone begins another episode
     * and tells what is so then: what was not delivered of this one is taken back. Nobody is told that the level came back,
     * for nobody knows.
     */
    Result byHand(Journal journal, Key key, OptionalDouble level) throws SQLException {
        UnitOfWork unit = journal.unit();
        Optional<EpisodeRows.Row> open = EpisodeRows.find(unit, key);
        if (open.isPresent() && open.get().isBelowMark(level)) {
            return new Result.Lasts(open.get());
        }
        journal.step(key, rule(key), new Event.Reset(level));
        int withdrawn = open.isPresent() ? withdraw(journal, key, open.get().id()) : 0;
        open = EpisodeRows.lock(unit, key);
        if (open.isEmpty()) {
            return new Result.Nothing();
        }
        EpisodeRows.close(unit, open.get().id(), Episode.State.RESET);
        journal.note(key, Ledger.Kind.RESET, "its episode was ended by hand" + takenBack(withdrawn));
        return new Result.Closed(open.get().episode(), Optional.empty());
    }

    /** What was counted of the open episode of a key is written. */
    static void count(UnitOfWork unit, Key key, EpisodeRows.Unwritten counted) throws SQLException {
        Optional<EpisodeRows.Row> open = EpisodeRows.find(unit, key);
        if (open.isPresent()) {
            EpisodeRows.count(unit, List.of(new EpisodeRows.Counted(open.get().id(), counted)));
        }
    }

    private Rule rule(Key key) {
        return plans.rule(key).orElseThrow(() -> new IllegalArgumentException("there is no flow '" + key.flow() + "'"));
    }

    private static String takenBack(int withdrawn) {
        return withdrawn == 0 ? "" : "; taken back before anybody got it";
    }

    /** The zone has been over since {@code time} or longer, which is as long as the rule asks for. */
    Result lasted(Journal journal, Key key, long time) throws SQLException {
        Optional<EpisodeRows.Row> open = EpisodeRows.find(journal.unit(), key);
        boolean lasted = open.flatMap(EpisodeRows.Row::safeSince)
                .filter(since -> since <= time)
                .isPresent();
        return lasted ? close(journal, key, true) : unchanged(open);
    }

    /** The zone was not seen after {@code time}: nobody knows whether it is over, so nobody is told. */
    Result idle(Journal journal, Key key, long time) throws SQLException {
        UnitOfWork unit = journal.unit();
        Optional<EpisodeRows.Row> open = EpisodeRows.lock(unit, key);
        if (open.isEmpty() || Micros.of(open.get().episode().times().lastSeen()) > time) {
            return unchanged(open);
        }
        EpisodeRows.close(unit, open.get().id(), Episode.State.IDLE);
        journal.note(key, Ledger.Kind.RESET, "its episode is over: not seen any more");
        return new Result.Closed(open.get().episode(), Optional.empty());
    }

    private static Result unchanged(Optional<EpisodeRows.Row> open) {
        return open.<Result>map(Result.Lasts::new).orElseGet(Result.Nothing::new);
    }

    /** Messages are locked before the episode, as by whoever delivers one. */
    private Result close(Journal journal, Key key, boolean gathered) throws SQLException {
        UnitOfWork unit = journal.unit();
        Optional<EpisodeRows.Row> open = EpisodeRows.find(unit, key);
        int withdrawn = 0;
        if (open.isPresent() && plans.watched(key).filter(Watched::withdraws).isPresent()) {
            withdrawn = withdraw(journal, key, open.get().id());
        }
        open = EpisodeRows.lock(unit, key);
        if (open.isEmpty()) {
            return new Result.Nothing();
        }
        Instant now = Micros.instant(unit.now());
        Instant end = open.get().safeSince().map(Micros::instant).orElse(now);
        EpisodeRows.close(unit, open.get().id(), Episode.State.RECOVERED);
        journal.note(key, Ledger.Kind.RESET, AllClear.sentence(open.get().episode(), end) + takenBack(withdrawn));
        Optional<Long> told = open.get().episode().times().notifiedAt().isPresent()
                ? allClear.tell(journal, open.get(), end, gathered)
                : Optional.empty();
        return new Result.Closed(closed(open.get().episode(), now), told);
    }

    private int withdraw(Journal journal, Key key, long episode) throws SQLException {
        for (long id : Rows.list(journal.unit(), HALF_TOLD, row -> row.getLong(1), episode)) {
            settling.withdrawRest(journal, id, BY);
        }
        int withdrawn = 0;
        // The plus takes an index out of the choice: a key has far fewer messages than are pending.
        String aside = Phrases.aside(journal.unit().dialect());
        String sql = WITHDRAWABLE.formatted(aside, aside);
        for (long id : Rows.list(journal.unit(), sql, row -> row.getLong(1), key.text())) {
            withdrawn += settling.withdraw(journal, id, BY) ? 1 : 0;
        }
        return withdrawn;
    }

    private static Episode closed(Episode episode, Instant at) {
        Episode.Times times = episode.times();
        return new Episode(
                episode.id(),
                episode.key(),
                new Episode.Times(times.openedAt(), times.lastSeen(), times.notifiedAt(), Optional.of(at)),
                episode.counts(),
                episode.opening(),
                Episode.State.RECOVERED);
    }
}
