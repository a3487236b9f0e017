package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers over one database: each does a part of the work, and together they do it once. */
@OnSharedDatabases
class SharingTest extends WithOutbox {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @BeforeEach
    void flows() {
        flow("errors", Rule.allow("5 per 1h").digest(Digest.AT_CLOSE).build());
        flow("careful", Rule.allow("once per 1h").onLost(OnLost.DROP).build());
    }

    @AfterEach
    void endThreads() {
        threads.shutdown();
    }

    /** Does both at the same time, and gives what they gave. */
    private <T> List<T> atOnce(Callable<T> one, Callable<T> other) {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<T>> both = Stream.of(one, other)
                .map(each -> threads.submit(() -> {
                    start.await();
                    return each.call();
                }))
                .toList();
        List<T> given = new ArrayList<>();
        for (Future<T> each : both) {
            try {
                given.add(each.get());
            } catch (Exception e) {
                throw new IllegalStateException("one of two servers failed", e);
            }
        }
        return given;
    }

    /** This server leases an attempt and is gone for good, without a word. */
    private Acceptance.Decided sendAndDie(String flow, String title) {
        crashes = point -> {
            if (point == CrashPoints.Point.BEFORE_SEND) {
                throw new LinkageError("the process ends here");
            }
        };
        Acceptance.Decided answer = offer(flow, title);
        try {
            outbox().tick();
        } catch (LinkageError expected) {
            crashes = CrashPoints.NONE;
        }
        return answer;
    }

    @Test
    void twoServersShareTheDeliveriesAndNoneGoesOutTwice() {
        settings = new Outbox.Settings(LEASE, 2, Duration.ofMillis(20), Duration.ofDays(30));
        Outbox other = another();
        outbox().start();
        other.start();
        int messages = 500;
        for (int i = 0; i < messages; i++) {
            Outbox at = i % 2 == 0 ? outbox() : other;
            join(at.accept(occurrence(Key.of("errors", "subject " + i), "error " + i)));
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> books("errors", Bucket.DELIVERED) == messages);

        assertThat(mail().attempts())
                .hasSize(messages)
                .extracting(Outgoing::idempotencyKey)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatADeadServerWasSendingIsTakenOverWhenItsLeaseIsOverAndNotBefore() {
        Acceptance.Decided answer = sendAndDie("errors", "x");
        Outbox other = another();
        other.tick();
        clock.advance(LEASE.minusMillis(1));
        other.tick();
        assertThat(mail().attempts()).isEmpty();
        assertThat(view(answer).deliveries())
                .extracting(MessageView.DeliveryView::state)
                .containsExactly("sending");

        clock.advance(Duration.ofMillis(1));
        other.tick();
        clock.advance(RETRY);
        other.tick();
        assertThat(mail().attempts()).extracting(Outgoing::attempt).containsExactly(2);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void underDropItIsNotSentAgain() {
        Acceptance.Decided answer = sendAndDie("careful", "x");
        Outbox other = another();
        clock.advance(LEASE);
        other.tick();
        pass(Duration.ofMinutes(5));

        assertThat(mail().attempts()).isEmpty();
        assertThat(state(answer)).isEqualTo(MessageState.ASSUMED);
    }

    @Test
    void whatAPausedWorkerDeliveredAfterItsLeaseIsDeliveredAndNotSentAgain() {
        Outbox other = another();
        mail().next(outgoing -> {
            clock.advance(LEASE);
            other.tick();
            return new Receipt.Accepted("250 ok, at last");
        });
        Acceptance.Decided answer = send("errors", "x");
        clock.advance(RETRY);
        other.tick();

        assertThat(mail().attempts()).hasSize(1);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void whatAPausedWorkerFailedToDeliverAfterItsLeaseChangesNothing() {
        Outbox other = another();
        mail().next(outgoing -> {
            clock.advance(LEASE);
            other.tick();
            clock.advance(RETRY);
            other.tick();
            return new Receipt.Refused("550 no such user", true);
        });
        Acceptance.Decided answer = send("errors", "x");

        assertThat(mail().attempts()).extracting(Outgoing::attempt).containsExactly(1, 2);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void aMessageWhoseDeliveriesEndAtTwoServersAtOnceEnds() {
        flow("both", Rule.allow("once per 1h").build(), EXACT, "mail", "pager");
        Receipt no = new Receipt.Refused("550 no", true);
        mail().always(no);
        channel("pager").always(no);
        Outbox other = another();
        for (int round = 0; round < 20; round++) {
            join(outbox().accept(occurrence(Key.of("both", "subject " + round), "x")));
            atOnce(outbox()::tick, other::tick);
        }

        assertThat(messages()).hasSize(20).extracting(MessageView::state).containsOnly(MessageState.DEAD);
        assertThat(books("both", Bucket.DEAD)).isEqualTo(20);
    }

    @Test
    void theSameRequestAtBothIsOneOccurrenceWithOneAnswer() {
        Outbox other = another();
        for (int round = 0; round < 30; round++) {
            Optional<Occurrence.Request> request = Optional.of(new Occurrence.Request("id " + round, "hash"));
            Occurrence same = occurrence(Key.of("errors", "subject " + round / 10), "x", request);
            List<Acceptance> answers = atOnce(() -> join(outbox().accept(same)), () -> join(other.accept(same)));
            assertThat(answers.get(0)).isEqualTo(answers.get(1));
        }

        // Apart, both may ask the store of keys before one is answered: it knows a claim again, but nothing that it
        // held.
        assertThat(books("errors", Bucket.IN)).isBetween(30L, apart() ? 45L : 30L);
        assertThat(books("errors", Bucket.REPEATED)).isBetween(30L, apart() ? 60L : 30L);
        assertThat(messages()).hasSize(15);
    }

    @Test
    void theSameRequestForTwoSubjectsAtOnceIsAConflictForOne() {
        Outbox other = another();
        for (int round = 0; round < 20; round++) {
            String id = "id " + round;
            Occurrence one = occurrence(
                    Key.of("errors", "one " + round), "x", Optional.of(new Occurrence.Request(id, "hash of one")));
            Occurrence two = occurrence(
                    Key.of("errors", "two " + round), "x", Optional.of(new Occurrence.Request(id, "hash of two")));
            List<Acceptance> answers = atOnce(() -> join(outbox().accept(one)), () -> join(other.accept(two)));
            assertThat(answers)
                    .filteredOn(Acceptance.IdConflict.class::isInstance)
                    .hasSize(1);
        }

        // Apart, the store of keys counted both, and the later one was withdrawn.
        long withdrawn = books("errors", Bucket.WITHDRAWN);
        assertThat(withdrawn).isBetween(0L, apart() ? 20L : 0L);
        assertThat(books("errors", Bucket.IN)).isEqualTo(20 + withdrawn);
    }

    @Test
    void whenTheLoopsOfBothTellTheSameDigestsEachIsToldOnce() {
        int subjects = 30;
        for (int i = 0; i < subjects * 8; i++) {
            join(outbox().accept(occurrence(Key.of("errors", "subject " + i % subjects), "x")));
        }
        Outbox other = another();
        atOnce(outbox()::tick, other::tick);
        clock.advance(Duration.ofHours(1));
        atOnce(outbox()::tick, other::tick);

        assertThat(mail().delivered(Message.Kind.DIGEST))
                .hasSize(subjects)
                .allMatch(digest -> digest.tally().held() == 3);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(3L * subjects);
    }

    @Test
    void booksOfBothSumToTheTruthAndSoDoesTheirHistory() {
        Outbox other = another();
        int each = 200;
        for (Outbox at : List.of(outbox(), other)) {
            at.flows();
        }
        atOnce(() -> offerAll(outbox(), each), () -> offerAll(other, each));
        clock.advance(Duration.ofMinutes(1));
        atOnce(() -> offerAll(outbox(), each), () -> offerAll(other, each));

        assertThat(books("errors", Bucket.IN)).isEqualTo(4L * each);
        assertThat(books("errors", Bucket.PENDING)).isEqualTo(15);
        TimeGrid grid = TimeGrid.until(clock.instant(), Duration.ofMinutes(1), 2);
        if (apart()) {
            outbox().tick();
        }
        assertThat(outbox().moved("errors", grid))
                .extracting(books -> books.get(Bucket.IN))
                // Apart, all that was counted since the last copy moves when it is copied.
                .containsExactly(apart() ? 0 : 2L * each, apart() ? 4L * each : 2L * each);
    }

    private int offerAll(Outbox at, int count) {
        Stream.iterate(0, n -> n + 1)
                .limit(count)
                .map(n -> at.accept(occurrence(Key.of("errors", "subject " + n % 3), "x")))
                .toList()
                .forEach(this::join);
        return count;
    }

    @Test
    void whatIsGivenUpIsListedOnceNothingCanBeCommittedBeforeItAnyMore() {
        mail().next(1, new Receipt.Refused("550 no such user", true));
        send("errors", "x");
        Outbox.Mark start = new Outbox.Mark(START, 0);
        assertThat(outbox().deaths(start, 10)).isEmpty();

        clock.advance(Duration.ofSeconds(20));
        assertThat(outbox().deaths(start, 10)).hasSize(1);
    }

    @Test
    void whoeverWatchesOneServerSeesThatTheOtherWorks() {
        offer("errors", "x");
        Outbox other = another();
        Progress before = outbox().progress();
        List<Progress> sending = new ArrayList<>();
        mail().next(outgoing -> {
            sending.add(outbox().progress());
            return new Receipt.Refused("451 later", false);
        });
        other.tick();

        assertThat(sending).hasSize(1).doesNotContain(before);
        assertThat(outbox().progress()).isNotIn(before, sending.get(0));
    }

    @Test
    void aCharacterThatNoDatabaseKeepsIsReplaced() {
        Acceptance.Decided answer =
                (Acceptance.Decided) join(outbox().accept(occurrence(Key.of("errors", "sub\0ject"), "ti\0tle")));
        outbox().tick();

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(view(answer).message().key().subject()).isEqualTo("sub\ufffdject");
        assertThat(mail().delivered())
                .extracting(message -> message.content().title())
                .containsExactly("ti\ufffdtle");
    }

    @Test
    void bothDeleteWhatIsOverAndBookItOnce() {
        for (int i = 0; i < 300; i++) {
            join(outbox().accept(occurrence(Key.of("errors", "subject " + i), "x")));
        }
        outbox().tick();
        Outbox other = another();
        clock.advance(Duration.ofDays(60));
        for (int round = 0; round < 5; round++) {
            clock.advance(Duration.ofMinutes(10));
            atOnce(outbox()::tick, other::tick);
        }

        assertThat(messages()).isEmpty();
        assertThat(join(store().keys("errors", Optional.empty(), 10))).isEmpty();
    }
}
