package dev.sluice.outbox;

import dev.sluice.Step;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the lanes share: how attempts are leased, loaded and written down. Calls wait for the database. */
final class Desk {
    /** Between two tries to write something down while the database is away. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final SqlStore store;
    private final Deliveries deliveries;
    private final Settling settling;
    private final CrashPoints crashes;
    /** When things were cleared last, by a clock that may be set back; only the due-loop asks. */
    private long cleared;

    private final AtomicLong attempts = new AtomicLong();

    /** Deliveries that are leased and not handed to their channel yet, with the begin of their lease. */
    private final Map<Long, Long> unbegun = new ConcurrentHashMap<>();

    Desk(SqlStore store, Deliveries deliveries, Settling settling, CrashPoints crashes) {
        this.store = store;
        this.deliveries = deliveries;
        this.settling = settling;
        this.crashes = crashes;
    }

    CrashPoints crashes() {
        return crashes;
    }

    /** How often an attempt began or ended since the start of the process. */
    long attempts() {
        return attempts.get();
    }

    long now() {
        return store.now();
    }

    Optional<Deliveries.Attempt> lease(String channel) {
        Optional<Deliveries.Attempt> leased = await(store.transactAhead(unit -> {
            Optional<Deliveries.Attempt> attempt = deliveries.lease(unit, channel);
            if (attempt.isPresent()) {
                unbegun.put(attempt.get().delivery(), attempt.get().startedAt());
                crashes.pass(CrashPoints.Point.LEASE_BEFORE_COMMIT);
            }
            return attempt;
        }));
        if (leased.isPresent()) {
            attempts.incrementAndGet();
            crashes.pass(CrashPoints.Point.LEASE_AFTER_COMMIT);
        }
        return leased;
    }

    /**
     * Whoever leased an attempt may hand it to its channel now; not if it waited until too little of its lease was left,
     * or was taken from it.
     *
     * @return how long the channel may take
     */
    Optional<Duration> begin(Deliveries.Attempt attempt) {
        Duration left = attempt.left(store.now());
        boolean begins = !left.isZero() && unbegun.remove(attempt.delivery(), attempt.startedAt());
        return begins ? Optional.of(left) : Optional.empty();
    }

    /** Whether the channel has a delivery due. */
    boolean due(String channel) {
        String sql = "select 1 from sluice_delivery where state = 'waiting' and channel = ? and due_at <= ? limit 1";
        long now = store.now();
        return !store.query(connection -> Rows.list(connection, sql, row -> row.getInt(1), channel, now))
                .isEmpty();
    }

    /** Begins to write down what an attempt gave, nothing if it did not begin; {@link #recorded} waits for it. */
    CompletionStage<MessageState> record(Deliveries.Attempt attempt, Optional<Receipt> receipt) {
        return store.transactAhead(unit -> {
            MessageState after = receipt.isPresent()
                    ? settling.record(unit, attempt, receipt.get())
                    : settling.notBegun(unit, attempt);
            crashes.pass(CrashPoints.Point.SETTLE_BEFORE_COMMIT);
            return after;
        });
    }

    void recorded(Deliveries.Attempt attempt, CompletionStage<MessageState> written) {
        MessageState state = await(written);
        attempts.incrementAndGet();
        crashes.pass(CrashPoints.Point.SETTLE_AFTER_COMMIT);
        warn(attempt.message().id(), state);
    }

    /** Ends what nobody else will end: attempts of an earlier process, hanging ones, deliveries past their time. */
    int clear(int limit, boolean earlier) {
        long now = store.now();
        long back = cleared - now;
        Map<Long, MessageState> ended = await(store.transactAhead(unit -> {
            Map<Long, MessageState> states = new LinkedHashMap<>();
            if (back > Step.JITTER) {
                Deliveries.bringForward(unit, back);
            }
            for (Deliveries.Delivery row :
                    earlier ? deliveries.abandoned(unit, limit) : deliveries.expired(unit, limit)) {
                states.put(row.message(), ended(unit, row, earlier));
            }
            for (Deliveries.Delivery row : deliveries.tooLate(unit, limit)) {
                states.put(row.message(), settling.tooLate(unit, row));
            }
            return states;
        }));
        cleared = back > Step.JITTER ? now : Math.max(cleared, now);
        ended.forEach(Desk::warn);
        return ended.size();
    }

    /** Of an attempt that this process never began it is known that nothing was sent. */
    private MessageState ended(UnitOfWork unit, Deliveries.Delivery row, boolean earlier) throws SQLException {
        if (unbegun.remove(row.id(), row.startedAt())) {
            return settling.notBegun(unit, row);
        }
        return settling.unknown(unit, row, earlier ? "the process that tried ended" : "the attempt's lease is over");
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
