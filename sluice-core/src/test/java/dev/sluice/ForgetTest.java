package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A key is deleted only when nobody can observe that. */
class ForgetTest {
    @Test
    void anEmptyKeyGoesOneLeaseAfterItsLastUse() {
        Lab lab = new Lab(Rule.allow("2 per 1h").lease(Duration.ofSeconds(20)));
        lab.at("5s").release(lab.claim(), Event.Why.WITHDRAWN);

        assertThat(lab.forgetAt()).isEqualTo(Lab.time("25s"));
        assertThat(Step.forget(lab.state(), lab.rule(), Lab.time("25s") - 1)).isNull();
        assertThat(Step.forget(lab.state(), lab.rule(), Lab.time("25s")))
                .extracting(Outcome::state)
                .isEqualTo(State.EMPTY);
    }

    @Test
    void aKeyWithAWindowStaysUntilItsEnd() {
        Lab lab = new Lab(Rule.allow("2 per 1h"));
        lab.deliver();

        assertThat(lab.forgetAt()).isEqualTo(Lab.time("1h"));
    }

    @Test
    void anEpisodeStaysUntilItIsIdle() {
        Lab lab = new Lab(Rule.allow("once until reset").forgetAfter(Duration.ofDays(3)));
        lab.deliver();

        assertThat(lab.forgetAt()).isEqualTo(Lab.time("3d"));
    }

    @Test
    void aRestingKeyStaysAndItsFailuresAreKeptForSevenDays() {
        Lab lab = new Lab(Rule.allow("once per 1m"));
        lab.release(lab.claim(), Event.Why.FAILED);

        assertThat(lab.forgetAt()).isEqualTo(Lab.time("7d5s"));
    }

    @Test
    void aPendingResetStays() {
        Lab lab = new Lab(Rule.allow("once per 1m").onReset(OnReset.after(Duration.ofHours(1))));
        lab.deliver();
        lab.reset();

        assertThat(lab.forgetAt()).isEqualTo(Lab.time("1h"));
    }

    @Test
    void aClaimStaysAndWhateverItsLossWouldLeave() {
        Lab retry = new Lab(Rule.allow("once per 1h"));
        Lab atClose = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE));
        Lab drop = new Lab(Rule.allow("once per 1h").onLost(OnLost.DROP));
        retry.claim();
        atClose.claim();
        drop.claim();

        assertThat(retry.forgetAt()).isEqualTo(Lab.time("7d1h30s"));
        assertThat(atClose.forgetAt()).isEqualTo(Micros.FOREVER);
        assertThat(drop.forgetAt()).isEqualTo(Lab.time("1h30s"));
    }

    @Test
    void whatIsOwedStaysUntilItIsTold() {
        Lab lab = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE));
        lab.deliver();
        lab.held();
        assertThat(lab.forgetAt()).isEqualTo(Micros.FOREVER);
        lab.at("1h").look();
        assertThat(lab.forgetAt()).isEqualTo(Micros.FOREVER);

        assertThat(Step.forget(lab.state(), lab.rule(), Lab.time("36500d"))).isNull();
    }

    @Test
    void whatTheNextPassWouldTellStaysSevenDaysAndIsKeptInTheBooks() {
        Lab lab = new Lab(Rule.allow("once per 1h"));
        lab.deliver();
        lab.held();
        assertThat(lab.forgetAt()).isEqualTo(Lab.time("7d1h"));
        assertThat(Step.forget(lab.state(), lab.rule(), Lab.time("7d1h") - 1)).isNull();

        Outcome forgotten = Objects.requireNonNull(Step.forget(lab.state(), lab.rule(), Lab.time("7d1h")));
        assertThat(forgotten.books(new Event.Take())).isEqualTo(Books.moved(Bucket.HELD, Bucket.KEPT, 1));
    }

    @Test
    void whatHappensUntilAKeyIsForgottenIsInTheBooks() {
        Lab job = new Lab(Rule.allow("exclusive").onLost(OnLost.DROP));
        job.claim();
        Outcome forgotten = Objects.requireNonNull(Step.forget(job.state(), job.rule(), Lab.time("1m")));

        assertThat(forgotten.books(new Event.Take())).isEqualTo(Books.moved(Bucket.PENDING, Bucket.ASSUMED, 1));
    }

    @Test
    void aKeyIsNotForgottenByAClockThatIsBehindIt() {
        Lab lab = new Lab(Rule.allow("2 per 1h"));
        lab.release(lab.claim(), Event.Why.WITHDRAWN);

        assertThat(Step.forget(lab.state(), lab.rule(), Lab.ZERO - 1)).isNull();
    }

    @Test
    void aKeyThatComesAgainBeginsAboveWhatWasForgotten() {
        State absent = State.absent(Lab.ZERO + 500);
        Outcome outcome = Step.apply(absent, Rule.allow("exclusive").build(), Lab.occurrence(1), Lab.ZERO);

        assertThat(((Answer.Granted) outcome.answer()).claim().fence()).isEqualTo(Lab.ZERO + 501);
    }
}
