package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker that stalls between the lease of an attempt and the call of its channel, or in the call. */
class LeaseTest extends WithOutbox {
    private static final Duration STALL = Duration.ofSeconds(6);

    private final List<Acceptance.Decided> second = new ArrayList<>();

    @BeforeEach
    void flows() {
        flow("short", Rule.allow("once per 1h").build(), attempts(12, Duration.ofSeconds(4)), "mail");
        flow("single", Rule.allow("1 per 1h").build(), attempts(1, Duration.ofHours(1)), "mail");
        flow("charged", Rule.allow("1 per 1h").charged().build(), attempts(1, Duration.ofHours(1)), "mail");
        flow("careful", Rule.allow("once per 1h").onLost(OnLost.DROP).build());
    }

    private static OnFailure attempts(int most, Duration giveUp) {
        return new OnFailure(Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0, OnFailure.From.FAILURE, most, giveUp);
    }

    /** The first worker that leased an attempt stalls for so long, while others go on. */
    private void stallOnce(Duration time, Runnable others) {
        boolean[] stalled = {false};
        crashes = point -> {
            if (point == CrashPoints.Point.LEASE_AFTER_COMMIT && !stalled[0]) {
                stalled[0] = true;
                clock.advance(time);
                others.run();
            }
        };
    }

    @Test
    void whatWasDeclaredDeadWhileItsWorkerStalledIsNotSent() {
        stallOnce(STALL, () -> {
            outbox().tick();
            second.add(send("short", "second"));
        });
        Acceptance.Decided first = send("short", "first");

        assertThat(state(first)).isEqualTo(MessageState.DEAD);
        assertThat(second.get(0).word()).isEqualTo("pass");
        assertThat(mail().attempts())
                .extracting(outgoing -> outgoing.message().content().title())
                .containsExactly("second");
    }

    @Test
    void underDropAnAttemptThatNeverBeganIsMadeAgainAndSentOnce() {
        stallOnce(LEASE, () -> outbox().tick());
        Acceptance.Decided first = send("careful", "first");

        assertThat(state(first)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).hasSize(1).extracting(Outgoing::attempt).containsExactly(1);
    }

    @Test
    void anAttemptThatComesLateIsGivenBackAndMadeUnderALeaseOfItsOwn() {
        stallOnce(LEASE.dividedBy(2), () -> {});
        Acceptance.Decided first = send("careful", "first");

        assertThat(state(first)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts()).hasSize(1).extracting(Outgoing::timeout).containsExactly(Duration.ofSeconds(24));
    }

    @Test
    void theTimeOfAChannelRunsFromTheLease() {
        stallOnce(STALL, () -> {});
        send("careful", "first");

        assertThat(mail().attempts()).extracting(Outgoing::timeout).containsExactly(Duration.ofSeconds(18));
    }

    @Test
    void whatIsAcceptedAfterItIsDeadIsDeliveredAboveTheLimit() {
        acceptedLate("single", LEASE);

        assertThat(books("single", Bucket.DELIVERED)).isEqualTo(2);
        assertThat(books("single", Bucket.OVERSHOOT)).isEqualTo(1);
        assertThat(books("single", Bucket.DEAD)).isZero();
    }

    @Test
    void whatIsAcceptedAfterItsClaimWasLostIsALateCompletion() {
        acceptedLate("short", STALL);

        assertThat(books("short", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(books("short", Bucket.OVERSHOOT)).isEqualTo(1);
        assertThat(books("short", Bucket.HELD)).isEqualTo(1);
    }

    @Test
    void withoutClaimsTheSlotWasNeverFree() {
        acceptedLate("charged", LEASE);

        assertThat(second.get(0).word()).isEqualTo("suppress");
        assertThat(books("charged", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(books("charged", Bucket.OVERSHOOT)).isZero();
        assertThat(books("charged", Bucket.DEAD)).isZero();
    }

    private void acceptedLate(String flow, Duration late) {
        mail().next(outgoing -> {
            clock.advance(late);
            outbox().tick();
            second.add(send(flow, "second"));
            return new Receipt.Accepted("250 ok, at last");
        });
        Acceptance.Decided first = send(flow, "first");

        assertThat(state(first)).isEqualTo(MessageState.DELIVERED);
        assertThat(view(first).deliveries().get(0).state()).isEqualTo("accepted");
        assertThat(ledger(Ledger.Kind.SETTLE))
                .extracting(LedgerEntry::detail)
                .anyMatch(detail -> detail.contains("was accepted after it was dead"));
    }
}
