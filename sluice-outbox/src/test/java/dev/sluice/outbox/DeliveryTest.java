package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import dev.sluice.sql.SqliteSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of a message whose channel does not simply accept it. */
class DeliveryTest extends WithOutbox {
    private static final Receipt LATER = new Receipt.Refused("451 later", false);
    private static final Receipt NEVER = new Receipt.Refused("550 no such user", true);
    private static final Receipt NO_REPLY = new Receipt.Unknown("no reply after the body");
    private static final Receipt DOWN = new Receipt.Unreachable("connection refused");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @BeforeEach
    void margin() {
        flow("margin", Rule.allow("once per 3h").build());
        flow("careful", Rule.allow("once per 3h").onLost(OnLost.DROP).build());
        flow("short", Rule.allow("once per 3h").build(), attempts(3, Duration.ofMinutes(2)), "mail");
        flow("both", Rule.allow("once per 3h").build(), attempts(3, Duration.ofHours(1)), "mail", "pager");
    }

    private static OnFailure attempts(int most, Duration giveUp) {
        return new OnFailure(Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0, OnFailure.From.FAILURE, most, giveUp);
    }

    private List<Instant> attemptTimes() {
        return mail().attempts().stream()
                .map(outgoing -> outgoing.message().window().decidedAt())
                .toList();
    }

    @Test
    @DisplayName("S1.3 a refused delivery is tried again by the timer, with back-off and without any further event")
    void timerRetries() {
        mail().next(3, LATER);
        Acceptance.Decided answer = send("margin", "margin call");
        long[] seconds = new long[3];
        for (int i = 0; i < 3; i++) {
            int before = mail().attempts().size();
            while (mail().attempts().size() == before) {
                pass(SECOND);
                seconds[i]++;
            }
        }
        assertThat(seconds).containsExactly(5, 10, 20);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).extracting(Outgoing::attempt).containsExactly(1, 2, 3, 4);
        assertThat(mail().attempts())
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(mail().attempts().get(0).idempotencyKey());
        assertThat(mail().attempts().get(0).idempotencyKey()).matches("[A-Za-z0-9-]+");
    }

    @Test
    void aReceiverThatAsksForTimeGetsItAndItsMessageAfterIt() {
        mail().next(1, new Receipt.Refused("429 slow down", false, Duration.ofSeconds(90)));
        send("margin", "margin call");
        pass(Duration.ofSeconds(89), SECOND);
        assertThat(mail().attempts()).hasSize(1);
        pass(Duration.ofSeconds(2), SECOND);
        assertThat(mail().attempts()).hasSize(2);
    }

    @Test
    void aClockThatIsSetBackPostponesNoAttempt() {
        mail().next(1, LATER);
        Acceptance.Decided answer = send("margin", "margin call");
        pass(SECOND);
        clock.advance(Duration.ofHours(-1));
        pass(Duration.ofSeconds(5), SECOND);

        assertThat(mail().attempts()).hasSize(2);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void theWindowBeginsWithTheDeliveryAndNotWithTheDecision() {
        mail().next(1, LATER);
        send("margin", "margin call");
        pass(Duration.ofSeconds(5));
        Instant delivered = clock.instant();

        assertThat(send("margin", "again").next()).contains(delivered.plus(Duration.ofHours(3)));
        assertThat(attemptTimes()).containsOnly(START);
    }

    @Test
    void whileAMessageIsOnItsWayItsKeyIsInFlight() {
        mail().next(1, LATER);
        send("margin", "margin call");
        Acceptance.Decided second = send("margin", "again");
        assertThat(second.word()).isEqualTo("suppress");
        assertThat(second.reason()).isEqualTo("in-flight");
        assertThat(books("margin", Bucket.PENDING)).isEqualTo(1);
    }

    @Test
    void aRefusalForGoodMakesAMessageDeadAtOnceAndFreesItsSlot() {
        mail().next(1, NEVER);
        Acceptance.Decided answer = send("margin", "margin call");

        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
        assertThat(mail().attempts()).hasSize(1);
        assertThat(books("margin", Bucket.DEAD)).isEqualTo(1);
        assertThat(books("margin", Bucket.PENDING)).isZero();
        assertThat(ledger(Ledger.Kind.DEAD)).hasSize(1);
        assertThat(view(answer).deliveries().get(0).note()).contains("550 no such user");
    }

    @Test
    void afterItsLastAttemptAMessageIsDead() {
        mail().always(LATER);
        Acceptance.Decided answer = send("short", "margin call");
        pass(Duration.ofSeconds(60), SECOND);

        assertThat(mail().attempts()).hasSize(3);
        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
    }

    @Test
    void noAttemptStartsThatCouldEndAfterTheMessageIsGivenUp() {
        flow("patient", Rule.allow("once per 3h").build(), attempts(1000, Duration.ofMinutes(10)), "mail");
        mail().always(LATER);
        Acceptance.Decided answer = send("patient", "margin call");
        Instant giveUp = START.plus(Duration.ofMinutes(10));
        Instant last = START;
        int attempts = 1;
        while (clock.instant().isBefore(giveUp.plusSeconds(60))) {
            pass(SECOND);
            if (mail().attempts().size() > attempts) {
                attempts = mail().attempts().size();
                last = clock.instant();
            }
        }
        assertThat(last.plus(LEASE)).isBeforeOrEqualTo(giveUp);
        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
        assertThat(ledger(Ledger.Kind.LOST)).isEmpty();
        assertThat(view(answer).giveUpAt()).isEqualTo(giveUp);
    }

    @Test
    void aMessageThatNobodyCouldSendInTimeIsDeadBeforeItsClaimIsLost() {
        mail().always(DOWN);
        Acceptance.Decided answer = send("short", "margin call");
        pass(Duration.ofMinutes(3), SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
        assertThat(ledger(Ledger.Kind.LOST)).isEmpty();
        assertThat(books("short", Bucket.DEAD)).isEqualTo(1);
    }

    @Test
    void aMessageWhoseTimePassedWhileTheProcessWasAwayIsHeldAndNeverSent() {
        mail().next(1, DOWN);
        Acceptance.Decided answer = send("short", "margin call");
        clock.advance(Duration.ofHours(1));
        restart();
        outbox().tick();

        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
        assertThat(mail().delivered()).isEmpty();
        assertThat(books("short", Bucket.HELD)).isEqualTo(1);
    }

    @Test
    void aChannelThatIsDownUsesUpNoAttempt() {
        mail().next(5, DOWN);
        Acceptance.Decided answer = send("short", "margin call");
        pass(Duration.ofSeconds(40), SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).hasSize(6).extracting(Outgoing::attempt).containsOnly(1);
    }

    @Test
    void aChannelThatIsDownRestsAsAWhole() {
        mail().next(1, DOWN);
        send("margin", "margin call");
        join(outbox().accept(occurrence(Key.of("margin", "other"), "another")));
        outbox().tick();
        assertThat(mail().attempts()).hasSize(1);

        pass(SECOND);
        assertThat(mail().delivered()).hasSize(2);
    }

    @Test
    void underRetryAnUnknownOutcomeIsTriedAgainUnderTheSameKey() {
        mail().next(1, NO_REPLY);
        Acceptance.Decided answer = send("margin", "margin call");
        pass(Duration.ofSeconds(5));

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).hasSize(2);
        assertThat(mail().attempts().get(1).idempotencyKey())
                .isEqualTo(mail().attempts().get(0).idempotencyKey());
    }

    @Test
    void underDropAnUnknownOutcomeIsAssumedAndUsesUpTheWindow() {
        mail().next(1, NO_REPLY);
        Acceptance.Decided answer = send("careful", "margin call");
        pass(Duration.ofMinutes(1), SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.ASSUMED);
        assertThat(mail().attempts()).hasSize(1);
        assertThat(books("careful", Bucket.ASSUMED)).isEqualTo(1);
        assertThat(send("careful", "again").reason()).isEqualTo("limit");
    }

    @Test
    void aChannelThatThrowsLeavesAnUnknownOutcome() {
        mail().next(outgoing -> {
            throw new IllegalStateException("a fault in the channel");
        });
        Acceptance.Decided answer = send("careful", "margin call");
        assertThat(state(answer)).isEqualTo(MessageState.ASSUMED);
    }

    @Test
    void theFirstAcceptedDeliveryDeliversTheMessageAndTheOthersGoOn() {
        mail().always(LATER);
        Acceptance.Decided answer = send("both", "margin call");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(books("both", Bucket.DELIVERED)).isEqualTo(1);

        pass(Duration.ofMinutes(1), SECOND);
        assertThat(mail().attempts()).hasSize(3);
        assertThat(view(answer).deliveries())
                .extracting(MessageView.DeliveryView::state)
                .containsExactly("dead", "accepted");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(books("both", Bucket.DEAD)).isZero();
    }

    @Test
    void ofTwoRecipientsOneThatFailsDoesNotStopTheOther() {
        mail().always(outgoing ->
                outgoing.recipient().equals("a@example.org") ? NEVER : new Receipt.Accepted("250 ok"));
        Content content = new Content("margin call", "", "error", "{}");
        Occurrence occurrence = new Occurrence(
                Key.of("margin", "subject"),
                "",
                content,
                List.of("a@example.org", "b@example.org", "b@example.org"),
                Optional.empty(),
                Event.Settle.LATER);
        Acceptance.Decided answer = (Acceptance.Decided) join(outbox().accept(occurrence));
        outbox().tick();

        assertThat(view(answer).deliveries())
                .extracting(MessageView.DeliveryView::state)
                .containsExactly("dead", "accepted");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).extracting(Outgoing::idempotencyKey).doesNotHaveDuplicates();
    }

    @Test
    void aRecipientOfTheChannelThatIsPutOffGetsTheMessageLater() {
        mail().recipients("a@example.org", "b@example.org");
        mail().next(1, new Receipt.Accepted("250 ok"));
        mail().next(1, LATER);
        Acceptance.Decided answer = send("margin", "margin call");
        pass(Duration.ofSeconds(5));

        assertThat(mail().attempts())
                .extracting(Outgoing::recipient)
                .containsExactly("a@example.org", "b@example.org", "b@example.org");
        assertThat(view(answer).deliveries())
                .extracting(MessageView.DeliveryView::state)
                .containsExactly("accepted", "accepted");
        assertThat(books("margin", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void aMessageThatIsOfferedAgainGoesToTheSameRecipientsOverEachChannel() {
        mail().recipients("a@example.org", "b@example.org");
        mail().next(2, NEVER);
        channel("pager").next(1, NEVER);
        Acceptance.Decided answer = send("both", "margin call");
        pass(Duration.ofSeconds(5));
        join(outbox().redrive(answer.message().orElseThrow().id(), "ops"));
        outbox().tick();

        assertThat(mail().attempts())
                .extracting(Outgoing::recipient)
                .containsExactly("a@example.org", "b@example.org", "a@example.org", "b@example.org");
        assertThat(channel("pager").attempts()).extracting(Outgoing::recipient).containsExactly("", "");
    }

    @Test
    void aMessageThatIsOfferedAgainGoesToTheAddressThatWasCorrectedSince() {
        mail().recipients("typo@example.org");
        mail().next(1, NEVER);
        Acceptance.Decided answer = send("margin", "margin call");
        mail().recipients("right@example.org");
        pass(Duration.ofSeconds(5));
        join(outbox().redrive(answer.message().orElseThrow().id(), "ops"));
        outbox().tick();

        assertThat(mail().attempts()).extracting(Outgoing::recipient).startsWith("typo@example.org");
        assertThat(mail().attempts()).extracting(Outgoing::recipient).endsWith("right@example.org");
    }

    @Test
    void anOperatorTakesAMessageBackAndItsSlotIsFree() {
        mail().next(1, LATER);
        Acceptance.Decided answer = send("margin", "margin call");
        long id = answer.message().orElseThrow().id();

        assertThat(join(outbox().withdraw(id, "ops"))).isTrue();
        pass(Duration.ofMinutes(1), SECOND);
        assertThat(mail().attempts()).hasSize(1);
        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
        assertThat(books("margin", Bucket.WITHDRAWN)).isEqualTo(1);
        assertThat(ledger(Ledger.Kind.ACTION))
                .hasSize(1)
                .first()
                .extracting(LedgerEntry::detail)
                .asString()
                .contains("ops");
        assertThat(send("margin", "next").word()).isEqualTo("pass");
    }

    @Test
    void anOperatorHasTheNextAttemptMadeNowAndItIsTheSameDelivery() {
        mail().next(1, LATER);
        Acceptance.Decided answer = send("margin", "margin call");
        long id = answer.message().orElseThrow().id();

        assertThat(join(outbox().hasten(id, "ops"))).isTrue();
        outbox().tick();
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts())
                .extracting(Outgoing::idempotencyKey)
                .hasSize(2)
                .containsOnly(mail().attempts().get(0).idempotencyKey());
        assertThat(ledger(Ledger.Kind.ACTION))
                .extracting(LedgerEntry::detail)
                .containsExactly("message " + id + " is tried now, as ops asked");
        assertThat(join(outbox().hasten(id, "ops"))).isFalse();
    }

    @Test
    void keysOfMessagesAreFoundByWhatTheirSubjectsBeginWith() {
        for (String subject : List.of("7/b", "70/a", "7/a", "6/a", "8")) {
            join(outbox().accept(occurrence(Key.of("margin", subject), "margin call")));
        }
        assertThat(outbox().keysOfMessages("margin", "7/", 10))
                .containsExactly(Key.of("margin", "7/a"), Key.of("margin", "7/b"));
    }

    @Test
    void whatWasDeliveredCannotBeTakenBack() {
        Acceptance.Decided answer = send("margin", "margin call");
        assertThat(join(outbox().withdraw(answer.message().orElseThrow().id(), "ops")))
                .isFalse();
        assertThat(join(outbox().withdraw(4711, "ops"))).isFalse();
    }

    @Test
    void aDeadLetterIsOfferedAgainAsANewOccurrence() {
        mail().next(1, NEVER);
        Acceptance.Decided answer = send("short", "margin call");
        long id = answer.message().orElseThrow().id();
        pass(Duration.ofSeconds(5));

        Acceptance.Decided again =
                (Acceptance.Decided) join(outbox().redrive(id, "ops")).orElseThrow();
        outbox().tick();
        assertThat(again.word()).isEqualTo("pass");
        assertThat(state(again)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().delivered().get(0).content().title()).isEqualTo("margin call");

        Acceptance.Decided third =
                (Acceptance.Decided) join(outbox().redrive(id, "ops")).orElseThrow();
        outbox().tick();
        assertThat(third.message().orElseThrow().id())
                .as("a second click says the same")
                .isEqualTo(again.message().orElseThrow().id());
        assertThat(mail().delivered()).hasSize(1);
        assertThat(ledger(Ledger.Kind.ACTION)).hasSize(1);
        assertThat(join(outbox().redrive(again.message().orElseThrow().id(), "ops")))
                .as("a delivered one is no dead letter")
                .isEmpty();
    }

    @Test
    void aDeadLetterThatTheGateHoldsMayBeOfferedOnceMore() {
        mail().next(1, NEVER);
        Acceptance.Decided answer = send("short", "margin call");
        long id = answer.message().orElseThrow().id();
        pass(Duration.ofSeconds(5));
        send("short", "another");

        assertThat(join(outbox().redrive(id, "ops")).map(DeliveryTest::word)).contains("suppress");
        pass(Duration.ofHours(3));
        assertThat(join(outbox().redrive(id, "ops")).map(DeliveryTest::word)).contains("pass");
    }

    private static String word(Acceptance answer) {
        return ((Acceptance.Decided) answer).word();
    }

    @Test
    void whatAnAttemptGivesThatAnotherHasTakenOverChangesNothing() {
        mail().next(outgoing -> {
            pass(LEASE);
            pass(Duration.ofSeconds(5));
            return NEVER;
        });
        Acceptance.Decided answer = send("margin", "margin call");

        assertThat(mail().attempts()).hasSize(2);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(view(answer).deliveries().get(0).state()).isEqualTo("accepted");
    }

    @Test
    void aMessageWhoseClaimWasTakenAwayIsDeliveredAllTheSameAndTheLedgerSaysSo() {
        Acceptance.Decided answer = offer("margin", "margin call");
        long fence = join(keys().read(answer.key())).orElseThrow().live().get(0).fence();
        join(outbox().evict(answer.key(), fence, "ops"));
        outbox().tick();

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(ledger(Ledger.Kind.SETTLE))
                .extracting(LedgerEntry::detail)
                .anyMatch(detail -> detail.contains("its claim had ended before"));
        assertThat(books("margin", Bucket.WITHDRAWN)).isEqualTo(1);
        assertThat(books("margin", Bucket.DELIVERED)).isZero();
    }

    @Test
    void aLeasedMessageIsSentThoughNobodyCanReadJustThen() {
        CountDownLatch letGo = new CountDownLatch(1);
        crashes = point -> {
            if (point == CrashPoints.Point.LEASE_AFTER_COMMIT) {
                occupyReaders(letGo);
            } else if (point == CrashPoints.Point.AFTER_SEND) {
                letGo.countDown();
            }
        };
        Acceptance.Decided answer = offer("careful", "margin call");
        try {
            outbox().tick();
        } finally {
            letGo.countDown();
        }
        assertThat(mail().delivered()).hasSize(1);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    /** Takes all connections that read, one query after the other, until {@code letGo}. */
    private void occupyReaders(CountDownLatch letGo) {
        for (int i = 0; i < SqliteSettings.STANDARD.readers(); i++) {
            CountDownLatch taken = new CountDownLatch(1);
            new Thread(() -> store().query(connection -> {
                        taken.countDown();
                        return awaited(letGo);
                    }))
                    .start();
            assertThat(awaited(taken)).isTrue();
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
