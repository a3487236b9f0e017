package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Bucket;
import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flows without channels, whose callers send by themselves; and requests that are repeated. */
class CallerTest extends WithOutbox {
    private static final Key JOB = Key.of("job", "subject");

    @BeforeEach
    void flowsWithoutChannels() {
        caller("job", Rule.allow("exclusive").build());
        caller("once", Rule.allow("once per 1h").build());
        caller("careful", Rule.allow("once per 1h").onLost(OnLost.DROP).build());
        flow("errors", Rule.allow("2 per 1h").build());
        flow("many", Rule.allow("100 per 1h").charged().build());
    }

    private void caller(String flow, Rule rule) {
        flows.add(new FlowPlan(flow, Map.of("", rule), List.of(), OnFailure.STANDARD));
    }

    private Claim claim(String flow) {
        return offer(flow, "x").claim().orElseThrow();
    }

    @Test
    void theCallerSettlesItsClaim() {
        Claim claim = claim("job");
        assertThat(offer("job", "x").reason()).isEqualTo("in-flight");
        assertThat(join(outbox().extend(claim, Duration.ofMinutes(5)))).isEqualTo(Settlement.OK);
        pass(Duration.ofMinutes(4));
        assertThat(join(outbox().complete(claim))).isEqualTo(Settlement.OK);
        assertThat(join(outbox().complete(claim))).as("repeated").isEqualTo(Settlement.OK);
        assertThat(books("job", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(offer("job", "x").word()).isEqualTo("pass");
    }

    @Test
    void aLostClaimIsStaleForItsHolderAndInTheLedger() {
        Claim claim = claim("once");
        pass(Rule.DEFAULT_LEASE);
        assertThat(join(outbox().complete(claim))).isEqualTo(Settlement.STALE);
        assertThat(ledger(Ledger.Kind.LOST)).hasSize(1);
        assertThat(books("once", Bucket.HELD)).isEqualTo(1);
    }

    @Test
    void aLostClaimUnderDropIsAssumed() {
        claim("careful");
        pass(Rule.DEFAULT_LEASE);
        assertThat(offer("careful", "x").reason()).isEqualTo("limit");
        assertThat(books("careful", Bucket.ASSUMED)).isEqualTo(1);
    }

    @Test
    void anOperatorTakesAClaimAway() {
        Claim claim = claim("job");
        assertThat(join(outbox().evict(JOB, claim.fence(), "ops"))).isEqualTo(Settlement.OK);
        assertThat(join(outbox().complete(claim))).isEqualTo(Settlement.STALE);
        assertThat(ledger(Ledger.Kind.ACTION)).hasSize(1);
        assertThat(books("job", Bucket.WITHDRAWN)).isEqualTo(1);
    }

    @Test
    void aReleasedClaimFreesItsSlot() {
        Claim claim = claim("job");
        assertThat(join(outbox().release(claim, Event.Why.WITHDRAWN))).isEqualTo(Settlement.OK);
        assertThat(offer("job", "x").word()).isEqualTo("pass");
    }

    @Test
    void settledAtOnceThereIsNoClaim() {
        Occurrence now = new Occurrence(
                Key.of("once", "subject"),
                "",
                new Content("", "", "", "{}"),
                List.of(),
                Optional.empty(),
                Event.Settle.NOW);
        Acceptance.Decided first = (Acceptance.Decided) join(outbox().accept(now));
        Acceptance.Decided second = (Acceptance.Decided) join(outbox().accept(now));
        assertThat(first.word()).isEqualTo("pass");
        assertThat(first.claim()).isEmpty();
        assertThat(second.reason()).isEqualTo("limit");
        pass(Duration.ofHours(1));
        Acceptance.Decided third = (Acceptance.Decided) join(outbox().accept(now));
        assertThat(third.counts().held()).as("what the pass is to tell").isEqualTo(1);
        assertThat(books("once", Bucket.REPORTED)).isEqualTo(1);
    }

    @Test
    void aCallerIsToldWithItsNextPassAndHasToldWhenItCompletes() {
        join(outbox().complete(claim("once")));
        offer("once", "held");
        offer("once", "held");
        pass(Duration.ofHours(1));
        Acceptance.Decided next = offer("once", "next");
        assertThat(next.counts().held()).isEqualTo(2);
        assertThat(books("once", Bucket.OWED)).isEqualTo(2);
        join(outbox().complete(next.claim().orElseThrow()));
        assertThat(books("once", Bucket.REPORTED)).isEqualTo(2);
    }

    @Test
    void withoutClaimsAMessageIsPendingByItself() {
        mail().next(1, new Receipt.Refused("550 never", true));
        Acceptance.Decided first = offer("many", "one");
        Acceptance.Decided second = offer("many", "two");
        assertThat(books("many", Bucket.PENDING)).isEqualTo(2);
        outbox().tick();
        assertThat(state(first)).isEqualTo(MessageState.DEAD);
        assertThat(state(second)).isEqualTo(MessageState.DELIVERED);
        assertThat(books("many", Bucket.DEAD)).isEqualTo(1);
        assertThat(books("many", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestGetsTheSameAnswerAndCountsOnce() {
        for (String flow : List.of("errors", "job")) {
            Occurrence occurrence = occurrence(
                    Key.of(flow, "subject\nwith a line break"),
                    "error",
                    Optional.of(new Occurrence.Request("id-1", "hash")));
            Acceptance first = join(outbox().accept(occurrence));
            restart();
            assertThat(join(outbox().accept(occurrence))).isEqualTo(first);
            assertThat(books(flow, Bucket.IN)).isEqualTo(1);
            assertThat(books(flow, Bucket.REPEATED)).isEqualTo(1);
        }
        outbox().tick();
        assertThat(mail().delivered()).hasSize(1);
    }

    @Test
    void theSameIdWithAnotherBodyIsAConflictAndDoesNothing() {
        Key key = Key.of("errors", "subject");
        join(outbox().accept(occurrence(key, "error", Optional.of(new Occurrence.Request("id-1", "hash")))));
        Acceptance other =
                join(outbox().accept(occurrence(key, "other", Optional.of(new Occurrence.Request("id-1", "another")))));
        assertThat(other).isEqualTo(new Acceptance.IdConflict("id-1"));
        assertThat(books("errors", Bucket.IN)).isEqualTo(1);
    }

    @Test
    void afterADayTheSameIdIsANewOccurrence() {
        flow("daily", Rule.allow("5 per 1h").build());
        Occurrence occurrence =
                occurrence(Key.of("daily", "subject"), "error", Optional.of(new Occurrence.Request("id-1", "hash")));
        join(outbox().accept(occurrence));
        outbox().tick();
        pass(Duration.ofDays(9), Duration.ofHours(12));
        Acceptance.Decided answer = (Acceptance.Decided) join(outbox().accept(occurrence));
        assertThat(answer.reason()).isEqualTo("allowed");
        assertThat(books("daily", Bucket.IN)).isEqualTo(2);
    }

    @Test
    void theFullTextOfALongSubjectIsKeptBesideItsHash() {
        String subject = "s".repeat(500);
        Key key = Key.of("errors", subject);
        Occurrence occurrence = new Occurrence(
                key, subject, new Content("", "", "", "{}"), List.of(), Optional.empty(), Event.Settle.LATER);
        join(outbox().accept(occurrence));
        assertThat(outbox().subjectText(key)).isEqualTo(subject);
        assertThat(outbox().subjectText(JOB)).isEqualTo("subject");
    }

    @Test
    void whatIsNotConfiguredIsRefused() {
        assertThatThrownBy(() -> join(outbox().accept(occurrence(Key.of("nowhere", "s"), "x"))))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> join(outbox().accept(occurrence(Key.of("job", "variant", "s"), "x"))))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plans(
                        List.of(new FlowPlan(
                                "lost",
                                Map.of("", Rule.allow("exclusive").build()),
                                List.of("nowhere"),
                                OnFailure.STANDARD)),
                        channels.keySet(),
                        LEASE))
                .hasMessageContaining("nowhere");
    }

    @Test
    void retentionPurgesWhatIsOver() {
        settings = new Outbox.Settings(LEASE, 1, Duration.ZERO, Duration.ofDays(2));
        Acceptance.Decided answer = send("errors", "error");
        for (int i = 0; i < 5; i++) {
            send("errors", "error");
        }
        pass(Duration.ofDays(1), Duration.ofHours(1));
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        pass(Duration.ofDays(20), Duration.ofHours(1));
        assertThat(messages()).isEmpty();
        assertThat(ledger(Ledger.Kind.PASS)).isEmpty();
        assertThat(join(keys().keys("errors", Optional.empty(), 10))).isEmpty();
        assertThat(books("errors", Bucket.IN)).isEqualTo(6);
    }
}
