package dev.sluice.sql;

import dev.sluice.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Keys that transactions of others hold for longer than a commit takes, and the works that wait for them in the order of
 * their coming, so that nobody else has to. For the thread that writes.
 */
final class HeldUp {
    /** How long a key is left alone before somebody looks whether it is free. */
    static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final int most;
    private final Map<String, Queue<Pending<?>>> keys = new LinkedHashMap<>();
    private final Queue<Pending<?>> free = new ArrayDeque<>();
    private int waiting;
    private long looked;

    /** Room for {@code most} works: so many callers of a key that is held cannot keep the others out. */
    HeldUp(int most) {
        this.most = most;
    }

    /** Which keys are held, as far as is known. */
    Set<String> keys() {
        return keys.keySet();
    }

    boolean hasWorks() {
        return waiting > 0 || !free.isEmpty();
    }

    /** From now on works for these keys wait. */
    void hold(Set<String> held) {
        held.forEach(key -> keys.computeIfAbsent(key, absent -> new ArrayDeque<>()));
        looked = System.nanoTime();
    }

    /** What becomes of a work. */
    enum Turn {
        /** It steps no key that is held. */
        NOW,
        /** It was taken in. */
        LATER,
        /** There is no room for it; it has failed. */
        NEVER
    }

    /** Keeps a work that has to wait. */
    Turn turn(Pending<?> work) {
        return work.firstOf(keys.keySet()).map(key -> wait(key, work)).orElse(Turn.NOW);
    }

    private Turn wait(String key, Pending<?> work) {
        if (waiting >= most) {
            work.fail(new StoreException(told(key) + "too many wait for it already; call again later"));
            return Turn.NEVER;
        }
        work.delayed(() -> new StoreException(told(key) + "end that transaction sooner, and call again"));
        keys.getOrDefault(key, free).add(work);
        waiting++;
        return Turn.LATER;
    }

    private static String told(String key) {
        return "the key " + key + " is held by another transaction that does not end; ";
    }

    /**
     * At most {@code most} works that need not wait any more: their keys are free, or their callers have gone.
     *
     * @param held which of some keys are still held; asked only now and then
     */
    List<Pending<?>> next(int most, UnaryOperator<Set<String>> held) {
        if (!keys.isEmpty() && System.nanoTime() - looked > REST_NANOS) {
            release(held.apply(Set.copyOf(keys.keySet())));
            looked = System.nanoTime();
        }
        List<Pending<?>> next = new ArrayList<>();
        while (next.size() < most && !free.isEmpty()) {
            next.add(free.remove());
        }
        return next;
    }

    private void release(Set<String> held) {
        for (Iterator<Map.Entry<String, Queue<Pending<?>>>> each =
                        keys.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<String, Queue<Pending<?>>> entry = each.next();
            Queue<Pending<?>> works = entry.getValue();
            int before = works.size();
            if (held.contains(entry.getKey())) {
                works.removeIf(work -> work.isAnswered() && free.add(work));
            } else {
                free.addAll(works);
                works.clear();
                each.remove();
            }
            waiting -= before - works.size();
        }
    }
}
