package dev.sluice.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Subjects that may have changed, in the order of their coming, each once however often it is named before it is taken,
 * so that what is behind does not fall further behind. One that is named while it is under way is taken once more when
 * that is done, not before. Bounded. Safe for use by many threads.
 */
final class Changed {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Set<WatchedSubject> waiting = new LinkedHashSet<>();
    private final Set<WatchedSubject> underWay = new HashSet<>();
    private final Set<WatchedSubject> again = new HashSet<>();
    private boolean closed;

    Changed(int capacity) {
        this.capacity = capacity;
    }

    /** False if there was no room, and the subject is forgotten. */
    boolean add(WatchedSubject subject) {
        lock.lock();
        try {
            if (waiting.size() >= capacity && !isKnown(subject)) {
                return false;
            }
            put(subject);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #add}, and waits while half of the room is taken: for those who are in no hurry. */
    void addPatiently(WatchedSubject subject) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.size() >= capacity / 2 && !isKnown(subject) && !closed) {
                room.await();
            }
            put(subject);
        } finally {
            lock.unlock();
        }
    }

    private boolean isKnown(WatchedSubject subject) {
        return waiting.contains(subject) || underWay.contains(subject);
    }

    private void put(WatchedSubject subject) {
        if (underWay.contains(subject)) {
            again.add(subject);
        } else if (waiting.add(subject)) {
            some.signal();
        }
    }

    /** What was taken is under way no longer. */
    void done(WatchedSubject subject) {
        lock.lock();
        try {
            underWay.remove(subject);
            if (again.remove(subject)) {
                put(subject);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The oldest, at most {@code most}; waits while there is none. Empty only when closed. */
    List<WatchedSubject> take(int most) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                some.await();
            }
            List<WatchedSubject> taken = new ArrayList<>();
            Iterator<WatchedSubject> each = waiting.iterator();
            while (!closed && each.hasNext() && taken.size() < most) {
                taken.add(each.next());
                each.remove();
            }
            underWay.addAll(taken);
            room.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of everybody; what waits is not taken any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            some.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
