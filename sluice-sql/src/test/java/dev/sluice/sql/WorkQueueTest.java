package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final WorkQueue queue = new WorkQueue(10);

    private void add() {
        queue.add(new Pending<>(List.of(), unit -> true), WorkQueue.Rank.CALLER);
    }

    @Test
    void whoWasAnsweredBeforeIsWaitedForUntilHeIsBack() throws Exception {
        add();
        CompletableFuture<Integer> taken = new CompletableFuture<>();
        Thread taking =
                new Thread(() -> taken.complete(queue.take(10, LONG, 2, LONG).size()));
        taking.start();
        Awaitility.await().until(() -> taking.getState() == Thread.State.TIMED_WAITING);
        add();
        add();
        assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    void nobodyWaitsForThoseWhoDoNotComeBack() {
        add();
        assertThat(queue.take(10, LONG, 2, 1)).hasSize(1);
        add();
        assertThat(queue.take(10, LONG, 0, LONG)).hasSize(1);
        add();
        queue.close();
        assertThat(queue.take(10, LONG, 5, LONG)).hasSize(1);
    }
}
