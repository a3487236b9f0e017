package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Claim;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A caller completes its claim when that is lost already: what the ledger says, with several servers. */
@OnSharedDatabases
class LateCompletionTest extends WithOutbox {
    private static final Duration WINDOW = Duration.ofMillis(1500);
    private static final Duration CLAIM = Duration.ofSeconds(2);

    @BeforeEach
    void flowOfCallers() {
        Rule rule = Rule.allow("3 per 1500ms").lease(CLAIM).build();
        flows.add(new FlowPlan("work", Map.of("", rule), List.of(), OnFailure.STANDARD));
    }

    private Claim claim() {
        return offer("work", "x").claim().orElseThrow();
    }

    private Settlement complete(Outbox at, Claim claim) {
        return join(at.complete(claim));
    }

    @Test
    void whatFindsNoRoomIsMoreThanTheRuleAllowsAndSaysSo() {
        Claim late = claim();
        pass(CLAIM);
        List<Claim> others = List.of(claim(), claim(), claim());

        assertThat(complete(another(), late)).isEqualTo(Settlement.STALE);

        assertThat(ledger(Ledger.Kind.OVERSHOOT))
                .extracting(LedgerEntry::detail)
                .containsExactly("1 more went out than the rule allows");
        assertThat(others).allMatch(claim -> complete(outbox(), claim) == Settlement.OK);
        assertThat(completed()).as("three in time, and one late").hasSize(4);
    }

    /** A window that is drawn from what the ledger shows is the window of the key. */
    @Test
    void whatFindsRoomUsesASlotAndBeginsAWindowAndTheLedgerSaysSo() {
        Claim late = claim();
        pass(CLAIM);
        assertThat(complete(another(), late)).isEqualTo(Settlement.STALE);
        pass(WINDOW.minusMillis(100));
        assertThat(List.of(claim(), claim())).allMatch(claim -> complete(outbox(), claim) == Settlement.OK);
        assertThat(offer("work", "x").word())
                .as("the late one has the third slot")
                .isEqualTo("suppress");
        pass(Duration.ofMillis(100));
        assertThat(List.of(claim(), claim())).allMatch(claim -> complete(another(), claim) == Settlement.OK);

        List<Instant> times = completed().stream().sorted().toList();
        assertThat(times).hasSize(5);
        assertThat(times.get(3))
                .as("the second window begins when the first is over")
                .isEqualTo(times.get(0).plus(WINDOW));
        assertThat(ledger(Ledger.Kind.OVERSHOOT)).isEmpty();
    }

    @Test
    void aLateCompletionThatIsRepeatedCountsOnceAndIsSaidOnce() {
        Claim late = claim();
        pass(CLAIM);
        assertThat(complete(outbox(), late)).isEqualTo(Settlement.STALE);
        assertThat(complete(another(), late)).isEqualTo(Settlement.STALE);
        assertThat(ledger(Ledger.Kind.SETTLE))
                .extracting(LedgerEntry::detail)
                .containsExactly("claim " + late.fence() + " was completed late, and counts");
    }

    private List<Instant> completed() {
        return ledger(Ledger.Kind.SETTLE).stream().map(LedgerEntry::at).toList();
    }
}
