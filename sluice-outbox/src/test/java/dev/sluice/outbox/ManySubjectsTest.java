package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.sqlite.ProgressHandler;

class ManySubjectsTest extends WithOutbox {
    private static final int MANY = 100_000;
    private static final int SOME = 1_000;

    /** A tree of rows grows a level when it grows a hundredfold. */
    private static final double MOST_GROWTH = 1.1;

    /** What a hundred thousand keys would take if they stayed on the heap: 100 bytes each and more. */
    private static final long LESS_THAN_THE_KEYS = 10_000_000;

    @Test
    @DisplayName("S4.12 a hundred thousand signatures in SQLite: the last costs as many steps as the first")
    void aDecisionCostsAsManyStepsOfTheDatabaseWhateverItHolds() {
        flow("errors", Rule.allow("5 per 1h").build(), EXACT);
        offer(0, SOME);
        long first = stepsOf(SOME, 2 * SOME);
        long heap = usedHeap();
        offer(2 * SOME, MANY - SOME);
        long last = stepsOf(MANY - SOME, MANY);
        assertThat(books("errors", Bucket.IN)).isEqualTo(MANY);
        assertThat(last).as("steps of a thousand, at first %s", first).isLessThan((long) (first * MOST_GROWTH));
        assertThat(usedHeap() - heap).as("growth of the heap").isLessThan(LESS_THAN_THE_KEYS);
    }

    /** How many instructions the database runs to decide these. */
    private long stepsOf(int from, int to) {
        AtomicLong steps = new AtomicLong();
        watch(steps::incrementAndGet);
        offer(from, to);
        watch(() -> 0);
        return steps.get();
    }

    private void watch(Instruction each) {
        join(store().transact(unit -> {
            Connection writer = unit.prepare("select 1").getConnection();
            ProgressHandler.setHandler(writer, 1, new ProgressHandler() {
                @Override
                protected int progress() {
                    each.ran();
                    return 0;
                }
            });
            return true;
        }));
    }

    private interface Instruction {
        long ran();
    }

    private void offer(int from, int to) {
        for (int batch = from; batch < to; batch += SOME) {
            List<CompletionStage<Acceptance>> answers = new ArrayList<>();
            for (int i = batch; i < batch + SOME; i++) {
                answers.add(outbox().accept(distinct(i)));
            }
            answers.forEach(this::join);
        }
    }

    private static Occurrence distinct(int number) {
        return new Occurrence(
                Key.of("errors", "signature " + number),
                "",
                new Content("failed", "it failed in way " + number, "error", "{}"),
                List.of(),
                Optional.empty(),
                Event.Settle.NOW);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
