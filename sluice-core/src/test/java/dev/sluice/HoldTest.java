package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A key that is held while an action runs: by one alone, however long it takes, and by nobody after a crash. */
class HoldTest {
    private static final Key KEY = Key.of("liquidation", "live:42");
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** The warnings of what is lost on purpose here would hide those that matter. */
    private final List<Logger> warnings = List.of(
            Logger.getLogger(Holding.class.getName()),
            Logger.getLogger(Gate.class.getName()),
            Logger.getLogger(StoreWatch.class.getName()));

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final Gate a = gate(shared.seen());
    private final Gate b = gate(shared.seen());

    private Gate gate(Store store) {
        return Gate.over(store)
                .flow("liquidation", Rule.allow("exclusive").lease(LEASE).build())
                .flow("margin-call", Rule.allow("once per 3h").build())
                .ticks(clock)
                .manualTimer()
                .build();
    }

    @BeforeEach
    void hideWarnings() {
        warnings.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
    }

    @AfterEach
    void showWarnings() {
        warnings.forEach(logger -> logger.setLevel(null));
    }

    private boolean getsIn(Gate gate) {
        return gate.hold(KEY, holding -> {}).passes();
    }

    @Test
    void aRunOfManyLeasesIsAlone() {
        List<Boolean> others = new ArrayList<>();
        Decision decision = a.hold(KEY, holding -> {
            for (int second = 1; second <= 300; second++) {
                clock.set(Duration.ofSeconds(second));
                a.tick();
                others.add(getsIn(b));
                assertThat(holding.key()).isEqualTo(KEY);
            }
            assertThat(holding.isHeld()).isTrue();
        });

        assertThat(decision.passes()).isTrue();
        assertThat(others).hasSize(300).containsOnly(false);
        assertThat(getsIn(b)).as("its return frees the key at once").isTrue();
    }

    @Test
    void aClaimIsRenewedAtAThirdOfItsLease() {
        a.hold(KEY, holding -> {
            long given = deadline();
            clock.set(Duration.ofSeconds(9));
            a.tick();
            assertThat(deadline()).isEqualTo(given);
            clock.set(Duration.ofSeconds(10));
            a.tick();
            assertThat(deadline()).isEqualTo(given + Micros.of(Duration.ofSeconds(10)));
        });
    }

    private long deadline() {
        return Gate.await(shared.read(KEY)).orElseThrow().live().get(0).until();
    }

    @Test
    @DisplayName("S1.9 a process that ends in the middle of its run frees the key after one lease")
    void aCrashFreesTheKeyWithinOneLease() {
        a.hold(KEY, holding -> {
            clock.set(Duration.ofSeconds(1));
            a.close();
            a.tick();
            clock.set(LEASE.minusMillis(1));
            assertThat(getsIn(b)).isFalse();
            clock.set(LEASE);
            assertThat(getsIn(b)).isTrue();
        });
    }

    @Test
    @DisplayName("S1.9 a holder that stood still learns that it lost, and its fence is lower than that of the next one")
    void aHolderThatStoodStillLearnsThatItLost() {
        Decision decision = a.hold(KEY, old -> {
            clock.set(Duration.ofSeconds(31));
            b.hold(KEY, next -> {
                clock.set(Duration.ofSeconds(40));
                a.tick();
                assertThat(old.isHeld()).isFalse();
                assertThat(next.isHeld()).isTrue();
                assertThat(next.fence()).isGreaterThan(old.fence());
                assertThat(next.token()).isNotEqualTo(old.token());
            });
            assertThat(old.isHeld())
                    .as("and it stays lost when the key is free")
                    .isFalse();
        });

        assertThat(decision.passes()).isTrue();
    }

    @Test
    void whoIsTooLateToRenewHasLostEvenIfNobodyTookTheKey() {
        a.hold(KEY, holding -> {
            clock.set(LEASE);
            assertThat(holding.isHeld()).isFalse();
        });
    }

    @Test
    void askingWhetherItIsHeldHoldsItForAWholeLease() {
        a.hold(KEY, holding -> {
            for (int i = 1; i <= 10; i++) {
                clock.set(Duration.ofSeconds(29L * i));
                assertThat(holding.isHeld()).isTrue();
            }
        });
    }

    @Test
    void anActionThatFailsReleasesTheKeyWhichRests() {
        assertThatThrownBy(() -> a.hold(KEY, holding -> {
                    throw new IOException("no route to host");
                }))
                .isInstanceOf(IOException.class);

        clock.set(Duration.ofSeconds(5).minusMillis(1));
        assertThat(getsIn(b)).isFalse();
        clock.set(Duration.ofSeconds(5));
        assertThat(getsIn(b)).isTrue();
    }

    @Test
    void aRenewalThatTheStoreCouldNotAnswerIsTriedAgainWellWithinTheLease() {
        UnreliableStore store = new UnreliableStore(new MemoryStore(10, clock));
        Gate gate = gate(store);
        gate.hold(KEY, holding -> {
            store.awayFor(Event.Extend.class);
            clock.set(Duration.ofSeconds(10));
            gate.tick();
            assertThatExceptionOfType(StoreException.class).isThrownBy(holding::isHeld);
            store.backForAll();
            clock.set(Duration.ofSeconds(11));
            gate.tick();
            clock.set(Duration.ofSeconds(40));
            assertThat(holding.isHeld()).isTrue();
        });
        gate.close();
    }

    @Test
    void onlyAnExclusiveKeyCanBeHeldAndNotInATransaction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.hold(Key.of("margin-call", "live:42"), holding -> {}))
                .withMessageContaining("once per 3h");
        assertThatIllegalStateException()
                .isThrownBy(() -> a.joined(new MemoryStore(1, clock)).hold(KEY, holding -> {}));
    }

    @Test
    void theTimerOfTheGateRenewsByItselfAndEndsWithTheGate() throws Exception {
        CompletableFuture<Event.Extend> renewed = new CompletableFuture<>();
        Store store = new Around(new MemoryStore(10, InstantSource.system())) {
            @Override
            public CompletionStage<Outcome> apply(Command command) {
                if (command.event() instanceof Event.Extend extend) {
                    renewed.complete(extend);
                }
                return inner().apply(command);
            }

            @Override
            public void close() {
                inner().close();
            }
        };
        try (Gate gate = Gate.over(store)
                .flow(
                        "liquidation",
                        Rule.allow("exclusive").lease(Duration.ofSeconds(3)).build())
                .build()) {
            gate.hold(
                    KEY,
                    holding -> assertThat(renewed.get(20, TimeUnit.SECONDS).fence())
                            .isEqualTo(holding.fence()));
        }
    }

    @Test
    void ofManyThreadsOneAtATimeIsIn() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Gate gate = thread % 2 == 0 ? a : b;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        gate.hold(KEY, holding -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            runs.incrementAndGet();
                            inside.decrementAndGet();
                        });
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most).hasValue(1);
        assertThat(runs.get()).isPositive();
    }
}
