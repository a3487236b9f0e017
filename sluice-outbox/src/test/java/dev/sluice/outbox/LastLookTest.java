package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is asked immediately before each attempt: does it still go out? */
class LastLookTest extends WithOutbox {
    private static final Receipt LATER = new Receipt.Refused("451 later", false);
    private static final Key CART = Key.of("cart", "7/1:abc");

    private static final Outbox.LedgerFilter EVERYTHING = new Outbox.LedgerFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private final List<String> looks = new ArrayList<>();
    private Optional<String> over = Optional.empty();

    @BeforeEach
    void flows() {
        LastLook look = asked -> {
            looks.add(asked.key().subject() + " to " + asked.recipient());
            return over.<LastLook.Answer>map(LastLook.Answer.Withdraw::new)
                    .orElseGet(() -> new LastLook.Answer.Send(List.of()));
        };
        flows.add(new FlowPlan(
                "cart",
                Map.of("", Rule.allow("once per 24h").build()),
                new Sending(List.of("mail"), EXACT).looking(look)));
    }

    private Acceptance.Decided offered() {
        return (Acceptance.Decided) join(outbox().accept(occurrence(CART, "your cart")));
    }

    @Test
    @DisplayName("S3.11 what is bought between the decision and the attempt is not sent, and its window is free again")
    void whatIsOverIsNotSent() {
        Acceptance.Decided answer = offered();
        over = Optional.of("bought");
        outbox().tick();
        assertThat(mail().attempts()).isEmpty();
        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
        assertThat(view(answer).deliveries())
                .singleElement()
                .satisfies(delivery -> assertThat(delivery.note()).contains("bought"));
        assertThat(outbox().ledger(EVERYTHING, 10))
                .anySatisfy(entry -> assertThat(entry.detail()).contains("bought"));
        assertThat(books("cart", Bucket.WITHDRAWN)).isEqualTo(1);

        over = Optional.empty();
        assertThat(offered().word()).isEqualTo("pass");
        outbox().tick();
        assertThat(mail().attempts()).hasSize(1);
    }

    @Test
    @DisplayName("S3.11 it is asked before every retry as well")
    void asksBeforeEveryRetry() {
        mail().next(1, LATER);
        Acceptance.Decided answer = offered();
        outbox().tick();
        assertThat(looks).hasSize(1);
        over = Optional.of("active again");
        clock.advance(Duration.ofHours(1));
        outbox().tick();
        assertThat(looks).hasSize(2);
        assertThat(mail().attempts()).hasSize(1);
        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
    }

    @Test
    @DisplayName("what may have arrived keeps its window when it is taken back")
    void whatMayHaveArrivedKeepsItsWindow() {
        mail().next(1, new Receipt.Unknown("the line went dead"));
        Acceptance.Decided answer = offered();
        outbox().tick();
        over = Optional.of("bought");
        clock.advance(Duration.ofHours(1));
        outbox().tick();
        assertThat(state(answer)).isEqualTo(MessageState.ASSUMED);
        over = Optional.empty();
        assertThat(offered().word()).isEqualTo("suppress");
        assertThat(books("cart", Bucket.ASSUMED)).isEqualTo(1);
    }
}
