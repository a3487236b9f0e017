package dev.sluice.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Works that wait for the writer: bounded, in the order of their coming, and those of the program itself ahead of those
 * of callers. Safe for use by many threads.
 */
final class WorkQueue {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Pending<?>> ahead = new ArrayDeque<>();
    private final Queue<Pending<?>> waiting = new ArrayDeque<>();
    private int accepted;
    private int wanted = 1;
    private boolean closed;

    /** What became of a work that was handed in. */
    enum Admission {
        ACCEPTED,
        FULL,
        CLOSED
    }

    /** Whose work it is. */
    enum Rank {
        /** Of the program itself, which never has many: it is not refused, and overtakes. */
        OWN,
        /** Of a caller: it is refused while the queue is full. */
        CALLER
    }

    /** A queue for {@code capacity} works that wait, run, or are not answered yet. */
    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    Admission add(Pending<?> work, Rank rank) {
        lock.lock();
        try {
            if (closed) {
                return Admission.CLOSED;
            }
            if (rank == Rank.CALLER && accepted >= capacity) {
                return Admission.FULL;
            }
            accepted++;
            (rank == Rank.OWN ? ahead : waiting).add(work);
            if (size() == 1 || size() == wanted) {
                changed.signal();
            }
            return Admission.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * All that wait, at most {@code most}; blocks while nothing does. Empty only when closed and nothing is left, or when
     * that took too long.
     *
     * @param idle for how many nanoseconds at most it blocks while nothing waits
     * @param again how many were just answered and may come again at once; they are waited for
     * @param nanos how long at most they are waited for
     */
    List<Pending<?>> take(int most, long idle, int again, long nanos) {
        lock.lock();
        try {
            await(1, idle);
            if (nanos > 0 && size() > 0) {
                gather(Math.min(most, size() + again), nanos);
            }
            List<Pending<?>> taken = new ArrayList<>(Math.min(most, size()));
            move(ahead, taken, most);
            move(waiting, taken, most);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private int size() {
        return ahead.size() + waiting.size();
    }

    private void gather(int enough, long nanos) {
        wanted = enough;
        await(enough, nanos);
        wanted = 1;
    }

    /** Waits until so many are there; the thread that writes is not to be interrupted. */
    private void await(int enough, long nanos) {
        long start = System.nanoTime();
        for (long left = nanos; size() < enough && !closed && left > 0; left = nanos - (System.nanoTime() - start)) {
            try {
                changed.awaitNanos(left);
            } catch (InterruptedException e) {
                // It goes on until the queue is closed.
            }
        }
    }

    /** Whether nothing is left, and nothing comes any more. */
    boolean isDone() {
        lock.lock();
        try {
            return closed && size() == 0;
        } finally {
            lock.unlock();
        }
    }

    private static void move(Queue<Pending<?>> from, List<Pending<?>> to, int most) {
        while (to.size() < most && !from.isEmpty()) {
            to.add(from.remove());
        }
    }

    /** Makes room for as many as were answered. */
    void answered(int works) {
        lock.lock();
        try {
            accepted -= works;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more in; what was accepted can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
