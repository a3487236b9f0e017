package dev.sluice.outbox;

import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Deliveries of a group that go out as one. The first time, all that wait join whoever is due first; from then on they are
 * sent together and under one idempotency key, each time, without those that ended in between. A part of them is never sent
 * alone while others are on their way: its receiver would take it for a twin.
 */
final class Batch {
    /** Most messages that go out as one. */
    static final int MOST = 500;

    private static final String OF_GROUP =
            "where state = 'waiting' and grouped = ? and flow = ? and channel = ? and recipient = ?"
                    + " and batch is null and last_start >= ? order by id limit ?";

    private static final String OF_BATCH =
            "where state = 'waiting' and batch = ? and last_start >= ? order by id limit ?";

    private Batch() {}

    /** Those that go out with {@code due}, itself among them; nobody else begins one. None if somebody else is about to. */
    static List<Deliveries.Delivery> with(UnitOfWork unit, Deliveries.Delivery due) throws SQLException {
        Deliveries.Route route = due.route();
        Object[] values = route.batch().isPresent()
                ? new Object[] {route.batch().get(), unit.now(), MOST}
                : new Object[] {
                    route.group().orElseThrow(), route.flow(), route.channel(), route.recipient(), unit.now(), MOST
                };
        String which = route.batch().isPresent() ? OF_BATCH : OF_GROUP;
        String lock = Phrases.lockedOrSkipped(unit.dialect());
        List<Deliveries.Delivery> locked =
                Rows.list(unit, Deliveries.COLUMNS + which + lock, Deliveries::delivery, values);
        long waiting = Rows.find(
                        unit,
                        "select count(*) as n from (select id from sluice_delivery " + which + ") as waiting",
                        (ResultSet row) -> row.getLong("n"),
                        values)
                .orElse(0L);
        return locked.size() == waiting ? locked : List.of();
    }

    /** The parts of an attempt of these deliveries, each with its message. */
    static List<Attempt.Part> parts(UnitOfWork unit, List<Deliveries.Delivery> all) throws SQLException {
        List<Attempt.Part> parts = new ArrayList<>();
        for (Deliveries.Delivery each : all) {
            Message message = MessageViews.find(unit, each.message())
                    .orElseThrow(() -> new IllegalStateException("delivery " + each.id() + " has no message"));
            parts.add(new Attempt.Part(each.id(), each.attempts() + 1, message));
        }
        return parts;
    }
}
