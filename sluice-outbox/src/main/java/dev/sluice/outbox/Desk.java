package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Key;
import dev.sluice.Step;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import dev.sluice.sql.Work;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** What the lanes share: how attempts are leased, loaded and written down. Calls wait for the database. */
final class Desk {
    /** Between two tries to write something down while the database is away. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MOST_WARNINGS = 100;

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final SqlStore store;
    private final Works works;
    private final Deliveries deliveries;
    private final Settling settling;
    private final BookKeeping books;
    private final CrashPoints crashes;
    /** When things were cleared last, by a clock that may be set back; only the due-loop asks. */
    private long cleared;

    /** Deliveries that could not be ended; only the due-loop asks. */
    private final Set<Long> failing = new HashSet<>();

    /** Deliveries that are leased and not handed to their channel yet, with the begin of their lease. */
    private final Map<Long, Long> unbegun = new ConcurrentHashMap<>();

    /** Those of them that were taken from their workers, because their lease is over. */
    private final Map<Long, Long> withheld = new ConcurrentHashMap<>();

    Desk(
            SqlStore store,
            Works works,
            Deliveries deliveries,
            Settling settling,
            BookKeeping books,
            CrashPoints crashes) {
        this.store = store;
        this.works = works;
        this.deliveries = deliveries;
        this.settling = settling;
        this.books = books;
        this.crashes = crashes;
    }

    CrashPoints crashes() {
        return crashes;
    }

    long now() {
        return store.now();
    }

    /** Whether no other process can be sending what is in the database. */
    boolean isAlone() {
        return !store.dialect().isShared();
    }

    Optional<Deliveries.Attempt> lease(String channel) {
        Optional<Deliveries.Attempt> leased = await(store.transactAhead(new Lease(channel)));
        if (leased.isPresent()) {
            crashes.pass(CrashPoints.Point.LEASE_AFTER_COMMIT);
        }
        return leased;
    }

    /** Leases the next attempt; if its commit is made again, what it leased at first was not. */
    private final class Lease implements Work<Optional<Deliveries.Attempt>> {
        private final String channel;
        private Optional<Deliveries.Attempt> leased = Optional.empty();

        Lease(String channel) {
            this.channel = channel;
        }

        @Override
        public Optional<Deliveries.Attempt> run(UnitOfWork unit) throws SQLException {
            leased.ifPresent(before -> unbegun.remove(before.delivery(), before.startedAt()));
            leased = deliveries.lease(unit, channel);
            if (leased.isPresent()) {
                unbegun.put(leased.get().delivery(), leased.get().startedAt());
                books.add(unit, leased.get().message().key().flow(), Books.EMPTY);
                crashes.pass(CrashPoints.Point.LEASE_BEFORE_COMMIT);
            }
            return leased;
        }
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
        return works.runAhead(List.of(attempt.message().key()), journal -> {
            Messages.lock(journal.unit(), attempt.message().id());
            MessageState after = receipt.isPresent()
                    ? settling.record(journal, attempt, receipt.get())
                    : settling.notBegun(journal, attempt);
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
        long now = store.now();
        long back = cleared - now;
        int most = limit + failing.size();
        List<Overdue> overdue = await(store.transactAhead(unit -> {
            if (back > Step.JITTER) {
                Deliveries.bringForward(unit, back);
            }
            List<Overdue> rows = new ArrayList<>();
            for (Deliveries.Delivery row :
                    earlier ? deliveries.abandoned(unit, most) : deliveries.expired(unit, most)) {
                rows.add(overdue(unit, row, (same, found) -> ended(same, found, earlier)));
            }
            for (Deliveries.Delivery row : deliveries.tooLate(unit, most)) {
                rows.add(overdue(unit, row, settling::tooLate));
            }
            return rows;
        }));
        cleared = back > Step.JITTER ? now : Math.max(cleared, now);
        return clear(overdue);
    }

    /** A row with the key of its message, and what ends it. */
    private record Overdue(Deliveries.Delivery row, List<Key> keys, End end) {}

    /** Where others write, too, a key is locked before its messages: so it must be known beforehand. */
    private static Overdue overdue(UnitOfWork unit, Deliveries.Delivery row, End end) throws SQLException {
        List<Key> keys = unit.dialect().isShared()
                ? Messages.find(unit, row.message()).stream()
                        .map(Messages.Stored::key)
                        .toList()
                : List.of();
        return new Overdue(row, keys, end);
    }

    @FunctionalInterface
    private interface End {
        MessageState of(Journal journal, Deliveries.Delivery row) throws SQLException;
    }

    /** Each in a unit of work of its own, unless somebody else moved it since. */
    private int clear(List<Overdue> overdue) {
        Map<Overdue, CompletionStage<Optional<MessageState>>> ended = new LinkedHashMap<>();
        for (Overdue each : overdue) {
            withhold(each.row);
            ended.put(each, works.runAhead(each.keys, journal -> {
                Messages.lock(journal.unit(), each.row.message());
                Optional<Deliveries.Delivery> row =
                        deliveries.find(journal.unit(), each.row.id()).filter(each.row::equals);
                return row.isPresent() ? Optional.of(each.end.of(journal, row.get())) : Optional.empty();
            }));
        }
        int all = 0;
        for (Map.Entry<Overdue, CompletionStage<Optional<MessageState>>> each : ended.entrySet()) {
            all += wasEnded(each.getKey().row, each.getValue()) ? 1 : 0;
        }
        return all;
    }

    /** One that cannot be ended keeps no other from it; it is tried again each time, and complained of once. */
    private boolean wasEnded(Deliveries.Delivery row, CompletionStage<Optional<MessageState>> ended) {
        try {
            Optional<MessageState> state = await(ended);
            withheld.remove(row.id());
            state.ifPresent(after -> warn(row.message(), after));
            failing.remove(row.id());
            return state.isPresent();
        } catch (StoreException | CompletionException e) {
            if (failing.add(row.id()) && failing.size() <= MOST_WARNINGS) {
                LOG.log(
                        Level.WARNING,
                        "Delivery {0} of message {1} cannot be ended, and is tried again: {2}",
                        Long.toString(row.id()),
                        Long.toString(row.message()),
                        e.getMessage());
            }
            return false;
        }
    }

    /** From here on its worker can no longer begin it. */
    private void withhold(Deliveries.Delivery row) {
        if (unbegun.remove(row.id(), row.startedAt())) {
            withheld.put(row.id(), row.startedAt());
        }
    }

    /** Of an attempt that this process never began it is known that nothing was sent. */
    private MessageState ended(Journal journal, Deliveries.Delivery row, boolean earlier) throws SQLException {
        Long taken = withheld.get(row.id());
        if (taken != null && taken == row.startedAt()) {
            return settling.notBegun(journal, row);
        }
        return settling.unknown(journal, row, earlier ? "the process that tried ended" : "the attempt's lease is over");
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
