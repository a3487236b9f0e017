package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** How what was held is told: by a digest, with the next pass, or not at all. */
class DigestTest extends WithOutbox {
    private static final Duration HOUR = Duration.ofHours(1);

    private void offer(String flow, int times) {
        for (int i = 1; i <= times; i++) {
            send(flow, "error " + i);
        }
    }

    @Test
    void whatADigestTellsIsOwedUntilItIsDelivered() {
        flow("errors", Rule.allow("2 per 1h").build());
        offer("errors", 10);
        mail().always(new Receipt.Refused("451 later", false));
        pass(HOUR);
        assertThat(books("errors", Bucket.OWED)).isEqualTo(8);
        assertThat(books("errors", Bucket.REPORTED)).isZero();

        mail().always(new Receipt.Accepted("250 ok"));
        pass(Duration.ofSeconds(5));
        assertThat(books("errors", Bucket.OWED)).isZero();
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(8);
    }

    @Test
    void whatADeadDigestWouldHaveToldIsDead() {
        flow("errors", Rule.allow("2 per 1h").build());
        offer("errors", 10);
        mail().always(new Receipt.Refused("550 never", true));
        pass(HOUR);

        assertThat(books("errors", Bucket.DEAD)).isEqualTo(8);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(2);
    }

    @Test
    void aDigestIsNeverInTheWindowOfItsKey() {
        flow("errors", Rule.allow("2 per 1h").build());
        offer("errors", 10);
        pass(HOUR);
        offer("errors", 10);
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(4);
    }

    @Test
    void aDigestGoesToWhoeverGotTheLastMessageOfItsKey() {
        flow("errors", Rule.allow("2 per 1h").build());
        Content content = new Content("error", "text", "error", "{}");
        Occurrence occurrence = new Occurrence(
                Key.of("errors", "subject"),
                "",
                content,
                List.of("owner@example.org"),
                Optional.empty(),
                Event.Settle.LATER);
        for (int i = 0; i < 5; i++) {
            join(outbox().accept(occurrence));
        }
        outbox().tick();
        pass(HOUR);

        assertThat(mail().attempts()).extracting(Outgoing::recipient).containsOnly("owner@example.org");
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
    }

    @Test
    void samplesAreTheFirstTheTenthAndTheHundredthAndAreCut() {
        flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build());
        String title = "ü".repeat(300);
        for (int i = 0; i < 250; i++) {
            Content content = new Content(i + title, "x".repeat(3000), "", "{}");
            join(outbox().accept(new Occurrence(
                    Key.of("errors", "subject"), "", content, List.of(), Optional.empty(), Event.Settle.LATER)));
        }
        List<Sample> now = outbox().samples(Key.of("errors", "subject"));
        assertThat(now).hasSize(3);
        assertThat(now.get(0).title()).startsWith("1ü").hasSizeLessThan(200);
        assertThat(now.get(0).message()).hasSizeBetween(800, Samples.MAX_BYTES);
        outbox().tick();
        pass(HOUR);

        Message digest = mail().delivered(Message.Kind.DIGEST).get(0);
        assertThat(digest.samples()).isEqualTo(now);
        assertThat(digest.content().title()).isEqualTo(now.get(0).title());
        assertThat(outbox().samples(Key.of("errors", "subject"))).isEmpty();
    }

    @Test
    void samplesOfTheNextTallyStayWithTheNextTally() {
        flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build());
        offer("errors", 2);
        clock.advance(HOUR);
        join(outbox().accept(occurrence(Key.of("errors", "subject"), "passes")));
        join(outbox().accept(occurrence(Key.of("errors", "subject"), "held in the new window")));
        outbox().tick();

        Message digest = mail().delivered(Message.Kind.DIGEST).get(0);
        assertThat(digest.samples()).extracting(Sample::title).containsExactly("error 2");
        assertThat(outbox().samples(Key.of("errors", "subject")))
                .extracting(Sample::title)
                .containsExactly("held in the new window");
    }

    @Test
    void withNextTheNextPassTellsWhatWasHeldSince() {
        flow("margin", Rule.allow("once per 1h").build());
        offer("margin", 4);
        pass(HOUR);
        assertThat(mail().delivered()).hasSize(1);
        assertThat(books("margin", Bucket.HELD)).isEqualTo(3);

        mail().next(1, new Receipt.Refused("451 later", false));
        send("margin", "next");
        assertThat(books("margin", Bucket.OWED)).as("told, not delivered").isEqualTo(3);
        pass(Duration.ofSeconds(5));
        Message next = mail().delivered().get(1);
        assertThat(next.kind()).isEqualTo(Message.Kind.PASS);
        assertThat(next.tally().held()).isEqualTo(3);
        assertThat(next.tally().first()).contains(START);
        assertThat(next.samples()).extracting(Sample::title).containsExactly("error 2");
        assertThat(books("margin", Bucket.REPORTED)).isEqualTo(3);

        pass(HOUR);
        send("margin", "and one more");
        assertThat(mail().delivered().get(2).tally().held()).isZero();
    }

    @Test
    void offNobodyIsToldAndTheCountIsKept() {
        flow("quiet", Rule.allow("2 per 1h").digest(Digest.OFF).build());
        offer("quiet", 5);
        pass(HOUR);
        send("quiet", "next");
        assertThat(mail().delivered(Message.Kind.DIGEST)).isEmpty();
        assertThat(books("quiet", Bucket.KEPT)).isEqualTo(3);
        assertThat(outbox().samples(Key.of("quiet", "subject"))).isEmpty();
    }

    @Test
    void aResetClosesTheTallyAndItsDigestFollowsAtOnce() {
        flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build());
        offer("errors", 4);
        join(outbox().reset(Key.of("errors", "subject"), OptionalDouble.empty()));
        outbox().tick();

        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        assertThat(ledger(Ledger.Kind.RESET)).hasSize(1);
        assertThat(send("errors", "after the reset").word()).isEqualTo("pass");
    }

    @Test
    void withoutAChannelADigestIsKeptInTheLedger() {
        flows.add(new FlowPlan(
                "own", java.util.Map.of("", Rule.allow("2 per 1h").build()), List.of(), OnFailure.STANDARD));
        for (int i = 0; i < 5; i++) {
            Acceptance.Decided answer = offer("own", "error " + i);
            answer.claim().ifPresent(claim -> join(outbox().complete(claim)));
        }
        pass(HOUR);
        assertThat(books("own", Bucket.KEPT)).isEqualTo(3);
        assertThat(ledger(Ledger.Kind.DIGEST)).hasSize(1);
    }

    @Test
    void whatAFlowOwesWaitsUntilTheFlowIsConfiguredAgain() {
        flow("errors", Rule.allow("2 per 1h").build());
        flow("other", Rule.allow("2 per 1h").build());
        offer("errors", 5);
        FlowPlan errors = flows.remove(0);
        restart();
        pass(HOUR);
        pass(HOUR);
        assertThat(mail().delivered(Message.Kind.DIGEST)).isEmpty();
        assertThat(books("errors", Bucket.HELD)).isEqualTo(3);

        flows.add(errors);
        restart();
        outbox().tick();
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(3);
    }

    @Test
    void aMessageWaitsUntilItsFlowIsConfiguredAgain() {
        flow("errors", Rule.allow("2 per 1h").build());
        flow("other", Rule.allow("2 per 1h").build());
        mail().next(1, new Receipt.Refused("451 later", false));
        Acceptance.Decided answer = send("errors", "error");
        FlowPlan errors = flows.remove(0);
        restart();
        pass(Duration.ofMinutes(1));
        assertThat(state(answer)).isEqualTo(MessageState.PENDING);
        assertThat(view(answer).deliveries())
                .as("in nobody's way, unless another server may know its flow")
                .extracting(MessageView.DeliveryView::nextAt)
                .containsExactly(dialect.isShared() ? Optional.of(START.plusSeconds(5)) : Optional.empty());

        flows.add(errors);
        restart();
        outbox().tick();
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void manyKeysAreToldInOnePass() {
        flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build());
        for (int i = 0; i < 300; i++) {
            outbox().accept(occurrence(Key.of("errors", "subject " + i), "one"));
            outbox().accept(occurrence(Key.of("errors", "subject " + i), "two"));
        }
        outbox().tick();
        pass(HOUR);
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(300);
    }

    @Test
    void whatADeadPassWouldHaveToldIsDead() {
        flow("margin", Rule.allow("once per 1h").build());
        offer("margin", 4);
        pass(HOUR);
        mail().next(1, new Receipt.Refused("550 never", true));
        send("margin", "next");
        assertThat(books("margin", Bucket.DEAD)).isEqualTo(1 + 3);
    }

    @Test
    void withoutClaimsADigestIsToldThoughTheClockWasSetBack() {
        flow("errors", Rule.allow("3 per 1m").charged().build());
        offer("errors", 5);
        pass(Duration.ofMinutes(1));
        offer("errors", 5);
        clock.set(clock.instant().minusSeconds(200));
        offer("errors", 1);
        pass(Duration.ofMinutes(1));

        assertThat(mail().delivered(Message.Kind.DIGEST))
                .extracting(message -> message.tally().held())
                .containsExactly(2L, 3L);
        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(6);
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(5);
    }

    @Test
    void withoutClaimsADigestGoesToWhoeverGotTheLastMessage() {
        flow("errors", Rule.allow("2 per 1h").charged().build());
        for (String recipient : List.of("a@example.org", "b@example.org", "b@example.org")) {
            Occurrence some = occurrence(Key.of("errors", "subject"), "error");
            join(outbox().accept(new Occurrence(
                    some.key(), "", some.content(), List.of(recipient), Optional.empty(), some.settle())));
        }
        pass(HOUR);

        assertThat(mail().attempts())
                .filteredOn(outgoing -> outgoing.message().kind() == Message.Kind.DIGEST)
                .extracting(Outgoing::recipient)
                .containsExactly("b@example.org");
    }

    @Test
    void aDigestGoesOverEachChannelToItsOwnRecipients() {
        flow("errors", Rule.allow("2 per 1h").build(), EXACT, "mail", "pager");
        mail().recipients("a@example.org", "b@example.org");
        offer("errors", 5);
        pass(HOUR);

        assertThat(mail().attempts())
                .filteredOn(outgoing -> outgoing.message().kind() == Message.Kind.DIGEST)
                .extracting(Outgoing::recipient)
                .containsExactly("a@example.org", "b@example.org");
        assertThat(channel("pager").attempts()).extracting(Outgoing::recipient).containsOnly("");
    }
}
