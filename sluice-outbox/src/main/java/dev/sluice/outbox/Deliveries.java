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

/** The rows of deliveries, within a unit of work. */
final class Deliveries {
    /** One to whom the channel knows best. */
    static final String CHANNEL_KNOWS = "";

    static final String COLUMNS =
            "select id, message_id, flow, channel, recipient, idempotency_key, grouped, batch, looked_up, state, attempts,"
                    + " started_at, owner from sluice_delivery ";

    private static final String DUE = "update sluice_delivery set due_at = ? where message_id = ?"
            + " and state = 'waiting' and grouped is not null and batch is null and due_at > ?";

    private static final String LOST =
            "update sluice_delivery set state = 'waiting', attempts = attempts - 1, due_at = ?,"
                    + " lost_since = coalesce(lost_since, ?), note = 'there is no address' where id = ?";

    private static final String INSERT = "insert into sluice_delivery (message_id, flow, channel, recipient,"
            + " idempotency_key, state, attempts, due_at, last_start, named, owner, note, grouped, looked_up)"
            + " values (?, ?, ?, ?, ?, 'waiting', 0, ?, ?, ?, '', '', ?, ?)";

    private final Plans plans;
    private final Receivers receivers;

    Deliveries(Plans plans, Receivers receivers) {
        this.plans = plans;
        this.receivers = receivers;
    }

    /** A row. */
    record Delivery(
            long id, long message, Route route, DeliveryState state, int attempts, long startedAt, String owner) {}

    /**
     * Where a delivery goes, and with what.
     *
     * @param idempotencyKey the name by which its receiver can tell a twin
     * @param group with whom it goes out as one
     * @param batch the idempotency key of those that it went out with
     * @param lookedUp whether its recipient is looked up before each attempt
     */
    record Route(
            String flow,
            String channel,
            String recipient,
            String idempotencyKey,
            Optional<String> group,
            Optional<String> batch,
            boolean lookedUp) {
        /** The same to another recipient. */
        Route to(String other) {
            return new Route(flow, channel, other, idempotencyKey, group, batch, lookedUp);
        }
    }

    /**
     * Where a message of the flow goes; once to each, however often and under however many spellings it is named.
     *
     * @param named to whom it goes over a channel; empty for those of the channel
     */
    List<Target> targets(FlowPlan plan, List<String> named) {
        List<Target> targets = new ArrayList<>();
        if (named.isEmpty() && plan.sending().looksUp()) {
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

    /** Each of these recipients once, without those who are {@code others}, however they are written. */
    List<String> without(String channel, List<String> recipients, List<String> others) {
        List<Target> all = new ArrayList<>();
        others.forEach(recipient -> all.add(new Target(channel, recipient)));
        List<Target> before = receivers.once(all);
        recipients.forEach(recipient -> all.add(new Target(channel, recipient)));
        return receivers.once(all).stream()
                .skip(before.size())
                .map(Target::recipient)
                .toList();
    }

    /** One row for each target. */
    void insert(UnitOfWork unit, long message, FlowPlan plan, To to, long twin) throws SQLException {
        insert(unit, message, plan, to, twin, times(plan).lastStart(giveUpAt(unit, plan)));
    }

    /** As {@link #insert}, of a message that was stored before. */
    void insertLate(UnitOfWork unit, Messages.Stored message, To to, long twin) throws SQLException {
        FlowPlan plan = plans.get(message.key());
        insert(unit, message.id(), plan, to, twin, times(plan).lastStart(message.giveUpAt()));
    }

    private void insert(UnitOfWork unit, long message, FlowPlan plan, To to, long twin, long lastStart)
            throws SQLException {
        boolean lookedUp = !to.named && plan.sending().looksUp();
        Optional<String> group = plan.sending().lastLook().isPresent() ? Optional.empty() : to.context.group();
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

    static Optional<Delivery> find(UnitOfWork unit, long id) throws SQLException {
        return Rows.find(unit, COLUMNS + "where id = ?", Deliveries::delivery, id);
    }

    static List<Delivery> of(UnitOfWork unit, long message) throws SQLException {
        return Rows.list(unit, COLUMNS + "where message_id = ? order by id", Deliveries::delivery, message);
    }

    /** As {@link #of}; until the commit nobody begins to send one. */
    static List<Delivery> lock(UnitOfWork unit, long message) throws SQLException {
        String sql = COLUMNS + "where message_id = ? order by id" + Phrases.locked(unit.dialect());
        return Rows.list(unit, sql, Deliveries::delivery, message);
    }

    /** Those of a group that have not gone out yet are due now; of how many messages. */
    static int due(UnitOfWork unit, List<Long> messages) throws SQLException {
        int due = 0;
        for (long message : messages) {
            due += Rows.update(unit, DUE, unit.now(), message, unit.now()) > 0 ? 1 : 0;
        }
        return due;
    }

    /** Those of a message that wait for a later time are due now; how many. */
    static int dueNow(UnitOfWork unit, long message) throws SQLException {
        String sql = "update sluice_delivery set due_at = ? where message_id = ? and state = 'waiting' and due_at > ?";
        return Rows.update(unit, sql, unit.now(), message, unit.now());
    }

    /** Those that wait for a later time wait {@code by} microseconds less. */
    static void bringForward(UnitOfWork unit, long by) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set due_at = due_at - ? where state = 'waiting' and due_at > ?",
                by,
                unit.now());
    }

    static void close(UnitOfWork unit, long id, DeliveryState state, String note) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set state = ?, due_at = null, lost_since = null, note = ? where id = ?",
                state.word(),
                note,
                id);
    }

    /** An attempt of the message may have reached its receiver, though nobody said so. */
    static boolean mayHaveArrived(UnitOfWork unit, long message) throws SQLException {
        String sql = "select 1 from sluice_delivery where message_id = ? and unsure = 1 limit 1";
        return Rows.find(unit, sql, row -> row.getInt(1), message).isPresent();
    }

    /** See {@link #mayHaveArrived}; of one delivery. */
    static boolean isUnsure(UnitOfWork unit, long id) throws SQLException {
        String sql = "select 1 from sluice_delivery where id = ? and unsure = 1";
        return Rows.find(unit, sql, row -> row.getInt(1), id).isPresent();
    }

    /** See {@link #mayHaveArrived}. */
    static void unsure(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_delivery set unsure = 1 where id = ?", id);
    }

    static void waitUntil(UnitOfWork unit, long id, long at, String note) throws SQLException {
        Rows.update(
                unit, "update sluice_delivery set state = 'waiting', due_at = ?, note = ? where id = ?", at, note, id);
    }

    /** Nobody is there to send it to: it waits for an address until {@code at}, and no attempt was used up. */
    static void lost(UnitOfWork unit, long id, long at) throws SQLException {
        Rows.update(unit, LOST, at, unit.now(), id);
    }

    /** To whom it goes is known. */
    static void address(UnitOfWork unit, long id, String recipient) throws SQLException {
        Rows.update(unit, "update sluice_delivery set recipient = ?, lost_since = null where id = ?", recipient, id);
    }

    /** The attempt never began, and may at {@code at}: it does not count. */
    static void giveBack(UnitOfWork unit, long id, long at, String note) throws SQLException {
        Rows.update(
                unit,
                "update sluice_delivery set state = 'waiting', attempts = attempts - 1, due_at = ?, note = ?"
                        + " where id = ?",
                at,
                note,
                id);
    }

    /** As {@link #giveBack(UnitOfWork, long, long, String)}, at once. */
    static void giveBack(UnitOfWork unit, long id, String note) throws SQLException {
        giveBack(unit, id, unit.now(), note);
    }

    private static Route route(ResultSet row) throws SQLException {
        return new Route(
                row.getString("flow"),
                row.getString("channel"),
                row.getString("recipient"),
                row.getString("idempotency_key"),
                Optional.ofNullable(row.getString("grouped")),
                Optional.ofNullable(row.getString("batch")),
                row.getInt("looked_up") == 1);
    }

    static Delivery delivery(ResultSet row) throws SQLException {
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
