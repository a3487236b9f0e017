package dev.sluice.server;

import dev.sluice.server.http.Loudest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts names and keeps the most frequent of them, however many there are: when it is full, a new name takes the place
 * and the count of the rarest one, so that a name which is really frequent is never missing and never counted too low.
 * Safe for use by many threads.
 */
final class Board {
    private static final int KEPT = 256;
    private static final int SHOWN = 10;
    private static final int MOST_CHARS = 200;

    private final Map<String, Count> counts = new HashMap<>();

    /** As array and index together a heap with the rarest name at its root. */
    private final Count[] heap = new Count[KEPT];

    private int size;

    private static final class Count {
        private String name;
        private long times;
        private int at;

        Count(String name, int at) {
            this.name = name;
            this.at = at;
        }
    }

    /** Counts {@code name}, cut to 200 characters. */
    synchronized void count(String name) {
        String kept = name.length() <= MOST_CHARS ? name : name.substring(0, MOST_CHARS) + "…";
        Count known = counts.get(kept);
        Count count = known == null ? placeFor(kept) : known;
        count.times++;
        sink(count);
    }

    private Count placeFor(String name) {
        Count count;
        if (size < KEPT) {
            count = new Count(name, size);
            heap[size++] = count;
            rise(count);
        } else {
            count = heap[0];
            counts.remove(count.name);
            count.name = name;
        }
        counts.put(name, count);
        return count;
    }

    private void rise(Count count) {
        while (count.at > 0 && heap[(count.at - 1) / 2].times > count.times) {
            swap(count, heap[(count.at - 1) / 2]);
        }
    }

    private void sink(Count count) {
        for (int child = count.at * 2 + 1; child < size; child = count.at * 2 + 1) {
            boolean right = child + 1 < size && heap[child + 1].times < heap[child].times;
            Count rarer = heap[right ? child + 1 : child];
            if (rarer.times >= count.times) {
                return;
            }
            swap(rarer, count);
        }
    }

    private void swap(Count one, Count other) {
        int at = one.at;
        one.at = other.at;
        other.at = at;
        heap[one.at] = one;
        heap[other.at] = other;
    }

    /** The most frequent ten, the most frequent first. */
    synchronized List<Loudest.Count> top() {
        return counts.values().stream()
                .map(each -> new Loudest.Count(each.name, each.times))
                .sorted(Comparator.comparingLong(Loudest.Count::count)
                        .reversed()
                        .thenComparing(Loudest.Count::name))
                .limit(SHOWN)
                .toList();
    }
}
