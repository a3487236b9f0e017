package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Digests are told by a timer, whether or not anything else happens. */
class GateTimerTest {
    /** The warnings of what fails on purpose here would hide those that matter. */
    private final Logger warnings = Logger.getLogger(GateTimer.class.getName());

    private final HandClock clock = new HandClock();
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private Gate gate(Store store, DigestHandler handler) {
        return Gate.over(store)
                .flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build())
                .onDigest(handler)
                .manualTimer()
                .build();
    }

    private static void flood(Gate gate, String subject) {
        gate.run(Key.of("errors", subject), () -> {});
        gate.run(Key.of("errors", subject), () -> {});
    }

    @Test
    void aHandlerThatFailsIsAskedAgainWithTheSameTally() {
        List<Out> given = new ArrayList<>();
        try (Gate gate = gate(new MemoryStore(10, clock), (key, tally) -> {
            given.add(tally);
            if (given.size() < 3) {
                throw new IOException("no route to host");
            }
        })) {
            flood(gate, "a");
            clock.set(Duration.ofHours(1));
            assertThat(gate.tick()).isZero();
            assertThat(gate.tick()).isZero();
            assertThat(gate.tick()).isEqualTo(1);
            assertThat(gate.tick()).isZero();
        }
        assertThat(given).hasSize(3).containsOnly(given.get(0));
    }

    @Test
    void aHandlerThatBreaksWithAnErrorIsAskedAgainToo() {
        List<Out> given = new ArrayList<>();
        try (Gate gate = gate(new MemoryStore(10, clock), (key, tally) -> {
            given.add(tally);
            if (given.size() < 2) {
                throw new NoClassDefFoundError("mail");
            }
        })) {
            flood(gate, "a");
            clock.set(Duration.ofHours(1));
            assertThat(gate.tick()).isZero();
            assertThat(gate.tick()).isEqualTo(1);
        }
        assertThat(given).hasSize(2).containsOnly(given.get(0));
    }

    @Test
    void aDigestThatCannotBeToldKeepsNoOtherWaiting() {
        try (Gate gate = gate(new MemoryStore(1_000, clock), (key, tally) -> {
            if (key.subject().startsWith("a")) {
                throw new IOException("no route to host");
            }
            told.add(key.subject());
        })) {
            for (int i = 0; i < 250; i++) {
                flood(gate, "a" + i);
            }
            flood(gate, "b");
            clock.set(Duration.ofHours(1));
            assertThat(gate.tick()).isEqualTo(1);
        }
        assertThat(told).containsExactly("b");
    }

    @Test
    void aKeyThatItsStoreCannotGiveKeepsNoOtherWaiting() {
        SharedStore.View store = new SharedStore(clock).seen();
        try (Gate gate = gate(store, (key, tally) -> told.add(key.subject()))) {
            flood(gate, "damaged");
            flood(gate, "b");
            flood(gate, "c");
            store.refuse(command -> command.key().subject().equals("damaged"));
            clock.set(Duration.ofHours(1));
            assertThatExceptionOfType(StoreException.class).isThrownBy(gate::tick);
        }
        assertThat(told).containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void oneTickDoesAllThatIsDue() {
        try (Gate gate = gate(new MemoryStore(1_000, clock), (key, tally) -> told.add(key.subject()))) {
            for (int i = 0; i < 350; i++) {
                flood(gate, "s" + i);
            }
            clock.set(Duration.ofHours(1));
            assertThat(gate.tick()).isEqualTo(350);
        }
        assertThat(told).hasSize(350).doesNotHaveDuplicates();
    }

    @Test
    void aLostClaimIsToldWithoutAnyFurtherEvent() {
        try (Gate gate =
                gate(new MemoryStore(10, clock), (key, tally) -> told.add(tally.held() + " " + tally.cause()))) {
            gate.offer(Key.of("errors", "a"));
            clock.set(Duration.ofSeconds(30));
            gate.tick();
            clock.set(Duration.ofHours(1).plusSeconds(30));
            gate.tick();
        }
        assertThat(told).containsExactly("1 FAILED");
    }

    @Test
    void aTickForgetsWhatNobodyCanObserve() {
        MemoryStore store = new MemoryStore(10, clock);
        try (Gate gate = gate(store, (key, tally) -> {})) {
            gate.tryPass(Key.of("errors", "a"));
            clock.set(Duration.ofHours(1));
            gate.tick();
            assertThat(store.size()).isZero();
        }
    }

    @Test
    void theTimerTellsByItselfAndEndsWithTheGate() throws Exception {
        CompletableFuture<Out> first = new CompletableFuture<>();
        Store store = new MemoryStore(10, InstantSource.system());
        try (Gate gate = Gate.over(store)
                .flow("errors", Rule.allow("1 per 10ms").digest(Digest.AT_CLOSE).build())
                .onDigest((key, tally) -> first.complete(tally))
                .build()) {
            gate.tryPass(Key.of("errors", "a"));
            for (int i = 0; i < 100_000 && gate.tryPass(Key.of("errors", "a")); i++) {
                Thread.onSpinWait();
            }
            assertThat(first.get(20, TimeUnit.SECONDS).held()).isPositive();
        }
    }
}
