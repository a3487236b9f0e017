package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two servers over one database and one store of keys beside it. */
@OnSharedDatabases
class SharingApartTest extends WithOutbox {
    private static final int TIMES = 20;

    @Override
    boolean apart() {
        return true;
    }

    @Test
    void aRequestThatComesToBothServersAtOnceGoesOutOnce() throws Exception {
        flow("errors", Rule.allow("2 per 1h").build());
        Outbox one = outbox();
        Outbox other = another();
        CyclicBarrier prepared = new CyclicBarrier(2);
        gateStore().faults(command -> {
            if (command.event() instanceof Event.Extend) {
                meet(prepared);
            }
            return FaultyGate.Fault.NONE;
        });
        ExecutorService threads = Executors.newFixedThreadPool(2);
        for (int i = 0; i < TIMES; i++) {
            Occurrence same = occurrence(
                    Key.of("errors", "subject" + i), "error", Optional.of(new Occurrence.Request("id" + i, "hash")));
            Future<CompletionStage<Acceptance>> first = threads.submit(() -> one.accept(same));
            Future<CompletionStage<Acceptance>> second = threads.submit(() -> other.accept(same));
            first.get().toCompletableFuture().join();
            second.get().toCompletableFuture().join();
        }
        threads.shutdown();
        pass(Duration.ofSeconds(1));
        assertThat(mail().delivered()).hasSize(TIMES);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(TIMES);
    }

    /** Times are read when a transaction begins; what it finds may have been written, and committed, after that. */
    @Test
    void whatIsPreparedWhileAnotherServerLooksIsLeftToItsCaller() {
        flow("errors", Rule.allow("2 per 1h").build());
        Outbox one = outbox();
        Outbox other = another();
        gateStore().hold(command -> command.event() instanceof Event.Extend);

        CompletableFuture<CompletionStage<Acceptance>> answer = new CompletableFuture<>();
        List<Posts.Post> takenOver = Desk.await(store().transact(unit -> {
            clock.advance(Duration.ofMillis(1));
            answer.complete(other.accept(occurrence(Key.of("errors", "subject"), "error")));
            Awaitility.await().until(gateStore()::holds);
            return Posts.takeOver(unit, 1, (id, why) -> {});
        }));

        assertThat(takenOver).isEmpty();
        gateStore().letGo();
        assertThat(Desk.await(answer.join())).isInstanceOf(Acceptance.Decided.class);
        assertThat(one.owedSteps()).isZero();
    }

    @Test
    void whatWasWrittenBeforeTheClockWasSetBackIsNotWaitedFor() {
        flow("errors", Rule.allow("2 per 1h").build());
        outbox();
        Event release = new Event.Release(1, 1, Event.Why.WITHDRAWN);
        Command owed =
                new Command(Key.of("errors", "subject"), Rule.allow("2 per 1h").build(), release);
        Desk.await(store().transact(unit -> Posts.write(unit, owed, Steps.About.NOTHING)));

        clock.advance(Duration.ofHours(-1));

        List<Posts.Post> takenOver = Desk.await(store().transact(unit -> Posts.takeOver(unit, 1, (id, why) -> {})));
        assertThat(takenOver).hasSize(1);
    }

    private static void meet(CyclicBarrier where) {
        try {
            where.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
            where.reset();
        }
    }
}
