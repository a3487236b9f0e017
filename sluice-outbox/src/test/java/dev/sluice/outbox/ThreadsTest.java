package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import dev.sluice.sql.SqliteSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The outbox with its own threads. */
class ThreadsTest extends WithOutbox {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final CountDownLatch hang = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        hang.countDown();
    }

    private void startWithThreads() {
        settings = new Outbox.Settings(LEASE, 2, Duration.ofMillis(20), Duration.ofDays(30));
        outbox().start();
    }

    private static void soon(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    private static Receipt awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
            return new Receipt.Accepted("at last");
        } catch (InterruptedException e) {
            return new Receipt.Unknown("interrupted");
        }
    }

    @Test
    @DisplayName("S4.10 four threads with 100 each get five out in total")
    void fourThreads() throws InterruptedException {
        flow("errors", Rule.allow("5 per 1h").build());
        startWithThreads();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 100; n++) {
                    offer("errors", "error " + n);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        soon(() -> books("errors", Bucket.DELIVERED) == 5);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(395);
        clock.advance(Duration.ofHours(1));
        soon(() -> books("errors", Bucket.REPORTED) == 395);
        assertThat(mail().delivered()).hasSize(6);
    }

    @Test
    void aSlowChannelHoldsUpNoOther() {
        flow("slow", Rule.allow("once per 1h").build(), EXACT, "slow");
        flow("fast", Rule.allow("once per 1h").build(), EXACT, "fast");
        channel("slow").always(outgoing -> awaitLatch(hang));
        startWithThreads();
        for (int i = 0; i < 10; i++) {
            outbox().accept(occurrence(Key.of("slow", "subject " + i), "x"));
        }
        soon(() -> channel("slow").attempts().size() == 2);
        Acceptance.Decided fast = offer("fast", "y");
        soon(() -> state(fast) == MessageState.DELIVERED);

        hang.countDown();
        soon(() -> channel("slow").delivered().size() == 10);
        soon(() -> outbox().books().getOrDefault("slow", Books.EMPTY).get(Bucket.DELIVERED) == 10);
    }

    @Test
    void anAttemptThatHangsBeyondItsLeaseIsInterruptedAndItsOutcomeUnknown() {
        flow("careful", Rule.allow("once per 1h").onLost(OnLost.DROP).build());
        mail().next(outgoing -> awaitLatch(hang));
        startWithThreads();
        Acceptance.Decided answer = offer("careful", "x");
        soon(() -> mail().attempts().size() == 1);
        clock.advance(LEASE);
        soon(() -> state(answer) == MessageState.ASSUMED);
    }

    @Test
    void whatWasAcceptedAtLastCountsThoughItsLeaseWasOver() {
        flow("errors", Rule.allow("once per 1h").build());
        mail().next(outgoing -> {
            boolean interrupted = Thread.interrupted();
            while (hang.getCount() > 0) {
                interrupted |= Thread.interrupted();
                Thread.onSpinWait();
            }
            return new Receipt.Accepted("at last, interrupted " + interrupted);
        });
        mail().always(new Receipt.Refused("451 later", false));
        startWithThreads();
        Acceptance.Decided answer = offer("errors", "x");
        soon(() -> mail().attempts().size() == 1);
        clock.advance(LEASE);
        soon(() -> view(answer).deliveries().get(0).state().equals("waiting"));
        hang.countDown();
        soon(() -> state(answer) == MessageState.DELIVERED);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void deliveriesAndDigestsGoOnWhileCallersFillTheQueue() throws InterruptedException {
        flow("errors", Rule.allow("2 per 1h").build());
        send("errors", "x");
        send("errors", "y");
        offer("errors", "z");
        clock.advance(Duration.ofHours(1));
        CountDownLatch let = new CountDownLatch(1);
        for (int i = 0; i < SqliteSettings.STANDARD.waiting(); i++) {
            store().transact(unit -> {
                awaitLatch(let);
                return true;
            });
        }
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread ticking = new Thread(() -> outbox().tick(), "ticking");
        ticking.setUncaughtExceptionHandler((thread, why) -> refused.set(why));
        ticking.start();
        soon(() -> ticking.getState() == Thread.State.WAITING || !ticking.isAlive());
        let.countDown();
        ticking.join();

        assertThat(refused).hasNullValue();
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
    }

    @Test
    void stoppingEndsAllThreads() {
        flow("errors", Rule.allow("once per 1h").build());
        mail().next(outgoing -> awaitLatch(hang));
        startWithThreads();
        offer("errors", "x");
        soon(() -> mail().attempts().size() == 1);
        outbox().stop(Duration.ofMillis(50));

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("sluice-deliver") || name.startsWith("sluice-outbox"));
    }

    @Test
    void onAStartWhatAnEarlierProcessWasSendingIsUnknownAtOnce() {
        flow("careful", Rule.allow("once per 1h").onLost(OnLost.DROP).build());
        crashes = point -> {
            if (point == CrashPoints.Point.AFTER_SEND) {
                throw new LinkageError("the process ends here");
            }
        };
        Acceptance.Decided answer = offer("careful", "x");
        try {
            outbox().tick();
        } catch (LinkageError expected) {
            crashes = CrashPoints.NONE;
        }
        close();
        startWithThreads();
        soon(() -> state(answer) == MessageState.ASSUMED);
    }
}
