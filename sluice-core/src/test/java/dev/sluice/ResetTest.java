package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ResetTest {
    private final Lab lab = new Lab(Rule.allow("once until reset").digest(Digest.AT_CLOSE));

    @Test
    void rearmsAtOnce() {
        Live claim = lab.deliver();
        lab.at("1m").held();
        lab.at("2m");
        assertThat(lab.reset()).isEqualTo(new Answer.Ok());

        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().start()).isEqualTo(Micros.ABSENT);
        assertThat(lab.state().armed()).isEqualTo(claim.fence());
        assertThat(lab.state().seen()).isZero();
        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("2m"), 1, Lab.time("1m"), Lab.time("1m"), Out.Cause.RESET));
        lab.claim();
    }

    @Test
    void clearsFailuresAndTheBackOff() {
        lab.release(lab.claim(), Event.Why.FAILED);
        lab.reset();

        assertThat(lab.state().failures()).isZero();
        assertThat(lab.state().retryAt()).isEqualTo(Micros.ABSENT);
        lab.claim();
    }

    @Test
    void leavesALiveClaimItsSlot() {
        Live claim = lab.claim();
        lab.reset();

        assertThat(lab.state().live()).containsExactly(claim);
        assertThat(lab.held().reason()).isEqualTo(Reason.IN_FLIGHT);
        lab.complete(claim);
        lab.claim();
    }

    @Test
    void ignoresWhatTheRuleIgnores() {
        Lab margin = new Lab(Rule.allow("once per 3h").onReset(OnReset.IGNORE));
        margin.deliver();
        State before = margin.state();
        margin.reset();

        assertThat(margin.state()).isEqualTo(before);
        margin.held();
    }

    @Test
    void ignoresALevelBelowTheMarkOfTheLastPass() {
        lab.complete(lab.claim(102));
        assertThat(lab.reset(101.9)).isEqualTo(new Answer.Ok());
        assertThat(lab.state().done()).isEqualTo(1);
        lab.reset(102);

        assertThat(lab.state().done()).isZero();
    }

    @Test
    void ignoresALevelBelowTheMarkOfAPassThatIsNotSettledYet() {
        Live claim = lab.claim(102);
        lab.reset(101.9);
        lab.complete(claim);

        assertThat(lab.state().done()).as("the pass still counts").isEqualTo(1);
        lab.reset(102);
        assertThat(lab.state().done()).isZero();
    }

    @Test
    void theNewestPassSaysWhatIsEnough() {
        Lab several = new Lab(Rule.allow("3 per 1h"));
        several.complete(several.claim(110));
        Live middle = several.claim(100);
        Live newest = several.claim(105);
        several.reset(104);
        assertThat(several.state().done()).isEqualTo(1);
        several.release(newest, Event.Why.WITHDRAWN);
        several.reset(99);
        assertThat(several.state().done()).isEqualTo(1);

        several.reset(100);
        assertThat(several.state().done()).as("not the 110 of before").isZero();
        several.reset(50);
        assertThat(several.state().armed())
                .as("a claim from before does not count")
                .isEqualTo(several.state().fence());
        assertThat(several.state().live()).containsExactly(middle);
    }

    @Test
    void aPassThatWasReleasedLeavesNoMark() {
        lab.release(lab.claim(102), Event.Why.FAILED);
        lab.reset(0);

        assertThat(lab.state().retryAt()).isEqualTo(Micros.ABSENT);
    }

    @Test
    void aPassThatIsAssumedLeavesItsMark() {
        Lab dropping = new Lab(Rule.allow("once until reset").onLost(OnLost.DROP));
        dropping.claim(102);
        dropping.at("10m").reset(101);
        assertThat(dropping.state().done()).isEqualTo(1);
        dropping.reset(102);
        assertThat(dropping.state().done()).isZero();
    }

    @Test
    void rearmsWithoutALevelOrWithoutAMark() {
        lab.complete(lab.claim(102));
        lab.reset();
        assertThat(lab.state().done()).isZero();
        lab.complete(lab.claim());
        lab.reset(0);

        assertThat(lab.state().done()).isZero();
    }

    @Test
    void theMarkEndsWithItsWindow() {
        Lab margin = new Lab(Rule.allow("once per 1h"));
        margin.complete(margin.claim(102));
        margin.at("1h").claim();
        margin.reset(50);

        assertThat(margin.state().mark()).isEmpty();
        assertThat(margin.state().armed()).isEqualTo(margin.state().fence());
    }

    @Test
    void waitsForTheDwell() {
        Lab margin = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        margin.deliver();
        margin.at("10s").reset();
        margin.at("30s").reset();

        assertThat(margin.state().resetAt()).as("the first one counts").isEqualTo(Lab.time("1m10s"));
        margin.at("1m10s").claim();
    }

    @Test
    void anIdleKeyHasNothingToWaitFor() {
        Lab margin = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        margin.reset();

        assertThat(margin.state().resetAt()).isEqualTo(Micros.ABSENT);
    }

    @Test
    void aLevelThatIsNotANumberIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Event.Reset(OptionalDouble.of(Double.NaN)));
    }
}
