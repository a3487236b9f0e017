package dev.sluice.contract;

import dev.sluice.Bucket;
import dev.sluice.Micros;
import java.util.ArrayList;
import java.util.List;

/** Occurrences that are held together, as the model sees them. */
final class Tally {
    private final List<Item> items = new ArrayList<>();

    /** One occurrence, and the one place where it is. */
    static final class Item {
        Bucket where;
        private long heldAt = Micros.ABSENT;

        Item(Bucket where) {
            this.where = where;
        }
    }

    void hold(Item item, long at) {
        item.where = Bucket.HELD;
        item.heldAt = at;
        items.add(item);
    }

    /** All of them are elsewhere now, and this tally is empty. */
    List<Item> leaveFor(Bucket bucket) {
        List<Item> left = List.copyOf(items);
        left.forEach(item -> item.where = bucket);
        items.clear();
        return left;
    }

    void shift(long by) {
        items.forEach(item -> item.heldAt -= by);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    int size() {
        return items.size();
    }

    long first() {
        return items.stream().mapToLong(item -> item.heldAt).min().orElse(Micros.ABSENT);
    }

    long last() {
        return items.stream().mapToLong(item -> item.heldAt).max().orElse(Micros.ABSENT);
    }
}
