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
import java.util.concurrent.atomic.AtomicReference;

/** What the lanes share: how attempts are leased, loaded and written down. Calls wait for the database. */
final class Desk {
    /** Between two tries to write something down while the database is away. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MOST_WARNINGS = 100;

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final SqlStore store;
    private final Works works;
    private final Attempts attempts;
    private final Settling settling;
    private final Lookup lookup;
    private final BookKeeping books;
    private final CrashPoints crashes;
    /** When things were cleared last, by a clock that may be set back; only the due-loop asks. */
    private long cleared;

    /** Deliveries that could not be ended; only the due-loop asks. */
    private final Set<Long> failing = new HashSet<>();

    /** Deliveries that are leased and not handed to their channel yet. */
    private final Map<Long, Ticket> unbegun = new ConcurrentHashMap<>();

    Desk(
            SqlStore store,
            Works works,
            Attempts attempts,
            Settling settling,
            Lookup lookup,
            BookKeeping books,
            CrashPoints crashes) {
        this.store = store;
        this.works = works;
        this.attempts = attempts;
        this.settling = settling;
        this.lookup = lookup;
        this.books = books;
        this.crashes = crashes;
    }

    /** Lets an attempt begin, which is one for all its parts: once, and not after it was taken from its worker. */
    private static final class Ticket {
        private final long startedAt;
        private final AtomicReference<Use> use = new AtomicReference<>(Use.FREE);

        Ticket(long startedAt) {
            this.startedAt = startedAt;
        }

        private enum Use {
            FREE,
            BEGUN,
            WITHHELD
        }

        boolean begin() {
            return use.compareAndSet(Use.FREE, Use.BEGUN);
        }

        /** Whether the attempt will never begin. */
        boolean withhold() {
            return use.compareAndSet(Use.FREE, Use.WITHHELD) || use.get() == Use.WITHHELD;
        }

        boolean isOf(Deliveries.Delivery row) {
            return startedAt == row.startedAt();
        }
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

    Optional<Attempt> lease(String channel) {
        Optional<Attempt> leased = await(store.transactAhead(new Lease(channel)));
        if (leased.isPresent()) {
            crashes.pass(CrashPoints.Point.LEASE_AFTER_COMMIT);
        }
        return leased;
    }

    /** Leases the next attempt; if its commit is made again, what it leased at first was not. */
    private final class Lease implements Work<Optional<Attempt>> {
        private final String channel;
        private Optional<Attempt> leased = Optional.empty();

        Lease(String channel) {
            this.channel = channel;
        }

        @Override
        public Optional<Attempt> run(UnitOfWork unit) throws SQLException {
            leased.ifPresent(Desk.this::forget);
            leased = attempts.lease(unit, channel);
            if (leased.isPresent()) {
                Ticket ticket = new Ticket(leased.get().startedAt());
                leased.get().parts().forEach(part -> unbegun.put(part.delivery(), ticket));
                books.add(unit, leased.get().route().flow(), Books.EMPTY);
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
    Optional<Duration> begin(Attempt attempt) {
        Duration left = attempt.left(store.now());
        Ticket ticket = unbegun.get(attempt.delivery());
        boolean begins = !left.isZero() && ticket != null && ticket.begin();
        if (begins) {
            forget(attempt);
        }
        return begins ? Optional.of(left) : Optional.empty();
    }

    private void forget(Attempt attempt) {
        attempt.parts().forEach(part -> unbegun.remove(part.delivery()));
    }

    /** Whether the channel has a delivery due. */
    boolean due(String channel) {
        String sql = "select 1 from sluice_delivery where state = 'waiting' and channel = ? and due_at <= ? limit 1";
        long now = store.now();
        return !store.query(connection -> Rows.list(connection, sql, row -> row.getInt(1), channel, now))
                .isEmpty();
    }

    /** Finds to whom attempts go. */
    Lookup lookup() {
        return lookup;
    }

    /** To which of the addresses an attempt goes; empty if there is none left for it. */
    Optional<String> assign(Attempt attempt, List<String> addresses) {
        return await(store.transactAhead(unit -> lookup.assign(unit, attempt, addresses)));
    }

    /** Begins to write down what became of an attempt; {@link #recorded} waits for it. */
    CompletionStage<List<Settling.Ended>> record(Attempt attempt, Tried tried) {
        return works.runAhead(attempt.keys(), journal -> {
            for (Attempt.Part part : attempt.parts()) {
                Messages.lock(journal.unit(), part.message().id());
            }
            List<Settling.Ended> after = settling.record(journal, attempt, tried);
            crashes.pass(CrashPoints.Point.SETTLE_BEFORE_COMMIT);
            return after;
        });
    }

    void recorded(Attempt attempt, Tried tried, CompletionStage<List<Settling.Ended>> written) {
        List<Settling.Ended> ended = await(written);
        lookup.tried(attempt, tried, store.now());
        crashes.pass(CrashPoints.Point.SETTLE_AFTER_COMMIT);
        forget(attempt);
        ended.forEach(each -> warn(each.message(), each.state()));
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
            for (Deliveries.Delivery row : earlier ? attempts.abandoned(unit, most) : attempts.expired(unit, most)) {
                rows.add(overdue(unit, row, (same, found) -> ended(same, found, earlier)));
            }
            for (Deliveries.Delivery row : attempts.tooLate(unit, most)) {
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
            ended.put(each, works.runAhead(each.keys, journal -> {
                Messages.lock(journal.unit(), each.row.message());
                Optional<Deliveries.Delivery> row =
                        Deliveries.find(journal.unit(), each.row.id()).filter(each.row::equals);
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
            unbegun.computeIfPresent(row.id(), (id, ticket) -> ticket.isOf(row) ? null : ticket);
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

    /** From here on its worker can no longer begin it. Whether it had not. */
    private boolean withhold(Deliveries.Delivery row) {
        Ticket ticket = unbegun.get(row.id());
        return ticket != null && ticket.isOf(row) && ticket.withhold();
    }

    /** Of an attempt that this process never began it is known that nothing was sent. */
    private MessageState ended(Journal journal, Deliveries.Delivery row, boolean earlier) throws SQLException {
        if (withhold(row)) {
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
