package dev.sluice.benchmarks;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Rule;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.OptionalDouble;

/**
 * Heap that an idle key costs in the memory store beside its text: used heap after a collection, with a million keys,
 */
public final class BytesPerKey {
    private static final int KEYS = 1_000_000;

    private BytesPerKey() {}

    /** Prints the figures. */
    public static void main(String[] arguments) {
        double text = textOfKey();
        for (int uses = 1; uses <= 5; uses += 2) {
            long before = usedHeap();
            MemoryStore store = fill(uses);
            double all = perKey(usedHeap() - before);
            System.out.printf(
                    "%d of 5 used: %.0f bytes per key, %.0f beside its text (%d keys)%n",
                    uses, all, all - text, store.size());
        }
    }

    private static double textOfKey() {
        long before = usedHeap();
        String[] texts = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            texts[i] = key(i).text();
        }
        double bytes = perKey(usedHeap() - before);
        System.out.printf("text of a key: %.0f bytes (%s)%n", bytes, texts[KEYS - 1]);
        return bytes;
    }

    private static MemoryStore fill(int uses) {
        Rule rule = Rule.allow("5 per 1h").build();
        MemoryStore store = new MemoryStore(KEYS, InstantSource.system());
        long id = 0;
        for (int i = 0; i < KEYS; i++) {
            for (int use = 0; use < uses; use++) {
                Event offer = new Event.Offer(++id, id, OptionalDouble.empty(), Event.Settle.NOW);
                store.apply(new Command(key(i), rule, offer))
                        .toCompletableFuture()
                        .join();
            }
        }
        return store;
    }

    private static Key key(int number) {
        return Key.of("errors", "processor/type/message-" + number);
    }

    private static double perKey(long bytes) {
        return (double) bytes / KEYS;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
