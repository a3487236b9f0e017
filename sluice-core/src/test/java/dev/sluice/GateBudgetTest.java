package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Budgets and shadow in the library, in virtual time over the memory store. */
class GateBudgetTest {
    private static final Budget EVERYTHING = Budget.of("everything", Per.EVERYTHING, "30 per 1h");
    private static final Budget FLOW = Budget.of("flow", Per.FLOW, "2 per 10m");
    private static final Key ALL = EVERYTHING.key("any");

    private final HandClock clock = new HandClock();
    private final Map<Key, List<Long>> told = new LinkedHashMap<>();
    private int sent;
    private boolean broken;
    private final Gate gate = Gate.over(new MemoryStore(100_000, clock))
            .flow("errors", Rule.allow("5 per 1h").summaryAt(3).build())
            .flow("once", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build())
            .flow("carts", Rule.allow("once per 1h").build())
            .flow("quiet", Rule.allow("5 per 1h").build())
            .budgets("errors", EVERYTHING)
            .budgets("once", FLOW)
            .budgets("carts", FLOW, EVERYTHING)
            .budgets("quiet", EVERYTHING)
            .shadow("quiet")
            .onDigest((key, tally) -> {
                if (broken) {
                    throw new IllegalStateException("the mail server is down");
                }
                told.computeIfAbsent(key, absent -> new ArrayList<>()).add(tally.held());
            })
            .random(new SplittableRandom(1))
            .manualTimer()
            .build();

    @AfterEach
    void closeGate() {
        gate.close();
    }

    private Decision run(String flow, String subject) {
        return gate.run(Key.of(flow, subject), () -> sent++);
    }

    @Test
    @DisplayName("S4.12 of 10,000 different errors 30 go out, and one digest tells the other 9,970")
    void tenThousandDifferentErrors() {
        for (int i = 0; i < 10_000; i++) {
            run("errors", "error " + i);
        }
        assertThat(sent).isEqualTo(30);
        assertThat(gate.tick()).isZero();

        clock.set(Duration.ofHours(1));
        gate.tick();
        assertThat(told).containsExactly(Map.entry(ALL, List.of(9_970L)));
        clock.set(Duration.ofHours(24));
        gate.tick();
        assertThat(told).hasSize(1);
    }

    @Test
    void aRefusalSaysThatABudgetRefusedAndUntilWhenAndFreesItsSlot() {
        run("once", "a");
        run("once", "b");
        Decision refused = gate.offer(Key.of("once", "c"));
        assertThat(refused).isInstanceOf(Decision.Suppress.class);
        assertThat(refused.claim()).isEmpty();
        assertThat(refused.facts().reason()).isEqualTo(Reason.BUDGET);
        assertThat(refused.facts().next()).contains(HandClock.START.plus(Duration.ofMinutes(10)));
        clock.set(Duration.ofMinutes(10));
        assertThat(run("once", "c").passes()).isTrue();
    }

    @Test
    void everyWayInIsCharged() {
        assertThat(gate.tryPass(Key.of("once", "a"))).isTrue();
        assertThat(gate.offerAll(List.of(Key.of("once", "b"), Key.of("once", "c"))))
                .extracting(Decision::passes)
                .containsExactly(true, false);
        assertThat(gate.tryPass(Key.of("once", "d"))).isFalse();
        assertThat(gate.tryPass(Key.of("once", "a")))
                .as("decided and done before")
                .isFalse();
        Decision done = Gate.await(gate.tryPassAsync(Key.of("errors", "x")));
        assertThat(done.passes()).isTrue();
        assertThat(done.claim()).isEmpty();
        assertThat(gate.explain(Key.of("errors", "x")).orElseThrow().state().done())
                .isEqualTo(1);
    }

    @Test
    void aRepeatedIdIsChargedOnce() {
        for (int i = 0; i < 5; i++) {
            assertThat(gate.offer(Key.of("once", "a"), "id").claim()).isPresent();
        }
        assertThat(run("once", "b").passes()).isTrue();
    }

    @Test
    void aDigestIsChargedAndARefusedOneIsToldByTheBudget() {
        for (String subject : List.of("a", "b")) {
            run("once", subject);
            run("once", subject);
            run("once", subject);
        }
        clock.set(Duration.ofMinutes(55));
        run("once", "c");
        run("once", "d");
        clock.set(Duration.ofHours(1));
        gate.tick();
        assertThat(told).as("the window of the budget is full").isEmpty();
        clock.set(Duration.ofMinutes(65));
        gate.tick();
        assertThat(told).containsExactly(Map.entry(FLOW.key("once"), List.of(4L)));
    }

    @Test
    void aDigestThatMustBeTriedAgainIsChargedOnce() {
        run("once", "a");
        run("once", "a");
        broken = true;
        clock.set(Duration.ofHours(1));
        for (int i = 0; i < 10; i++) {
            gate.tick();
        }
        broken = false;
        gate.tick();
        assertThat(told).containsExactly(Map.entry(Key.of("once", "a"), List.of(1L)));
        assertThat(run("once", "b").passes()).as("one of two is left").isTrue();
    }

    @Test
    void earlierChargesStayWhenALaterBudgetRefuses() {
        for (int i = 0; i < 30; i++) {
            run("errors", "error " + i);
        }
        assertThat(run("carts", "a").facts().reason()).isEqualTo(Reason.BUDGET);
        run("carts", "b");
        assertThat(gate.explain(FLOW.key("carts")).orElseThrow().state().done()).isEqualTo(2);
        run("carts", "c");
        clock.set(Duration.ofHours(1));
        gate.tick();
        assertThat(told).containsExactlyInAnyOrderEntriesOf(Map.of(ALL, List.of(2L), FLOW.key("carts"), List.of(1L)));
    }

    @Test
    @DisplayName("S4.7 of ten in shadow ten go out, five of them say that they would be held, and none is told")
    void shadow() {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            decisions.add(run("quiet", "same"));
        }
        assertThat(sent).isEqualTo(10);
        assertThat(decisions.subList(0, 5))
                .allSatisfy(decision ->
                        assertThat(((Decision.Pass) decision).would()).isEmpty());
        assertThat(decisions.subList(5, 10)).allSatisfy(decision -> {
            assertThat(((Decision.Pass) decision).would()).isEqualTo(Optional.of(Reason.LIMIT));
            assertThat(decision.facts().reason()).isEqualTo(Reason.SHADOW);
            assertThat(decision.claim()).isEmpty();
        });
        clock.set(Duration.ofHours(5));
        gate.tick();
        assertThat(told).isEmpty();
    }

    @Test
    void budgetsHoldInShadow() {
        for (int i = 0; i < 40; i++) {
            run("quiet", "same");
        }
        assertThat(sent).isEqualTo(30);
        clock.set(Duration.ofHours(1));
        gate.tick();
        assertThat(told).containsExactly(Map.entry(ALL, List.of(10L)));
    }

    @Test
    void whatCannotBeIsRefusedWhileTheGateIsBuilt() {
        MemoryStore store = new MemoryStore(10, clock);
        Gate.Builder builder = Gate.over(store)
                .manualTimer()
                .flow("jobs", Rule.allow("exclusive").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.flow("budget", Rule.allow("1 per 1h").build()))
                .withMessageContaining("belongs to budgets");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.budgets("jobs", Budget.of("to", Per.RECIPIENT, "1 per 1h")))
                .withMessageContaining("does not know where its callers send");
        builder.budgets("jobs", FLOW).budgets("jobs", Budget.of("flow", Per.FLOW, "2 per 10m"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.budgets("jobs", Budget.of("flow", Per.FLOW, "3 per 1h")))
                .withMessageContaining("two budgets 'flow'");
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        builder.onDigest((key, tally) -> {}).shadow("jobs").build())
                .withMessageContaining("two in at once");
        assertThatIllegalArgumentException().isThrownBy(() -> Budget.of("x", Per.FLOW, "once until reset"));
        store.close();
    }
}
