package dev.sluice.sql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends the waiting of callers who have waited long enough, whatever the thread that writes is doing: it may stand in a
 * call that a silent server does not answer. A thread of its own looks now and then while somebody waits. Safe for use by
 * many threads.
 */
final class Deadlines implements AutoCloseable {
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String database;
    private final long patienceNanos;
    private final Executor answers;
    private final Queue<Pending<?>> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::watch, "sluice-sql-deadlines");
    private volatile boolean idle;
    private volatile boolean closed;

    /**
     * Whoever has waited for {@code patience} is told so by {@code answers}.
     *
     * @param database who did not answer
     */
    Deadlines(String database, Duration patience, Executor answers) {
        this.database = database;
        this.patienceNanos = patience.toNanos();
        this.answers = answers;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(Pending<?> work) {
        waiting.add(work);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            if (waiting.isEmpty()) {
                idle = true;
                // Whoever came before this is seen here; whoever comes behind it wakes this thread.
                if (waiting.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
            } else {
                LockSupport.parkNanos(this, REST_NANOS);
                look(System.nanoTime());
            }
        }
    }

    private void look(long now) {
        List<Pending<?>> over = new ArrayList<>();
        waiting.removeIf(work -> work.isAnswered() || (work.isOlderThan(patienceNanos, now) && over.add(work)));
        if (!over.isEmpty()) {
            List<Runnable> told = over.stream().map(work -> work.end(database)).toList();
            answers.execute(() -> told.forEach(Runnable::run));
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        Interrupts.outlast(thread::join);
    }
}
