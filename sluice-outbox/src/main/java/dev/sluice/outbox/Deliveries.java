package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Per;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of deliveries, within a unit of work. Who tries one holds it by an attempt lease. */
final class Deliveries {
    /** One to whom the channel knows best. */
    static final String CHANNEL_KNOWS = "";

    private static final String COLUMNS =
            "select id, message_id, channel, recipient, idempotency_key, state, attempts, started_at, owner"
                    + " from sluice_delivery ";

    private static final String INSERT = "insert into sluice_delivery (message_id, flow, channel, recipient,"
            + " idempotency_key, state, attempts, due_at, last_start, named, owner, note, grouped, looked_up)"
            + " values (?, ?, ?, ?, ?, 'waiting', 0, ?, ?, ?, '', '', ?, ?)";

    private final Plans plans;
    private final Receivers receivers;
    private final String owner;
    private final String nextDue;
    private final String neverSent;
    private final String overdue;
    private final String comeBack;
    private final String setAside;
    private final String abandoned;

    /** @param owner names this process among those that ever used the database */
    Deliveries(Plans plans, Receivers receivers, String owner) {
        this.plans = plans;
        this.receivers = receivers;
        this.owner = owner;
        String known = " and flow in (" + plans.sqlList() + ") ";
        nextDue = COLUMNS + "where state = 'waiting' and channel = ? and due_at <= ? and last_start >= ?" + known
                + "order by due_at, id limit 1%s";
        neverSent = COLUMNS + "where state = 'waiting' and last_start < ?" + known + "order by last_start limit ?";
        overdue = COLUMNS + "where state = 'sending' and due_at <= ?" + known + "order by due_at limit ?";
        comeBack = "update sluice_delivery set due_at = ? where state = 'waiting' and due_at is null" + known;
        setAside = "update sluice_delivery set due_at = null where state = 'waiting' and due_at is not null"
                + " and flow not in (" + plans.sqlList() + ")";
        abandoned = COLUMNS + "where state = 'sending' and owner <> ?" + known + "order by due_at limit ?";
    }

    /** A row. */
    record Delivery(
            long id, long message, Route route, DeliveryState state, int attempts, long startedAt, String owner) {}

    /** Where a delivery goes, and the name by which its receiver can tell a twin. */
    record Route(String channel, String recipient, String idempotencyKey) {}

    /**
     * An attempt that this process may make.
     *
     * @param startedAt begin of its lease
     * @param length of its lease
     */
    record Attempt(long delivery, Route route, int number, long startedAt, Duration length, Message message) {
        /** The part of the lease that the channel may use: the rest is for writing the outcome down. */
        private static final double SHARE_OF_CHANNEL = 0.8;

        /** End of its lease. */
        long until() {
            return startedAt + Micros.of(length);
        }

        /** How long the channel may take from now on; 0 if too little is left of that to begin at all. */
        Duration left(long now) {
            long whole = Math.round((double) Micros.of(length) * SHARE_OF_CHANNEL);
            long left = Math.min(whole, startedAt + whole - now);
            return left < whole / 2 ? Duration.ZERO : Duration.ofMillis(left / 1000);
        }

        /** What is handed to the channel {@code timeout} before it must be done. */
        Outgoing outgoing(Duration timeout) {
            return new Outgoing(message, route.recipient(), route.idempotencyKey(), number, timeout);
        }
    }

    /**
     * Where a message of the flow goes; once to each, however often and under however many spellings it is named.
     *
     * @param named to whom it goes over a channel; empty for those of the channel
     */
    List<Target> targets(FlowPlan plan, List<String> named) {
        List<Target> targets = new ArrayList<>();
        if (named.isEmpty() && plan.sending().addresses().isPresent()) {
            plan.channels().forEach(channel -> targets.add(new Target(channel, CHANNEL_KNOWS)));
            return targets;
        }
        for (String channel : plan.channels()) {
            List<String> all = named.isEmpty() ? receivers.own(channel) : named;
            (all.isEmpty() ? List.of(CHANNEL_KNOWS) : all)
                    .forEach(recipient -> targets.add(new Target(channel, recipient)));
        }
        return receivers.once(targets);
    }

    /**
     * To whom a message goes.
     *
     * @param named whether the occurrence itself said to whom
     * @param context with what it goes out
     */
    record To(List<Target> targets, boolean named, Occurrence.Context context) {
        /** To them, by itself. */
        To(List<Target> targets, boolean named) {
            this(targets, named, Occurrence.Context.NONE);
        }
    }

    /** One for each receiver over each channel. */
    List<Target> once(List<Target> targets) {
        return receivers.once(targets);
    }

    /** One row for each target. */
    void insert(UnitOfWork unit, long message, FlowPlan plan, To to, long twin) throws SQLException {
        long lastStart = times(plan).lastStart(giveUpAt(unit, plan));
        boolean lookedUp = !to.named && plan.sending().addresses().isPresent();
        Optional<String> group = lookedUp ? Optional.empty() : to.context.group();
        int number = 0;
        for (Target target : to.targets) {
            number++;
            Rows.update(
                    unit,
                    INSERT,
                    message,
                    plan.name(),
                    target.channel(),
                    target.recipient(),
                    "%d-%016x-%d".formatted(message, twin, number),
                    group.isEmpty() ? unit.now() : unit.now() + groupWait(plan, to.context),
                    lastStart,
                    to.named ? 1 : 0,
                    group.orElse(null),
                    lookedUp ? 1 : 0);
        }
    }

    private static long groupWait(FlowPlan plan, Occurrence.Context context) {
        Duration wait = plan.sending().groupWait();
        return Micros.of(wait.isZero() && context.gathered() ? Gathering.LONGEST : wait);
    }

    /** Where the digest of a budget goes, of what was refused at {@code refused}. */
    List<Target> ofBudget(List<Target> refused) {
        List<Target> targets = new ArrayList<>();
        for (Target target : refused) {
            targets.addAll(target.recipient().isEmpty() ? receivers.ownTargets(target.channel()) : List.of(target));
        }
        if (targets.isEmpty()) {
            plans.operatorChannels().forEach(channel -> targets.addAll(receivers.ownTargets(channel)));
        }
        return receivers.once(targets);
    }

    /**
     * Whether the digest of a budget reaches anybody with what it refused of a flow. What it cannot tell is not left to
     * it.
     */
    boolean reaches(Key budget, FlowPlan plan) {
        boolean toOthers = plan.budgets().stream()
                .anyMatch(each -> each.per() != Per.RECIPIENT && each.name().equals(budget.variant()));
        if (!toOthers && !plan.channels().isEmpty()) {
            return true;
        }
        return plan.channels().stream().anyMatch(this::goesByItself)
                || plans.operatorChannels().stream().anyMatch(this::goesByItself);
    }

    private boolean goesByItself(String channel) {
        return !receivers.ownTargets(channel).isEmpty();
    }

    /** Those whom the occurrence of a message named itself; empty if it went to those of its channels. */
    static List<String> named(UnitOfWork unit, long message) throws SQLException {
        return Rows.list(
                unit,
                "select distinct recipient from sluice_delivery where message_id = ? and named = 1",
                row -> row.getString(1),
                message);
    }

    /** When a message that is stored now is given up. */
    static long giveUpAt(UnitOfWork unit, FlowPlan plan) {
        return unit.now() + Micros.of(plan.onFailure().giveUp());
    }

    RetryTimes times(FlowPlan plan) {
        return new RetryTimes(plan.onFailure(), Micros.of(plans.attemptLength(plan)));
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

    /** Leases the next due delivery of a channel to this process. */
    Optional<Attempt> lease(UnitOfWork unit, String channel) throws SQLException {
        Optional<Delivery> due = Rows.find(
                unit,
                nextDue.formatted(Phrases.lockedOrSkipped(unit.dialect())),
                Deliveries::delivery,
                channel,
                unit.now(),
                unit.now());
        if (due.isEmpty()) {
            return Optional.empty();
        }
        Delivery next = due.get();
        // Loaded before anything says that it is being sent: what cannot be read was not tried either.
        Message message = MessageViews.find(unit, next.message())
                .orElseThrow(() -> new IllegalStateException("delivery " + next.id() + " has no message"));
        Duration length = plans.attemptLength(plans.get(message.key()));
        Attempt attempt = new Attempt(next.id(), next.route(), next.attempts() + 1, unit.now(), length, message);
        Rows.update(
                unit,
                "update sluice_delivery set state = 'sending', attempts = attempts + 1, started_at = ?, due_at = ?,"
                        + " owner = ? where id = ?",
                unit.now(),
                attempt.until(),
                owner,
                next.id());
        return Optional.of(attempt);
    }

    /** How many of each flow wait for a channel. */
    static Map<String, Long> waiting(SqlStore store, String channel) {
        String sql =
                "select flow, count(*) as n from sluice_delivery where state = 'waiting' and channel = ? group by flow";
        return store.query(connection -> {
            Map<String, Long> waiting = new TreeMap<>();
            Rows.list(connection, sql, row -> waiting.put(row.getString("flow"), row.getLong("n")), channel);
            return waiting;
        });
    }

    /** The attempt that a row stands for, if this process makes it. */
    boolean mine(Delivery row, Attempt attempt) {
        return row.state() == DeliveryState.SENDING
                && row.owner().equals(owner)
                && row.attempts() == attempt.number()
                && row.startedAt() == attempt.startedAt();
    }

    Optional<Delivery> find(UnitOfWork unit, long id) throws SQLException {
        return Rows.find(unit, COLUMNS + "where id = ?", Deliveries::delivery, id);
    }

    List<Delivery> of(UnitOfWork unit, long message) throws SQLException {
        return Rows.list(unit, COLUMNS + "where message_id = ? order by id", Deliveries::delivery, message);
    }

    /** As {@link #of}; until the commit nobody begins to send one. */
    List<Delivery> lock(UnitOfWork unit, long message) throws SQLException {
        String sql = COLUMNS + "where message_id = ? order by id" + Phrases.locked(unit.dialect());
        return Rows.list(unit, sql, Deliveries::delivery, message);
    }

    /** Those that wait for a later time wait {@code by} microseconds less. */
    static void bringForward(UnitOfWork unit, long by) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set due_at = due_at - ? where state = 'waiting' and due_at > ?",
                by,
                unit.now());
    }

    /** Those whose attempt lease is over: their process died, or their channel hangs. */
    List<Delivery> expired(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, overdue, Deliveries::delivery, unit.now(), limit);
    }

    /** Those that another process was sending when it ended. */
    List<Delivery> abandoned(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, abandoned, Deliveries::delivery, owner, limit);
    }

    /** Those that were not sent in time: another attempt could end after their message is given up. */
    List<Delivery> tooLate(UnitOfWork unit, int limit) throws SQLException {
        return Rows.list(unit, neverSent, Deliveries::delivery, unit.now(), limit);
    }

    static void close(UnitOfWork unit, long id, DeliveryState state, String note) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set state = ?, due_at = null, note = ? where id = ?",
                state.word(),
                note,
                id);
    }

    /** An attempt of the message may have reached its receiver, though nobody said so. */
    static boolean mayHaveArrived(UnitOfWork unit, long message) throws SQLException {
        String sql = "select 1 from sluice_delivery where message_id = ? and unsure = 1 limit 1";
        return Rows.find(unit, sql, row -> row.getInt(1), message).isPresent();
    }

    /** See {@link #mayHaveArrived}. */
    static void unsure(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_delivery set unsure = 1 where id = ?", id);
    }

    static void waitUntil(UnitOfWork unit, long id, long at, String note) throws SQLException {
        Rows.update(
                unit, "update sluice_delivery set state = 'waiting', due_at = ?, note = ? where id = ?", at, note, id);
    }

    /** The attempt never began: it does not count. */
    static void giveBack(UnitOfWork unit, long id, String note) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set state = 'waiting', attempts = attempts - 1, due_at = ?, note = ?"
                        + " where id = ?",
                unit.now(),
                note,
                id);
    }

    private static Route route(ResultSet row) throws SQLException {
        return new Route(row.getString("channel"), row.getString("recipient"), row.getString("idempotency_key"));
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                row.getLong("id"),
                row.getLong("message_id"),
                route(row),
                DeliveryState.of(row.getString("state")),
                row.getInt("attempts"),
                row.getLong("started_at"),
                row.getString("owner"));
    }
}
