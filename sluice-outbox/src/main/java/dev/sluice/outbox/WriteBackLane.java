package dev.sluice.outbox;

import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Writes back the facts of one flow, by a thread of its own: nothing that is sent waits for it. */
final class WriteBackLane {
    private static final System.Logger LOG = System.getLogger(WriteBackLane.class.getName());
    private static final int BATCH = 64;

    /** So many failures in a row: the place itself is away, and the rest of the batch waits as well. */
    private static final int MOST_FAILURES = 3;

    /** So long a batch is worked at: it ends before its lease does. */
    private static final Duration SLICE = Duration.ofMinutes(1);

    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

    private final SqlStore store;
    private final String flow;
    private final WriteBack writeBack;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Optional<String> failure = Optional.empty();
    private Optional<Thread> thread = Optional.empty();

    WriteBackLane(SqlStore store, String flow, WriteBack writeBack) {
        this.store = store;
        this.flow = flow;
        this.writeBack = writeBack;
    }

    WriteBackProgress progress() {
        return new WriteBackProgress(flow, written.get(), failed.get(), dropped.get(), failure);
    }

    void start(Duration every) {
        Thread started = new Thread(() -> run(every), "sluice-write-back-" + flow);
        started.setDaemon(true);
        thread = Optional.of(started);
        started.start();
    }

    private void run(Duration every) {
        try {
            do {
                try {
                    while (writeDue() > 0 && stopped.getCount() > 0) {
                        // Until nothing is due.
                    }
                } catch (StoreException e) {
                    LOG.log(Level.DEBUG, "Facts of {0} wait to be written back: {1}", flow, e.getMessage());
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "Facts of " + flow + " wait to be written back", e);
                }
            } while (!stopped.await(every.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "Interrupted, and so stopped");
        }
    }

    /** Works at what is due, at most a batch; how many facts were written. */
    int writeDue() {
        if (!WriteBackRows.isDue(store, flow)) {
            return 0;
        }
        List<WriteBackRows.Leased> batch =
                Desk.await(store.transactAhead(unit -> WriteBackRows.lease(unit, flow, BATCH)));
        Written done = write(batch);
        int gone = Desk.await(store.transactAhead(done::record));
        dropped.addAndGet(gone);
        return done.written.size();
    }

    /** What became of a batch. */
    private static final class Written {
        private final List<WriteBackRows.Row> written = new ArrayList<>();
        private final List<WriteBackRows.Row> failed = new ArrayList<>();
        private final List<WriteBackRows.Row> waiting = new ArrayList<>();
        private final List<WriteBackRows.Row> untried = new ArrayList<>();

        /** Writes it down; how many facts were dropped. */
        int record(UnitOfWork unit) throws SQLException {
            int gone = 0;
            for (WriteBackRows.Row row : written) {
                WriteBackRows.delete(unit, row);
            }
            for (WriteBackRows.Row row : failed) {
                gone += WriteBackRows.putOff(unit, row) ? 0 : 1;
            }
            for (WriteBackRows.Row row : waiting) {
                WriteBackRows.letWait(unit, row);
            }
            for (WriteBackRows.Row row : untried) {
                WriteBackRows.giveBack(unit, row);
            }
            return gone;
        }
    }

    private Written write(List<WriteBackRows.Leased> batch) {
        Written done = new Written();
        long begin = System.nanoTime();
        int inARow = 0;
        for (WriteBackRows.Leased each : batch) {
            boolean ends = stopped.getCount() == 0 || System.nanoTime() - begin > SLICE.toNanos();
            if (inARow >= MOST_FAILURES) {
                done.waiting.add(each.row());
            } else if (ends) {
                done.untried.add(each.row());
            } else if (isWritten(each.fact())) {
                inARow = 0;
                done.written.add(each.row());
            } else {
                inARow++;
                done.failed.add(each.row());
            }
        }
        return done;
    }

    private boolean isWritten(WriteBack.Fact fact) {
        try {
            writeBack.write(fact);
            written.incrementAndGet();
            if (failure.isPresent()) {
                LOG.log(Level.INFO, "What becomes of messages of {0} is written back again", flow);
            }
            failure = Optional.empty();
            return true;
        } catch (Exception | LinkageError | AssertionError e) {
            failed.incrementAndGet();
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            LOG.log(
                    failure.isPresent() ? Level.DEBUG : Level.WARNING,
                    "What became of message {0} of {1} could not be written back, and waits: {2}",
                    Long.toString(fact.message().id()),
                    flow,
                    why);
            failure = Optional.of(why);
            return false;
        }
    }

    /** Begins no further fact. */
    void stop() {
        stopped.countDown();
    }

    /** Waits until {@code deadline} in {@link System#nanoTime} for the fact that is being written, then leaves it. */
    void join(long deadline) throws InterruptedException {
        if (thread.isPresent()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left > 0) {
                thread.get().join(left);
            }
            thread.get().interrupt();
            thread.get().join(AFTER_INTERRUPT.toMillis());
        }
    }
}
