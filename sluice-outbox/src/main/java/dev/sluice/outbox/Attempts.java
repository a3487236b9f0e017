package dev.sluice.outbox;

import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who tries which delivery: whoever does holds it by an attempt lease. */
final class Attempts {
    /** A part of a batch is not sent while the rest may be on its way. */
    private static final String WHOLE = " and (batch is null or not exists (select 1 from sluice_delivery as other"
            + " where other.batch = sluice_delivery.batch and other.state = 'sending'))";

    private static final String LEASE =
            "update sluice_delivery set state = 'sending', attempts = attempts + 1, started_at = ?, due_at = ?,"
                    + " owner = ?, batch = ? where id = ?";

    private final Plans plans;
    private final String owner;
    private final String nextDue;
    private final String neverSent;
    private final String overdue;
    private final String comeBack;
    private final String setAside;
    private final String abandoned;

    /** @param owner names this process among those that ever used the database */
    Attempts(Plans plans, String owner) {
        this.plans = plans;
        this.owner = owner;
        String known = " and flow in (" + plans.sqlList() + ") ";
        nextDue = Deliveries.COLUMNS + "where state = 'waiting' and channel = ? and due_at <= ? and last_start >= ?"
                + known + WHOLE + " order by due_at, id limit 1%s";
        neverSent = Deliveries.COLUMNS + "where state = 'waiting' and last_start < ?" + known
                + "order by last_start limit ?";
        overdue = Deliveries.COLUMNS + "where state = 'sending' and due_at <= ?" + known + "order by due_at limit ?";
        comeBack = "update sluice_delivery set due_at = ? where state = 'waiting' and due_at is null" + known;
        setAside = "update sluice_delivery set due_at = null where state = 'waiting' and due_at is not null"
                + " and flow not in (" + plans.sqlList() + ")";
        abandoned = Deliveries.COLUMNS + "where state = 'sending' and owner <> ?" + known + "order by due_at limit ?";
    }

    /**
     * Takes what belongs to flows that left the configuration out of the way of the others, and brings back what belongs
     * to those that returned; once at the start, because the flows do not change later. In a shared database nothing is
     * taken away: another server may know the flow.
     *
     * @return how many are left aside
     */
    int setAside(UnitOfWork unit) throws SQLException {
        Rows.update(unit, comeBack, unit.now());
        return unit.dialect().isShared() ? 0 : Rows.update(unit, setAside);
    }

    /** Leases the next due delivery of a channel to this process, and those that go out with it. */
    Optional<Attempt> lease(UnitOfWork unit, String channel) throws SQLException {
        Optional<Deliveries.Delivery> due = Rows.find(
                unit,
                nextDue.formatted(Phrases.lockedOrSkipped(unit.dialect())),
                Deliveries::delivery,
                channel,
                unit.now(),
                unit.now());
        if (due.isEmpty()) {
            return Optional.empty();
        }
        boolean grouped = due.get().route().group().isPresent();
        List<Deliveries.Delivery> all = grouped ? Batch.with(unit, due.get()) : List.of(due.get());
        return all.isEmpty() ? Optional.empty() : Optional.of(lease(unit, all));
    }

    private Attempt lease(UnitOfWork unit, List<Deliveries.Delivery> all) throws SQLException {
        Deliveries.Route first = all.get(0).route();
        Optional<String> batch = first.group().map(group -> first.batch().orElse(first.idempotencyKey()));
        // Loaded before anything says that it is being sent: what cannot be read was not tried either.
        List<Attempt.Part> parts = Batch.parts(unit, all);
        Duration length = plans.attemptLength(plans.get(parts.get(0).message().key()));
        Attempt attempt = new Attempt(parts, first, batch.orElse(first.idempotencyKey()), unit.now(), length);
        for (Deliveries.Delivery each : all) {
            Rows.update(unit, LEASE, unit.now(), attempt.until(), owner, batch.orElse(null), each.id());
        }
        return attempt;
    }

    /** Whether a row stands for this part of an attempt, and this process makes it. */
    boolean mine(Deliveries.Delivery row, Attempt attempt, Attempt.Part part) {
        return row.state() == DeliveryState.SENDING
                && row.owner().equals(owner)
                && row.attempts() == part.number()
                && row.startedAt() == attempt.startedAt();
    }

    /** Those whose attempt lease is over: their process died, or their channel hangs. */
    List<Deliveries.Delivery> expired(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, overdue, Deliveries::delivery, unit.now(), limit);
    }

    /** Those that another process was sending when it ended. */
    List<Deliveries.Delivery> abandoned(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, abandoned, Deliveries::delivery, owner, limit);
    }

    /** Those that were not sent in time: another attempt could end after their message is given up. */
    List<Deliveries.Delivery> tooLate(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, neverSent, Deliveries::delivery, unit.now(), limit);
    }
}
