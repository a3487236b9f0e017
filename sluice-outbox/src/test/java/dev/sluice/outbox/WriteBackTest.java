package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of messages is written where somebody else reads it, and changes nothing. */
class WriteBackTest extends WithOutbox {
    private static final Receipt NEVER = new Receipt.Refused("550 no such user", true);
    private static final Receipt LATER = new Receipt.Refused("451 later", false);

    private final List<String> written = new ArrayList<>();
    private boolean away;

    @BeforeEach
    void flows() {
        WriteBack log = fact -> {
            if (away || fact.message().content().title().equals("poison")) {
                throw new IllegalStateException("the log is away");
            }
            written.add(fact.message().key().subject() + " " + fact.state().word() + " "
                    + Duration.between(START, fact.at()).toSeconds() + " " + fact.reason());
        };
        flows.add(new FlowPlan(
                "cart",
                Map.of("", Rule.allow("once per 24h").build()),
                new Sending(List.of("mail"), EXACT).writingBack(log)));
    }

    private Acceptance.Decided offered(String subject, String title) {
        return (Acceptance.Decided) join(outbox().accept(occurrence(Key.of("cart", subject), title)));
    }

    @Test
    @DisplayName("a message is pending when it is let out, and delivered when its receiver took it over")
    void pendingThenDelivered() {
        mail().next(1, LATER);
        offered("7", "a cart");
        outbox().tick();
        assertThat(written).containsExactly("7 pending 0 ");
        pass(Duration.ofSeconds(5));
        assertThat(written).containsExactly("7 pending 0 ", "7 delivered 5 ");
        pass(Duration.ofHours(1));
        assertThat(written).hasSize(2);
        assertThat(outbox().waitingWriteBacks("cart")).isZero();
    }

    @Test
    @DisplayName("one that is given up, or withdrawn, comes with the reason")
    void failedWithTheReason() {
        mail().next(1, NEVER);
        offered("7", "a cart");
        outbox().tick();
        long second = offered("8", "a cart").message().orElseThrow().id();
        join(outbox().withdraw(second, "ann"));
        outbox().tick();
        assertThat(written)
                .containsExactly(
                        "7 pending 0 ",
                        "7 dead 0 refused for good: 550 no such user",
                        "8 pending 0 ",
                        "8 withdrawn 0 withdrawn by ann");
    }

    @Test
    @DisplayName("what is held is no message, and nothing is written of it")
    void nothingOfWhatIsHeld() {
        offered("7", "a cart");
        outbox().tick();
        assertThat(offered("7", "a cart").word()).isEqualTo("suppress");
        outbox().tick();
        assertThat(written).hasSize(2);
    }

    @Test
    @DisplayName("while it cannot be written messages go out, and it is written later, in order")
    void sentWhileAway() {
        away = true;
        for (int cart = 1; cart <= 5; cart++) {
            offered(Integer.toString(cart), "a cart");
        }
        outbox().tick();
        assertThat(mail().attempts()).hasSize(5);
        assertThat(written).isEmpty();
        WriteBackProgress progress = outbox().writeBacks().get(0);
        assertThat(progress.failed()).isEqualTo(3);
        assertThat(progress.failure()).contains("the log is away");
        assertThat(outbox().waitingWriteBacks("cart")).isEqualTo(10);
        restart();
        away = false;
        pass(Duration.ofMinutes(10));
        assertThat(written).hasSize(10).doesNotHaveDuplicates();
        assertThat(written.indexOf("3 pending 0 ")).isLessThan(written.indexOf("3 delivered 0 "));
        assertThat(outbox().writeBacks().get(0).failure()).isEmpty();
    }

    @Test
    @DisplayName("one that can never be written keeps no other from it, and is dropped after 7 days")
    void poison() {
        offered("7", "poison");
        outbox().tick();
        offered("8", "a cart");
        outbox().tick();
        assertThat(written).containsExactly("8 pending 0 ", "8 delivered 0 ");
        pass(Duration.ofDays(7).plusSeconds(1));
        pass(Duration.ofMinutes(1));
        assertThat(outbox().waitingWriteBacks("cart")).isZero();
        assertThat(outbox().writeBacks().get(0).dropped()).isEqualTo(2);
    }

    @Test
    @DisplayName("many that can never be written keep no other from it for longer than a minute")
    void manyPoisons() {
        for (int i = 0; i < 5; i++) {
            offered("poison " + i, "poison");
        }
        offered("8", "a cart");
        outbox().tick();
        assertThat(written).isEmpty();
        for (int second = 0; second < 60; second++) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(written).hasSize(2).allMatch(each -> each.startsWith("8 "));
    }

    @Test
    @DisplayName("what was written by a process that ended before it said so is written once more")
    void atLeastOnce() {
        offered("7", "a cart");
        store().transact(unit -> WriteBackRows.lease(unit, "cart", 1))
                .toCompletableFuture()
                .join();
        restart();
        outbox().tick();
        assertThat(written).as("its lease runs").isEmpty();
        pass(Duration.ofMinutes(2));
        assertThat(written).containsExactly("7 pending 0 ", "7 delivered 0 ");
    }
}
