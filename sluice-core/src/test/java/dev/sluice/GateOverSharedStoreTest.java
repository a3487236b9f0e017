package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several gates over one store: each is a process of its own. */
class GateOverSharedStoreTest {
    private static final Key KEY = Key.of("errors", "db-down");

    private final List<Logger> noisy =
            List.of(Logger.getLogger(StoreWatch.class.getName()), Logger.getLogger(GateTimer.class.getName()));
    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void hideWarnings() {
        noisy.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @AfterEach
    void showWarnings() {
        noisy.forEach(logger -> logger.setLevel(null));
    }

    private Gate gate(Store view, DigestHandler handler) {
        return Gate.over(view)
                .flow("errors", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build())
                .flow("import", Rule.allow("exclusive").build())
                .onDigest(handler)
                .manualTimer()
                .ticks(clock)
                .build();
    }

    private Gate gate(Store view) {
        return gate(view, (key, tally) -> told.add(key.subject() + " " + tally.held()));
    }

    private void owe() {
        try (Gate gate = gate(shared.seen())) {
            for (int i = 0; i < 4; i++) {
                gate.tryPass(KEY);
            }
        }
        clock.set(Duration.ofHours(1));
    }

    @Test
    void aDigestIsToldOnceByWhicheverGateLooksFirst() {
        owe();
        try (Gate one = gate(shared.seen());
                Gate other = gate(shared.seen())) {
            assertThat(one.tick() + other.tick() + one.tick()).isEqualTo(1);
        }
        assertThat(told).containsExactly("db-down 3");
    }

    @Test
    void whileOneGateTellsNoOtherDoes() {
        owe();
        try (Gate other = gate(shared.seen());
                Gate one = gate(shared.seen(), (key, tally) -> {
                    assertThat(other.tick()).isZero();
                    told.add("one");
                })) {
            assertThat(one.tick()).isEqualTo(1);
            assertThat(other.tick()).isZero();
        }
        assertThat(told).containsExactly("one");
    }

    @Test
    void whatOneGateCannotTellAnotherTells() {
        owe();
        try (Gate broken = gate(shared.seen(), (key, tally) -> {
                    throw new IOException("no route to host");
                });
                Gate other = gate(shared.seen())) {
            assertThat(broken.tick()).isZero();
            assertThat(other.tick()).isEqualTo(1);
        }
        assertThat(told).containsExactly("db-down 3");
    }

    @Test
    void aGateThatDiesWhileItTellsKeepsTheOthersFromItForOneLease() {
        owe();
        try (Gate other = gate(shared.seen())) {
            SharedStore.View dying = shared.seen();
            try (Gate one = gate(dying, (key, tally) -> dying.line(SharedStore.Line.CUT))) {
                assertThatExceptionOfType(StoreException.class).isThrownBy(one::tick);
                assertThat(other.tick()).isZero();
                clock.set(Duration.ofMinutes(61));
                assertThat(other.tick())
                        .as("it may have been told, and is told again")
                        .isEqualTo(1);
            }
        }
        assertThat(told).containsExactly("db-down 3");
    }

    @Test
    void withoutItsStoreAGateGoesOnAndSaysSo() {
        SharedStore.View view = shared.seen();
        try (Gate gate = gate(view)) {
            assertThat(gate.outage()).isEmpty();
            view.line(SharedStore.Line.CUT);
            Decision decision = gate.offer(KEY);
            assertThat(decision.passes()).isTrue();
            assertThat(decision.claim()).isEmpty();
            assertThat(decision.facts().reason()).isEqualTo(Reason.LOCAL);
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> gate.offer(Key.of("import", "a")));
            assertThatExceptionOfType(StoreException.class).isThrownBy(gate::tick);
            assertThat(gate.outage().orElseThrow().why()).isEqualTo("the connection was lost");
            view.line(SharedStore.Line.UP);
            clock.set(Duration.ofSeconds(5));
            gate.tick();
            assertThat(gate.outage()).isEmpty();
            assertThat(gate.tryPass(KEY)).as("the store knows of the pass").isFalse();
        }
    }

    @Test
    void aFloodOfWhatIsHeldCostsTheStoreNothing() {
        try (Gate gate = gate(shared.seen())) {
            gate.tryPass(KEY);
            gate.tryPass(KEY);
            long before = shared.asked();
            for (int i = 0; i < 1_000; i++) {
                assertThat(gate.tryPass(KEY)).isFalse();
            }
            assertThat(shared.asked()).isEqualTo(before);
        }
        assertThat(Gate.await(shared.read(KEY)).orElseThrow().held()).isEqualTo(1_001);
    }
}
