package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Key DB_DOWN = Key.of("errors", "db-down");
    private static final Key CART = Key.of("carts", "c-1");
    private static final Key JOB = Key.of("jobs", "report");

    private final HandClock clock = new HandClock();
    private final UnreliableStore store = new UnreliableStore(new MemoryStore(1_000, clock));
    private final List<Out> told = new ArrayList<>();
    private final Gate gate = Gate.over(store)
            .flow("errors", Rule.allow("5 per 1h").summaryAt(3).build())
            .flow("errors", "critical", Rule.allow("20 per 1h").build())
            .flow("errors", "backfill", Rule.allow("1 per 1h").build())
            .flow("carts", Rule.allow("once per 24h").build())
            .flow("jobs", Rule.allow("exclusive").build())
            .flow("charged", Rule.allow("2 per 1h").charged().build())
            .onDigest((key, tally) -> told.add(tally))
            .random(new SplittableRandom(1))
            .manualTimer()
            .build();

    @AfterEach
    void closeGate() {
        gate.close();
    }

    @Test
    void aPassSaysWhyAndHandsOutAClaim() {
        Decision decision = gate.offer(DB_DOWN);

        assertThat(decision).isInstanceOf(Decision.Pass.class);
        assertThat(decision.passes()).isTrue();
        assertThat(decision.facts())
                .isEqualTo(new Decision.Facts(
                        DB_DOWN, Reason.ALLOWED, 1, 0, 0, Optional.of(HandClock.START), Optional.empty()));
        Claim claim = decision.claim().orElseThrow();
        assertThat(claim.until()).isEqualTo(HandClock.START.plusSeconds(30));
        assertThat(gate.complete(claim)).isEqualTo(Settlement.OK);
        assertThat(gate.complete(claim)).isEqualTo(Settlement.OK);
        assertThat(gate.release(claim, Event.Why.FAILED)).isEqualTo(Settlement.STALE);
    }

    @Test
    @DisplayName("S4.1 ten at t = 0: sent, sent, summary, sent, sent, and five held")
    void tenAtOnce() {
        StringBuilder sequence = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            Decision decision = gate.run(DB_DOWN, () -> {});
            sequence.append(decision instanceof Decision.Summary ? 'A' : decision.passes() ? 'S' : '.');
        }
        assertThat(sequence).hasToString("SSASS.....");
    }

    @Test
    @DisplayName("S4.2 limit 3, ten calls: 3 sent, 7 held, statistics 10/3/7")
    void threeOfTen() {
        Key key = Key.of("three", "s");
        try (Gate three = Gate.over(new MemoryStore(10, clock))
                .flow("three", Rule.allow("3 per 1h").build())
                .onDigest((of, tally) -> {})
                .manualTimer()
                .build()) {
            int sent = 0;
            for (int i = 0; i < 10; i++) {
                sent += three.run(key, () -> {}).passes() ? 1 : 0;
            }
            State state = three.explain(key).orElseThrow().state();
            assertThat(sent).isEqualTo(3);
            assertThat(List.of(state.seen(), (long) state.done(), state.held())).containsExactly(10L, 3L, 7L);
        }
    }

    @Test
    @DisplayName("S4.3 five at t = 0 and one at t = 3600 s: it is sent")
    void theWindowEndsAtExactlyOneHour() {
        for (int i = 0; i < 6; i++) {
            gate.run(DB_DOWN, () -> {});
        }
        clock.set(Duration.ofHours(1).minusNanos(1_000));
        assertThat(gate.offer(DB_DOWN).passes()).isFalse();
        clock.set(Duration.ofHours(1));
        assertThat(gate.offer(DB_DOWN).passes()).isTrue();
    }

    @Test
    @DisplayName("S4.4 600 errors in 18 h: 90 mails and 18 digests that together tell of all 600")
    void sixHundredErrors() {
        int sent = 0;
        for (int i = 0; i < 600; i++) {
            clock.set(Duration.ofSeconds(108L * i));
            gate.tick();
            sent += gate.run(DB_DOWN, () -> {}).passes() ? 1 : 0;
        }
        clock.set(Duration.ofHours(19));
        gate.tick();

        assertThat(sent).isEqualTo(90);
        assertThat(told).hasSize(18);
        assertThat(sent + told.stream().mapToLong(Out::held).sum()).isEqualTo(600);
    }

    @Test
    @DisplayName("S4.6 a backfill of ten sends one; a normal caller of the same signature keeps its five")
    void variantsHaveAllowancesOfTheirOwn() {
        int backfill = 0;
        int normal = 0;
        for (int i = 0; i < 10; i++) {
            backfill +=
                    gate.run(Key.of("errors", "backfill", "db-down"), () -> {}).passes() ? 1 : 0;
            normal += gate.run(DB_DOWN, () -> {}).passes() ? 1 : 0;
        }
        assertThat(backfill).isEqualTo(1);
        assertThat(normal).isEqualTo(5);
    }

    @Test
    @DisplayName("S4.9 a sink that fails three times gives its slots back: still five are sent")
    void aFailedAttemptDoesNotUseUpTheAllowance() {
        int[] attempts = {0};
        int sent = 0;
        for (int i = 0; i < 10; i++) {
            try {
                sent += gate.run(DB_DOWN, () -> {
                                    if (++attempts[0] <= 3) {
                                        throw new IOException("connection refused");
                                    }
                                })
                                .passes()
                        ? 1
                        : 0;
            } catch (IOException e) {
                assertThat(e).hasMessage("connection refused");
            }
        }
        assertThat(sent).isEqualTo(5);
        assertThat(attempts[0]).isEqualTo(8);
    }

    @Test
    @DisplayName("S4.11 a burst of 100, then silence: one digest of 95 at the end of the window")
    void aBurstThenSilence() {
        for (int i = 0; i < 100; i++) {
            clock.set(Duration.ofSeconds(i / 10));
            gate.run(DB_DOWN, () -> {});
        }
        clock.set(Duration.ofHours(1).minusNanos(1_000));
        assertThat(gate.tick()).isZero();
        clock.set(Duration.ofHours(1));
        assertThat(gate.tick()).isEqualTo(1);
        assertThat(gate.tick()).isZero();

        assertThat(told).singleElement().satisfies(tally -> {
            assertThat(tally.held()).isEqualTo(95);
            assertThat(Micros.instant(tally.first())).isEqualTo(HandClock.START);
            assertThat(Micros.instant(tally.last())).isEqualTo(HandClock.START.plusSeconds(9));
            assertThat(tally.cause()).isEqualTo(Out.Cause.WINDOW);
        });
    }

    @Test
    void theSameIdIsAnsweredAgain() {
        Decision first = gate.offer(DB_DOWN, "order-17");
        assertThat(gate.offer(DB_DOWN, "order-17")).isEqualTo(first);
        gate.complete(first.claim().orElseThrow());
        Decision after = gate.offer(DB_DOWN, "order-17");

        assertThat(after.passes()).as("its effect happened already").isFalse();
        assertThat(after.facts().reason()).isEqualTo(Reason.REPEATED);
        assertThat(after.facts().occurrences()).isEqualTo(1);
    }

    @Test
    void aSuppressionSaysWhenTheNextOnePasses() {
        gate.run(CART, () -> {});
        Decision decision = gate.offer(CART);

        assertThat(decision).isInstanceOf(Decision.Suppress.class);
        assertThat(decision.claim()).isEmpty();
        assertThat(decision.facts())
                .isEqualTo(new Decision.Facts(
                        CART,
                        Reason.LIMIT,
                        2,
                        1,
                        1,
                        Optional.of(HandClock.START.plus(Duration.ofHours(24))),
                        Optional.empty()));
    }

    @Test
    void theNextPassSaysWhatWasHeldAndSaysItOnce() {
        gate.run(CART, () -> {});
        gate.offer(CART);
        gate.offer(CART);
        clock.set(Duration.ofDays(1));
        Claim failed = heldBefore(2);
        gate.release(failed, Event.Why.FAILED);
        clock.set(Duration.ofHours(25));
        gate.complete(heldBefore(2));
        clock.set(Duration.ofHours(49));

        assertThat(gate.offer(CART).facts().heldBefore()).isEmpty();
    }

    private Claim heldBefore(long count) {
        Decision decision = gate.offer(CART);
        assertThat(decision.facts().heldBefore()).map(Out::held).contains(count);
        return decision.claim().orElseThrow();
    }

    @Test
    void whatWasHeldIsSaidAgainWhenItsClaimWasLost() {
        gate.run(CART, () -> {});
        gate.offer(CART);
        clock.set(Duration.ofDays(1));
        heldBefore(1);
        clock.set(Duration.ofHours(24).plusSeconds(30));

        heldBefore(1);
    }

    @Test
    void decidedAndDoneCountsAtOnce() {
        assertThat(gate.tryPass(CART)).isTrue();
        assertThat(gate.tryPass(CART)).isFalse();
        assertThat(gate.explain(CART).orElseThrow().state().done()).isEqualTo(1);
    }

    @Test
    void decidedAndDoneSaysOnceWhatWasHeld() throws Exception {
        gate.tryPass(CART);
        gate.tryPass(CART);
        clock.set(Duration.ofDays(1));
        assertThat(gate.tryPassAsync(CART).toCompletableFuture().get().facts().heldBefore())
                .map(Out::held)
                .contains(1L);
        clock.set(Duration.ofDays(2));

        assertThat(gate.tryPassAsync(CART).toCompletableFuture().get().facts().heldBefore())
                .isEmpty();
    }

    @Test
    void aChargedPassHasNoClaim() {
        Key everything = Key.of("charged", "everything");
        Decision decision = gate.offer(everything);

        assertThat(decision.passes()).isTrue();
        assertThat(decision.claim()).isEmpty();
        assertThat(decision.facts().reason()).isEqualTo(Reason.CHARGED);
        assertThat(gate.run(everything, () -> {}).passes()).isTrue();
        assertThat(gate.offer(everything).passes()).isFalse();
    }

    @Test
    void runCompletesWhatReturnsAndReleasesWhatThrows() {
        assertThatThrownBy(() -> gate.run(JOB, () -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
        assertThat(gate.explain(JOB).orElseThrow().state().failures()).isEqualTo(1);
        assertThat(gate.offer(JOB).facts().reason()).isEqualTo(Reason.BACKOFF);
        clock.set(Duration.ofSeconds(5));

        assertThat(gate.run(JOB, () -> {}).passes()).isTrue();
        assertThat(gate.explain(JOB).orElseThrow().state().failures()).isZero();
    }

    @Test
    void runDoesNotRunWhatIsHeld() {
        gate.offer(JOB);
        Decision decision = gate.run(JOB, () -> {
            throw new AssertionError("it must not run");
        });
        assertThat(decision.passes()).isFalse();
    }

    @Test
    void whatTheActionThrewIsNotHiddenByAStoreThatIsAway() {
        assertThatThrownBy(() -> gate.run(JOB, () -> {
                    store.away(true);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
    }

    @Test
    void aStoreThatIsAwayIsSaidAndNothingRuns() {
        store.away(true);
        assertThatThrownBy(() -> gate.run(JOB, () -> {
                    throw new AssertionError("it must not run");
                }))
                .isInstanceOf(StoreException.class)
                .hasMessage("the store is away");
    }

    @Test
    void extendMovesTheDeadlineFromNow() {
        Claim claim = gate.offer(JOB).claim().orElseThrow();
        clock.set(Duration.ofSeconds(20));
        assertThat(gate.extend(claim, Duration.ofMinutes(5))).isEqualTo(Settlement.OK);
        clock.set(Duration.ofSeconds(319));
        assertThat(gate.offer(JOB).passes()).isFalse();
        clock.set(Duration.ofSeconds(320));

        assertThat(gate.offer(JOB).passes()).isTrue();
        assertThat(gate.complete(claim)).isEqualTo(Settlement.STALE);
        assertThat(gate.extend(claim, Duration.ofMinutes(5))).isEqualTo(Settlement.STALE);
    }

    @Test
    void offerAllAnswersInTheOrderOfTheKeys() {
        List<Key> keys = new ArrayList<>(Collections.nCopies(6, DB_DOWN));
        keys.add(CART);
        List<Decision> decisions = gate.offerAll(keys);

        assertThat(decisions).extracting(Decision::passes).containsExactly(true, true, true, true, true, false, true);
        assertThat(decisions.get(6).facts().key()).isEqualTo(CART);
        assertThat(gate.offerAll(List.of())).isEmpty();
    }

    @Test
    void asynchronousFormsAnswerTheSame() throws Exception {
        Decision decision = gate.offerAsync(JOB, "id").toCompletableFuture().get();
        Claim claim = decision.claim().orElseThrow();
        assertThat(gate.extendAsync(claim, Duration.ofMinutes(1))
                        .toCompletableFuture()
                        .get())
                .isEqualTo(Settlement.OK);
        assertThat(gate.releaseAsync(claim, Event.Why.WITHDRAWN)
                        .toCompletableFuture()
                        .get())
                .isEqualTo(Settlement.OK);
        assertThat(gate.completeAsync(claim).toCompletableFuture().get()).isEqualTo(Settlement.STALE);
    }

    @Test
    void aResetArmsTheKey() {
        try (Gate margin = Gate.over(new MemoryStore(10, clock))
                .flow("margin", Rule.allow("once until reset").build())
                .manualTimer()
                .build()) {
            Key key = Key.of("margin", "user-1");
            assertThat(margin.tryPass(key)).isTrue();
            assertThat(margin.tryPass(key)).isFalse();
            margin.reset(key);
            assertThat(margin.tryPass(key)).isTrue();
            margin.reset(key, 50);
            assertThat(margin.tryPass(key)).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> margin.reset(key, Double.NaN));
        }
    }

    @Test
    void explainsHowAKeyStands() {
        assertThat(gate.explain(DB_DOWN)).isEmpty();
        for (int i = 0; i < 7; i++) {
            gate.run(DB_DOWN, () -> {});
        }
        Explanation why = gate.explain(DB_DOWN).orElseThrow();

        assertThat(why.reason()).isEqualTo(Reason.LIMIT);
        assertThat(why.next()).contains(HandClock.START.plusSeconds(3_600));
        assertThat(why.sentences())
                .containsExactly(
                        "The rule is 5 per 1h.",
                        "5 of 5 went out in the window that began 2026-03-01T12:00:00Z.",
                        "2 held from 2026-03-01T12:00:00Z to 2026-03-01T12:00:00Z.",
                        "The limit is reached; the next one passes at 2026-03-01T13:00:00Z.");
        clock.set(Duration.ofHours(1));
        assertThat(gate.explain(DB_DOWN).orElseThrow().reason()).isEqualTo(Reason.ALLOWED);
    }

    @Test
    void aFullStoreAnswersForTheOverflowSubjectOfTheFlow() {
        try (Gate small = Gate.over(new MemoryStore(1, clock))
                .flow("errors", Rule.allow("2 per 1h").build())
                .onDigest((key, tally) -> {})
                .manualTimer()
                .build()) {
            small.run(Key.of("errors", "first"), () -> {});
            Decision one = small.offer(Key.of("errors", "second"), "id-1");
            Decision again = small.offer(Key.of("errors", "second"), "id-1");
            assertThat(one.facts().key()).isEqualTo(Key.of("errors", Key.OVERFLOW));
            assertThat(one.facts().reason()).isEqualTo(Reason.OVERFLOW);
            assertThat(again).isEqualTo(one);
            assertThat(small.complete(one.claim().orElseThrow())).isEqualTo(Settlement.OK);

            Decision repeated = small.offer(Key.of("errors", "second"), "id-1");
            assertThat(repeated.passes()).as("its effect happened already").isFalse();
            assertThat(small.run(Key.of("errors", "third"), () -> {}).passes()).isTrue();
            Decision held = small.offer(Key.of("errors", "fourth"));
            assertThat(held.passes()).isFalse();
            assertThat(held.facts().reason()).isEqualTo(Reason.OVERFLOW);
            assertThat(small.run(Key.of("errors", "first"), () -> {}).facts().reason())
                    .as("a key that is there is not affected")
                    .isEqualTo(Reason.ALLOWED);
        }
    }

    @Test
    void aFlowThatIsNotKnownIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gate.offer(Key.of("unknown", "s")))
                .withMessageContaining("'unknown'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gate.offer(Key.of("errors", "unknown", "s")))
                .withMessageContaining("'errors~unknown'");
    }

    @Test
    void aGateThatWouldTellADigestNeedsSomebodyWhoTellsIt() {
        Gate.Builder builder =
                Gate.over(store).flow("errors", Rule.allow("5 per 1h").build()).manualTimer();
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("errors");
        assertThat(builder.onDigest((key, tally) -> {}).build()).isNotNull();
    }

    @Test
    void aClaimIsAnOpaqueTokenOutsideTheProcess() {
        Claim claim = gate.offer(JOB).claim().orElseThrow();
        Claim read = Claim.parse(claim.token());

        assertThat(claim.toString()).doesNotContain(Long.toString(claim.nonce()));
        assertThat(read).isEqualTo(new Claim(JOB, claim.fence(), claim.nonce(), Instant.EPOCH));
        assertThat(gate.complete(read)).isEqualTo(Settlement.OK);
        assertThatIllegalArgumentException().isThrownBy(() -> Claim.parse("nonsense"));
        assertThatIllegalArgumentException().isThrownBy(() -> Claim.parse(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Claim.parse("A" + claim.token()));
    }
}
