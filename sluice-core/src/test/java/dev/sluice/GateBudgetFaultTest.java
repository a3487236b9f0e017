package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Budgets of the library where ids come again, the store is full, or it fails half-way. */
class GateBudgetFaultTest {
    private final HandClock clock = new HandClock();
    private final Map<Key, List<Long>> told = new LinkedHashMap<>();

    private Gate gate(Store store, String allowance, Budget... budgets) {
        return Gate.over(store)
                .flow("errors", Rule.allow(allowance).digest(Digest.AT_CLOSE).build())
                .budgets("errors", budgets)
                .onDigest((key, tally) ->
                        told.computeIfAbsent(key, absent -> new ArrayList<>()).add(tally.held()))
                .random(new SplittableRandom(1))
                .manualTimer()
                .build();
    }

    private static Budget everything(String allowance) {
        return Budget.of("all", Per.EVERYTHING, allowance);
    }

    /** Puts a key into the store that stays for ten hours. */
    private static void fill(Store store, String subject) {
        Rule filler = Rule.allow("1 per 10h").digest(Digest.OFF).build();
        Event offer = new Event.Offer(1, 1, OptionalDouble.empty(), Event.Settle.NOW);
        Gate.await(store.apply(new Command(Key.of("other", subject), filler, offer)));
    }

    private int pass(Gate gate, String subject, int times) {
        int passed = 0;
        for (int i = 0; i < times; i++) {
            passed += gate.tryPass(Key.of("errors", subject + i)) ? 1 : 0;
        }
        return passed;
    }

    private long toldInAll() {
        return told.values().stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void anIdThatABudgetRefusedIsANewOneWhenItComesAgain() {
        Gate gate = gate(new MemoryStore(1000, clock), "5 per 1h", everything("1 per 10m"));
        gate.run(Key.of("errors", "a"), () -> {});
        assertThat(gate.offer(Key.of("errors", "b"), "x")).isInstanceOf(Decision.Suppress.class);
        assertThat(gate.offer(Key.of("errors", "b"), "x")).isInstanceOf(Decision.Suppress.class);
        clock.set(Duration.ofMinutes(10));
        Decision again = gate.offer(Key.of("errors", "b"), "x");
        assertThat(again.passes()).isTrue();

        gate.complete(again.claim().orElseThrow());
        Decision repeated = gate.offer(Key.of("errors", "b"), "x");
        assertThat(repeated.passes()).isFalse();
        assertThat(repeated.facts().reason()).isEqualTo(Reason.REPEATED);
    }

    @Test
    void theRepeatedIdOfACompletedClaimIsNotCharged() {
        Gate gate = gate(new MemoryStore(1000, clock), "5 per 1h", everything("2 per 10m"));
        gate.complete(gate.offer(Key.of("errors", "a"), "x").claim().orElseThrow());
        for (int i = 0; i < 5; i++) {
            gate.offer(Key.of("errors", "a"), "x");
        }
        assertThat(gate.offer(Key.of("errors", "b")).passes()).isTrue();
    }

    @Test
    void aBudgetHoldsWhileTheStoreFillsAndEmpties() {
        MemoryStore store = new MemoryStore(3, clock);
        Gate gate = gate(store, "5 per 1h", everything("2 per 20h"));
        for (String subject : List.of("x", "y", "z")) {
            fill(store, subject);
        }
        assertThat(pass(gate, "full", 5)).as("its key finds no room").isZero();
        Decision refused = gate.offer(Key.of("errors", "full"));
        assertThat(refused.facts().reason()).isEqualTo(Reason.BUDGET);
        assertThat(refused.facts().next()).isEmpty();

        clock.set(Duration.ofHours(11));
        assertThat(pass(gate, "room", 5)).isEqualTo(2);
        clock.set(Duration.ofHours(60));
        gate.tick();
        assertThat(toldInAll()).isEqualTo(9);
    }

    @Test
    void whatARefusedDigestInAFullStoreWouldHaveToldIsTold() {
        MemoryStore store = new MemoryStore(2, clock);
        Gate gate = gate(store, "1 per 1h", everything("1 per 10m"));
        for (int i = 0; i < 5; i++) {
            gate.tryPass(Key.of("errors", "a"));
        }
        clock.set(Duration.ofMinutes(20));
        gate.tick();
        fill(store, "x");
        assertThat(store.size()).as("the key of the budget gave way").isEqualTo(2);
        for (int hour = 1; hour < 5; hour++) {
            clock.set(Duration.ofHours(hour));
            gate.tick();
        }
        assertThat(told)
                .containsExactly(Map.entry(everything("1 per 10m").key("errors").overflow(), List.of(4L)));
    }

    @Test
    void aRefusedDigestThatMustBeTriedAgainIsHeldOnceAndChargesNoOtherBudget() {
        UnreliableStore store = new UnreliableStore(new MemoryStore(1000, clock));
        Budget first = Budget.of("first", Per.FLOW, "5 per 3h");
        Gate gate = gate(store, "1 per 1h", first, everything("1 per 3h"));
        for (int i = 0; i < 5; i++) {
            gate.tryPass(Key.of("errors", "a"));
        }
        clock.set(Duration.ofHours(1));
        for (Class<? extends Event> broken : List.of(Event.Report.class, Event.Told.class)) {
            store.awayFor(broken);
            for (int i = 0; i < 10; i++) {
                assertThatExceptionOfType(StoreException.class).isThrownBy(gate::tick);
            }
        }
        store.backForAll();
        gate.tick();
        assertThat(gate.explain(first.key("errors")).orElseThrow().state().done())
                .isEqualTo(1);
        clock.set(Duration.ofHours(3));
        gate.tick();
        assertThat(told).containsExactly(Map.entry(everything("1 per 3h").key("errors"), List.of(4L)));
    }
}
