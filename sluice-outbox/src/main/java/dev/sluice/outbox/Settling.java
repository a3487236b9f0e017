package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * What the outcome of an attempt does: to its delivery, and, when that decides it, to the message, its claim and the
 * books; all in one unit of work.
 */
final class Settling {
    private static final String NOT_BEGUN = "an attempt did not begin in time";

    /** Where the flow of a delivery that was looked up does so no longer. */
    private static final Duration SWEEP = Duration.ofSeconds(30);

    /** Between two last looks of which one failed. */
    private static final long LOOKUP_REST = Micros.of(Duration.ofSeconds(5));

    private final Plans plans;
    private final Deliveries deliveries;
    private final Attempts attempts;
    private final AllClear allClear;
    private final RandomGenerator random;

    Settling(Plans plans, Deliveries deliveries, Attempts attempts, AllClear allClear, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.allClear = allClear;
        this.random = random;
    }

    /** Writes down what became of an attempt, for each of its parts; repeating it changes nothing. */
    List<Ended> record(Journal journal, Attempt attempt, Tried tried) throws SQLException {
        List<Ended> ended = new ArrayList<>();
        for (Attempt.Part part : attempt.parts()) {
            ended.add(new Ended(part.message().id(), record(journal, attempt, part, tried)));
        }
        return ended;
    }

    /** Where a message is after one of its deliveries was tried. */
    record Ended(long message, MessageState state) {}

    private MessageState record(Journal journal, Attempt attempt, Attempt.Part part, Tried tried) throws SQLException {
        UnitOfWork unit = journal.unit();
        Deliveries.Delivery row = Deliveries.find(unit, part.delivery()).orElse(null);
        if (row == null) {
            return MessageState.DELIVERED;
        }
        Messages.Stored message = require(unit, row.message());
        if (tried instanceof Tried.Given given && given.receipt() instanceof Receipt.Accepted accepted) {
            accepted(journal, row, message, accepted);
        } else if (attempts.mine(row, attempt, part)) {
            notAccepted(journal, row, message, tried);
            withdrawUnwanted(journal, message);
        }
        return end(journal, message);
    }

    private void notAccepted(Journal journal, Deliveries.Delivery row, Messages.Stored message, Tried tried)
            throws SQLException {
        UnitOfWork unit = journal.unit();
        if (tried instanceof Tried.Given given) {
            notAccepted(journal, row, message, given.receipt());
        } else if (tried instanceof Tried.NotBegun) {
            Deliveries.giveBack(unit, row.id(), NOT_BEGUN);
        } else if (tried instanceof Tried.NoAddress) {
            Deliveries.lost(unit, row.id(), unit.now() + sweep(message));
        } else if (tried instanceof Tried.NoLookup failed) {
            String why = "the last look failed: " + failed.why();
            Deliveries.giveBack(unit, row.id(), unit.now() + LOOKUP_REST, why);
        } else if (tried instanceof Tried.Unwanted unwanted) {
            unwanted(journal, row, message, unwanted.why());
        } else {
            Deliveries.close(unit, row.id(), DeliveryState.WITHDRAWN, "each address has a delivery of its own");
            closed(journal, message);
        }
    }

    /** What may have arrived keeps its slot: somebody may have it. */
    private void unwanted(Journal journal, Deliveries.Delivery row, Messages.Stored message, String why)
            throws SQLException {
        boolean unsure = Deliveries.isUnsure(journal.unit(), row.id());
        DeliveryState end = unsure ? DeliveryState.ASSUMED : DeliveryState.WITHDRAWN;
        String note = (unsure ? "outcome unknown, not sent again: " : "withdrawn by the last look: ") + why;
        Deliveries.close(journal.unit(), row.id(), end, note);
        journal.note(
                message.key(),
                Ledger.Kind.SETTLE,
                "delivery %d of message %d was %s".formatted(row.id(), message.id(), note));
        closed(journal, message);
    }

    private long sweep(Messages.Stored message) {
        return Micros.of(plans.get(message.key()).sending().sweep().orElse(SWEEP));
    }

    /** Nobody knows what became of this attempt: its lease is over, or its process ended. */
    MessageState unknown(Journal journal, Deliveries.Delivery row, String why) throws SQLException {
        Messages.Stored message = require(journal.unit(), row.message());
        notAccepted(journal, row, message, new Receipt.Unknown(why));
        return end(journal, message);
    }

    /** The attempt was never handed to its channel: as if it had not been leased. */
    MessageState notBegun(Journal journal, Deliveries.Delivery row) throws SQLException {
        Messages.Stored message = require(journal.unit(), row.message());
        Deliveries.giveBack(journal.unit(), row.id(), NOT_BEGUN);
        return end(journal, message);
    }

    /** No attempt can start any more that would end in time. */
    MessageState tooLate(Journal journal, Deliveries.Delivery row) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.Stored message = require(unit, row.message());
        Deliveries.close(unit, row.id(), DeliveryState.DEAD, "given up: not delivered in time");
        closed(journal, message);
        return end(journal, message);
    }

    private static MessageState end(Journal journal, Messages.Stored message) throws SQLException {
        journal.touch(message.key());
        return require(journal.unit(), message.id()).state();
    }

    private void accepted(Journal journal, Deliveries.Delivery row, Messages.Stored message, Receipt.Accepted receipt)
            throws SQLException {
        if (row.state() == DeliveryState.ACCEPTED) {
            return;
        }
        if (!row.state().open()) {
            journal.note(
                    message.key(),
                    Ledger.Kind.SETTLE,
                    "delivery %d of message %d was accepted after it was %s"
                            .formatted(row.id(), message.id(), row.state().word()));
            if (row.state() != DeliveryState.DEAD) {
                return;
            }
        }
        Deliveries.close(journal.unit(), row.id(), DeliveryState.ACCEPTED, receipt.detail());
        if (message.state() == MessageState.PENDING) {
            ending(journal, message).delivered();
        } else if (message.state() == MessageState.DEAD) {
            ending(journal, message).deliveredLate();
        }
        closed(journal, message);
        allClear.delivered(journal, message);
    }

    /** What was being sent when its episode ended, and did not arrive, is not tried again. */
    private void withdrawUnwanted(Journal journal, Messages.Stored message) throws SQLException {
        if (allClear.isUnwanted(journal.unit(), message) && !Deliveries.mayHaveArrived(journal.unit(), message.id())) {
            withdraw(journal, message.id(), Recovery.BY);
        }
    }

    private void notAccepted(Journal journal, Deliveries.Delivery row, Messages.Stored message, Receipt receipt)
            throws SQLException {
        UnitOfWork unit = journal.unit();
        if (receipt instanceof Receipt.Unreachable unreachable) {
            Deliveries.giveBack(unit, row.id(), "channel unreachable: " + unreachable.why());
        } else if (receipt instanceof Receipt.Refused refused && refused.permanent()) {
            Deliveries.close(unit, row.id(), DeliveryState.DEAD, "refused for good: " + refused.why());
            closed(journal, message);
        } else if (receipt instanceof Receipt.Refused refused) {
            again(journal, row, message, "refused: " + refused.why(), wish(refused));
        } else if (receipt instanceof Receipt.Unknown unknown && rule(message).onLost() == OnLost.DROP) {
            Deliveries.close(
                    unit, row.id(), DeliveryState.ASSUMED, "outcome unknown, not sent again: " + unknown.why());
            closed(journal, message);
        } else if (receipt instanceof Receipt.Unknown unknown) {
            Deliveries.unsure(unit, row.id());
            again(journal, row, message, "outcome unknown: " + unknown.why(), 0);
        }
    }

    /** In microseconds; a wish that no message outlives is as good as any longer one. */
    private static long wish(Receipt.Refused refused) {
        Duration wish = refused.retryAfter();
        return Micros.of(wish.compareTo(Micros.LONGEST) > 0 ? Micros.LONGEST : wish);
    }

    private void again(Journal journal, Deliveries.Delivery row, Messages.Stored message, String why, long wish)
            throws SQLException {
        UnitOfWork unit = journal.unit();
        RetryTimes.Failed failed = new RetryTimes.Failed(row.attempts(), row.startedAt(), unit.now(), wish);
        OptionalLong next =
                deliveries.times(plans.get(message.key())).next(failed, message.giveUpAt(), random.nextDouble());
        if (next.isPresent()) {
            Deliveries.waitUntil(unit, row.id(), next.getAsLong(), why);
        } else {
            Deliveries.close(
                    unit, row.id(), DeliveryState.DEAD, "given up after attempt " + row.attempts() + ", " + why);
            closed(journal, message);
        }
    }

    /** A delivery was closed: when none is open any more, the message ends with the best that they gave. */
    private void closed(Journal journal, Messages.Stored before) throws SQLException {
        UnitOfWork unit = journal.unit();
        List<Deliveries.Delivery> all = Deliveries.of(unit, before.id());
        if (all.stream().anyMatch(delivery -> delivery.state().open())) {
            return;
        }
        Messages.Stored message = require(unit, before.id());
        if (message.state() == MessageState.PENDING) {
            MessageEnd end = ending(journal, message);
            if (all.stream().anyMatch(delivery -> delivery.state() == DeliveryState.ASSUMED)) {
                end.assumed();
            } else if (all.stream().allMatch(delivery -> delivery.state() == DeliveryState.WITHDRAWN)) {
                end.withdrawn();
            } else {
                end.dead();
            }
        }
        Messages.close(unit, message.id());
    }

    /**
     * Takes a message back that was not delivered and is not being sent just now.
     *
     * @return whether it could
     */
    boolean withdraw(Journal journal, long id, String by) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.lock(unit, id);
        Messages.Stored message = Messages.find(unit, id).orElse(null);
        if (message == null
                || message.state() != MessageState.PENDING
                || plans.rule(message.key()).isEmpty()) {
            return false;
        }
        List<Deliveries.Delivery> all = Deliveries.lock(unit, id);
        if (all.stream().anyMatch(delivery -> delivery.state() == DeliveryState.SENDING)) {
            return false;
        }
        withdrawWaiting(unit, all, by);
        ending(journal, message).withdrawn();
        journal.note(message.key(), Ledger.Kind.ACTION, "message " + id + " was withdrawn by " + by);
        Messages.close(unit, id);
        return true;
    }

    /**
     * Makes the next attempt of a message that waits for a later time due now.
     *
     * @return whose message it is; empty if there was no such attempt
     */
    static Optional<Key> hasten(Journal journal, long id, String by) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.lock(unit, id);
        Messages.Stored message = Messages.find(unit, id).orElse(null);
        if (message == null || message.state() != MessageState.PENDING || Deliveries.dueNow(unit, id) == 0) {
            return Optional.empty();
        }
        journal.note(message.key(), Ledger.Kind.ACTION, "message " + id + " is tried now, as " + by + " asked");
        return Optional.of(message.key());
    }

    private static void withdrawWaiting(UnitOfWork unit, List<Deliveries.Delivery> all, String by) throws SQLException {
        for (Deliveries.Delivery delivery : all) {
            if (delivery.state() == DeliveryState.WAITING) {
                Deliveries.close(unit, delivery.id(), DeliveryState.WITHDRAWN, "withdrawn by " + by);
            }
        }
    }

    /** Some have the message already; those who do not are not to get it any more. */
    void withdrawRest(Journal journal, long id, String by) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.lock(unit, id);
        Messages.Stored message = Messages.find(unit, id).orElse(null);
        if (message != null && message.state() == MessageState.DELIVERED) {
            withdrawWaiting(unit, Deliveries.lock(unit, id), by);
            closed(journal, message);
        }
    }

    private MessageEnd ending(Journal journal, Messages.Stored message) {
        return new MessageEnd(journal, message, rule(message), plans.get(message.key()));
    }

    private Rule rule(Messages.Stored message) {
        return plans.rule(message.key())
                .orElseThrow(() -> new IllegalStateException("no rule is known for " + message.key()));
    }

    private static Messages.Stored require(UnitOfWork unit, long message) throws SQLException {
        return Messages.find(unit, message)
                .orElseThrow(() -> new IllegalStateException("message " + message + " is gone while it is open"));
    }
}
