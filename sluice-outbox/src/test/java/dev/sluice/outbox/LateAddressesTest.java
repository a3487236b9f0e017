package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deliveries whose address is looked up at the time at which they are tried. */
class LateAddressesTest extends WithOutbox {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final Receipt LATER = new Receipt.Refused("451 later", false);
    private static final Key ACCOUNT = Key.of("margin-call", "7");

    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private volatile boolean broken;

    @BeforeEach
    void flows() {
        LastLook lookup = asked -> {
            if (asked.named()) {
                return new LastLook.Answer.Send(List.of());
            }
            lookups.incrementAndGet();
            if (broken) {
                throw new java.io.IOException("the directory is away");
            }
            return new LastLook.Answer.Send(addresses.getOrDefault(asked.key().subject(), List.of()));
        };
        Sending sending = new Sending(List.of("mail"), EXACT).to(lookup, SWEEP);
        flows.add(
                new FlowPlan("margin-call", Map.of("", Rule.allow("once per 3h").build()), sending));
    }

    private Acceptance.Decided call() {
        return (Acceptance.Decided) join(outbox().accept(occurrence(ACCOUNT, "margin call")));
    }

    private List<String> deliveries(Acceptance.Decided answer) {
        return view(answer).deliveries().stream()
                .map(delivery -> delivery.recipient() + " " + delivery.state() + " " + delivery.attempts())
                .toList();
    }

    @Test
    @DisplayName("S1.12 without an address there are no attempts, and the next event finds the one that was added")
    void theNextEventFindsTheAddress() {
        Acceptance.Decided answer = call();
        outbox().tick();
        for (int event = 0; event < 24; event++) {
            clock.advance(Duration.ofMillis(200));
            call();
            outbox().tick();
        }
        assertThat(mail().attempts()).isEmpty();
        assertThat(deliveries(answer)).containsExactly(" undeliverable 0");
        assertThat(outbox().unaddressed(10)).singleElement().satisfies(lost -> {
            assertThat(lost.key()).isEqualTo(ACCOUNT);
            assertThat(lost.since()).isEqualTo(START);
        });
        assertThat(lookups).hasValueLessThan(8);

        addresses.put("7", List.of("seven@example.org"));
        clock.advance(SECOND);
        call();
        outbox().tick();
        assertThat(mail().attempts()).extracting(Outgoing::recipient).containsExactly("seven@example.org");
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(outbox().unaddressed(10)).isEmpty();
        assertThat(books("margin-call", Bucket.DELIVERED)).isEqualTo(1);
    }

    @Test
    @DisplayName("S1.12 the sweep finds an address that was added, without any further event")
    void theSweepFindsTheAddress() {
        Acceptance.Decided answer = call();
        outbox().tick();
        addresses.put("7", List.of("seven@example.org"));
        pass(SWEEP.minus(SECOND), SECOND);
        assertThat(mail().attempts()).isEmpty();
        pass(SECOND);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void theWaitForAnAddressOutlivesARestart() {
        Acceptance.Decided answer = call();
        outbox().tick();
        restart();
        assertThat(deliveries(answer)).containsExactly(" undeliverable 0");
        addresses.put("7", List.of("seven@example.org"));
        pass(SWEEP, SECOND);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void theAddressIsReadAgainBeforeEachAttempt() {
        addresses.put("7", List.of("old@example.org"));
        mail().next(1, LATER);
        call();
        outbox().tick();
        addresses.put("7", List.of("new@example.org"));
        pass(Duration.ofSeconds(5), SECOND);

        assertThat(mail().attempts())
                .extracting(Outgoing::recipient)
                .containsExactly("old@example.org", "new@example.org");
    }

    @Test
    void anAddressThatIsTakenAwayMakesItWaitAgain() {
        addresses.put("7", List.of("old@example.org"));
        mail().next(1, LATER);
        Acceptance.Decided answer = call();
        outbox().tick();
        addresses.clear();
        pass(Duration.ofSeconds(5), SECOND);
        assertThat(deliveries(answer)).containsExactly("old@example.org undeliverable 1");
    }

    @Test
    void severalAddressesAreDeliveriesOfTheirOwn() {
        addresses.put("7", List.of("one@example.org", "two@example.org", "ONE@example.org"));
        mail().always(outgoing -> outgoing.recipient().startsWith("two") ? LATER : new Receipt.Accepted("ok"));
        Acceptance.Decided answer = call();
        outbox().tick();
        assertThat(deliveries(answer)).containsExactly("one@example.org accepted 1", "two@example.org waiting 1");

        addresses.put("7", List.of("one@example.org"));
        pass(Duration.ofSeconds(5), SECOND);
        assertThat(deliveries(answer)).containsExactly("one@example.org accepted 1", "two@example.org withdrawn 2");
        assertThat(mail().delivered()).hasSize(1);
    }

    @Test
    void aLookupThatFailsIsNoMissingAddressAndCostsNoAttempt() {
        broken = true;
        addresses.put("7", List.of("seven@example.org"));
        Acceptance.Decided answer = call();
        pass(Duration.ofSeconds(20), SECOND);
        assertThat(deliveries(answer)).containsExactly(" waiting 0");
        assertThat(view(answer).deliveries().get(0).note()).contains("the directory is away");
        assertThat(outbox().unaddressed(10)).isEmpty();

        broken = false;
        pass(Duration.ofSeconds(5), SECOND);
        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    void whoIsNamedByTheOccurrenceIsNotLookedUp() {
        Content content = new Content("margin call", "", "", "{}");
        join(outbox().accept(new Occurrence(
                ACCOUNT,
                "",
                content,
                List.of("named@example.org"),
                java.util.Optional.empty(),
                dev.sluice.Event.Settle.LATER)));
        outbox().tick();
        assertThat(mail().attempts()).extracting(Outgoing::recipient).containsExactly("named@example.org");
        assertThat(lookups).hasValue(0);
    }

    @Test
    void withoutAnAddressTheMessageIsGivenUpInTheEndAndItsSlotIsFree() {
        Acceptance.Decided answer = call();
        outbox().tick();
        pass(Duration.ofHours(24).minusMinutes(10), Duration.ofMinutes(10));
        pass(Duration.ofMinutes(10), Duration.ofSeconds(10));

        assertThat(state(answer)).isEqualTo(MessageState.DEAD);
        assertThat(mail().attempts()).isEmpty();
        assertThat(books("margin-call", Bucket.DEAD)).isEqualTo(1);
        assertThat(outbox().unaddressed(10)).isEmpty();
    }

    @Test
    void aProcessThatDiesWhileItSendsKnowsTheAddressAndTheKeyAgain() {
        addresses.put("7", List.of("seven@example.org"));
        mail().next(1, new Receipt.Unknown("no reply"));
        call();
        outbox().tick();
        pass(Duration.ofSeconds(5), SECOND);

        assertThat(mail().attempts()).hasSize(2);
        assertThat(mail().attempts())
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(mail().attempts().get(0).idempotencyKey());
    }
}
