package dev.sluice.benchmarks;

import java.lang.management.ManagementFactory;

/**
 * Heap that an idle key costs each {@link Rival} beside its text: used heap after a collection, with a million keys of
 * which one, three or all five passes are used.
 */
public final class BytesPerKey {
    private static final int KEYS = 1_000_000;

    private BytesPerKey() {}

    /** Prints the figures. */
    public static void main(String[] arguments) {
        double text = textOfKey();
        for (Rival rival : Rival.values()) {
            for (int uses = 1; uses <= Rival.LIMIT; uses += 2) {
                long before = usedHeap();
                try (Rival.Limiter limiter = fill(rival, uses)) {
                    double all = perKey(usedHeap() - before);
                    // Asked once more, so that the limiter is still there when the heap is measured.
                    System.out.printf(
                            "%-12s %d of %d used: %.0f bytes per key, %.0f beside its text; one more: %s%n",
                            rival, uses, Rival.LIMIT, all, all - text, limiter.allow(subject(0)));
                }
            }
        }
    }

    private static double textOfKey() {
        long before = usedHeap();
        String[] texts = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            texts[i] = subject(i);
        }
        double bytes = perKey(usedHeap() - before);
        System.out.printf("text of a subject: %.0f bytes (%s)%n", bytes, texts[KEYS - 1]);
        return bytes;
    }

    private static Rival.Limiter fill(Rival rival, int uses) {
        Rival.Limiter limiter = rival.limiter(KEYS);
        for (int i = 0; i < KEYS; i++) {
            for (int use = 0; use < uses; use++) {
                limiter.allow(subject(i));
            }
        }
        return limiter;
    }

    private static String subject(int number) {
        return "processor/type/message-" + number;
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
