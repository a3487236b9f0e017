package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Reason;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A flow with limiting switched off: everything goes out, and the answers say what limiting would have held. */
class ShadowTest extends WithOutbox {
    private void shadow(String name, Rule rule, String... to) {
        flows.add(new FlowPlan(name, Map.of("", rule), List.of(to), EXACT).inShadow());
    }

    @Test
    @DisplayName("S4.7 of ten in shadow ten go out, and five say that they would have been held")
    void tenOfTen() {
        shadow("errors", Rule.allow("5 per 1h").summaryAt(3).build(), "mail");
        List<Acceptance.Decided> answers = java.util.stream.IntStream.range(0, 10)
                .mapToObj(i -> send("errors", "error " + i))
                .toList();

        assertThat(mail().delivered()).hasSize(10);
        assertThat(answers).extracting(Acceptance.Decided::word).doesNotContain("suppress");
        assertThat(answers.subList(0, 5))
                .allSatisfy(answer -> assertThat(answer.detail()).isEmpty());
        assertThat(answers.subList(5, 10)).allSatisfy(answer -> {
            assertThat(answer.word()).isEqualTo("pass");
            assertThat(answer.reason()).isEqualTo("shadow");
            assertThat(answer.detail()).contains(new Acceptance.Would(Reason.LIMIT));
            assertThat(answer.next()).contains(clock.instant());
            assertThat(answer.counts().held()).isZero();
        });
        assertThat(books("errors", Bucket.IN)).isEqualTo(10);
        assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(10);
        assertThat(books("errors", Bucket.SHADOWED)).isEqualTo(5);
        assertThat(books("errors", Bucket.HELD)).isZero();
    }

    @Test
    void noDigestTellsWhatWasSent() {
        shadow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build(), "mail");
        for (int i = 0; i < 20; i++) {
            send("errors", "error " + i);
        }
        pass(Duration.ofHours(5), Duration.ofMinutes(10));

        assertThat(mail().delivered()).hasSize(20);
        assertThat(mail().delivered(Message.Kind.DIGEST)).isEmpty();
        assertThat(mail().delivered())
                .allSatisfy(message -> assertThat(message.window().heldUntil()).isEmpty());
    }

    @Test
    void aMessageOfShadowFailsAndIsGivenUpAsAnyOther() {
        shadow("errors", Rule.allow("once per 1h").build(), "mail");
        send("errors", "first");
        mail().always(new Receipt.Refused("550 never", true));
        assertThat(state(send("errors", "second"))).isEqualTo(MessageState.DEAD);
        assertThat(books("errors", Bucket.DEAD)).isEqualTo(1);
        assertThat(books("errors", Bucket.PENDING)).isZero();
    }

    @Test
    void aRepeatedRequestGetsTheSameAnswer() {
        shadow("errors", Rule.allow("once per 1h").build(), "mail");
        send("errors", "first");
        Occurrence again =
                occurrence(Key.of("errors", "subject"), "second", Optional.of(new Occurrence.Request("id", "hash")));
        Acceptance answer = join(outbox().accept(again));
        assertThat(join(outbox().accept(again))).isEqualTo(answer);
        outbox().tick();
        assertThat(mail().delivered()).hasSize(2);
        assertThat(books("errors", Bucket.SHADOWED)).isEqualTo(1);
    }

    @Test
    void callersPassWithoutAClaimWhereTheyWouldBeHeld() {
        shadow("errors", Rule.allow("once per 1h").build());
        Acceptance.Decided first = offer("errors", "first");
        assertThat(first.claim()).isPresent();
        Acceptance.Decided second = offer("errors", "second");
        assertThat(second.word()).isEqualTo("pass");
        assertThat(second.claim()).isEmpty();
        assertThat(second.detail()).contains(new Acceptance.Would(Reason.IN_FLIGHT));
        join(outbox().release(first.claim().orElseThrow(), Event.Why.WITHDRAWN));
    }
}
