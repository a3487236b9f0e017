package dev.sluice.outbox;

import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What the lanes share: how attempts are leased, loaded and written down. Calls wait for the database. */
final class Desk {
    /** Between two tries to write something down while the database is away. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final SqlStore store;
    private final Deliveries deliveries;
    private final Settling settling;
    private final CrashPoints crashes;

    Desk(SqlStore store, Deliveries deliveries, Settling settling, CrashPoints crashes) {
        this.store = store;
        this.deliveries = deliveries;
        this.settling = settling;
        this.crashes = crashes;
    }

    CrashPoints crashes() {
        return crashes;
    }

    long now() {
        return store.now();
    }

    Optional<Deliveries.Attempt> lease(String channel) {
        Optional<Deliveries.Attempt> leased = await(store.transact(unit -> {
            Optional<Deliveries.Attempt> attempt = deliveries.lease(unit, channel);
            if (attempt.isPresent()) {
                crashes.pass(CrashPoints.Point.LEASE_BEFORE_COMMIT);
            }
            return attempt;
        }));
        if (leased.isPresent()) {
            crashes.pass(CrashPoints.Point.LEASE_AFTER_COMMIT);
        }
        return leased;
    }

    /** Whether the channel has a delivery due. */
    boolean due(String channel) {
        String sql = "select 1 from sluice_delivery where state = 'waiting' and channel = ? and due_at <= ? limit 1";
        long now = store.now();
        return !store.query(connection -> Rows.list(connection, sql, row -> row.getInt(1), channel, now))
                .isEmpty();
    }

    /** Begins to write down what an attempt gave; {@link #recorded} waits for it. */
    CompletionStage<MessageState> record(Deliveries.Attempt attempt, Receipt receipt) {
        return store.transact(unit -> {
            MessageState after = settling.record(unit, attempt, receipt);
            crashes.pass(CrashPoints.Point.SETTLE_BEFORE_COMMIT);
            return after;
        });
    }

    void recorded(Deliveries.Attempt attempt, CompletionStage<MessageState> written) {
        MessageState state = await(written);
        crashes.pass(CrashPoints.Point.SETTLE_AFTER_COMMIT);
        warn(attempt.message().id(), state);
    }

    /** Ends what nobody else will end: attempts of an earlier process, hanging ones, deliveries past their time. */
    int clear(int limit, boolean earlier) {
        Map<Long, MessageState> ended = await(store.transact(unit -> {
            Map<Long, MessageState> states = new LinkedHashMap<>();
            for (Deliveries.Delivery row :
                    earlier ? deliveries.abandoned(unit, limit) : deliveries.expired(unit, limit)) {
                String why = earlier ? "the process that tried ended" : "the attempt's lease is over";
                states.put(row.message(), settling.unknown(unit, row, why));
            }
            for (Deliveries.Delivery row : deliveries.tooLate(unit, limit)) {
                states.put(row.message(), settling.tooLate(unit, row));
            }
            return states;
        }));
        ended.forEach(Desk::warn);
        return ended.size();
    }

    private static void warn(long message, MessageState state) {
        if (state == MessageState.DEAD) {
            LOG.log(Level.WARNING, "Message {0} is dead: all its deliveries were given up", Long.toString(message));
        }
    }

    /** Waits for the store, and throws what it fails with. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw new StoreException(cause.getMessage() == null ? "the store failed" : cause.getMessage(), cause);
            }
            throw e;
        }
    }
}
