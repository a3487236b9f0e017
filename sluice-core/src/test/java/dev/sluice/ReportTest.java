package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a denial cache, or a process without its store, decided by itself. */
class ReportTest {
    private final Lab lab = new Lab(Rule.allow("5 per 1h"));

    @Test
    void countsWhatWasCompletedAndHeldElsewhere() {
        lab.at("1m");
        Event report = Lab.report(1, 2, 3, Lab.time("10s"), Lab.time("50s"));
        Outcome outcome = lab.apply(report);

        assertThat(outcome.answer()).isEqualTo(new Answer.Ok());
        assertThat(lab.state().done()).isEqualTo(2);
        assertThat(lab.state().start()).isEqualTo(Lab.time("1m"));
        assertThat(lab.state().held()).isEqualTo(3);
        assertThat(lab.state().first()).isEqualTo(Lab.time("10s"));
        assertThat(lab.state().last()).isEqualTo(Lab.time("50s"));
        assertThat(lab.state().seen()).isEqualTo(5);
        assertThat(lab.state().lastSeen()).isEqualTo(Lab.time("1m"));
        Books books = outcome.books(report);
        assertThat(books.get(Bucket.IN)).isEqualTo(5);
        assertThat(books.get(Bucket.DELIVERED)).isEqualTo(2);
        assertThat(books.get(Bucket.HELD)).isEqualTo(3);
        assertThat(books.unaccounted()).isZero();
    }

    @Test
    void aRepeatedReportIsNotCountedAgain() {
        Event report = Lab.report(1, 2, 3, Lab.ZERO, Lab.ZERO);
        lab.apply(report);
        State after = lab.state();
        Outcome again = lab.apply(report);

        assertThat(again.answer()).isEqualTo(new Answer.Ok());
        assertThat(lab.state()).isEqualTo(after);
        assertThat(again.books(report)).isEqualTo(Books.EMPTY);
    }

    @Test
    void aReportThatIsSentAgainAfterOtherClaimsEndedIsNotCountedAgain() {
        Lab busy = new Lab(Rule.allow("once per 10s"));
        Event report = Lab.report(1, 1, 3, Lab.ZERO, Lab.ZERO);
        busy.apply(report);
        for (int window = 1; window <= 4; window++) {
            busy.at(10 * window + "s").deliver();
        }
        State after = busy.state();
        Outcome again = busy.apply(report);

        assertThat(busy.state()).isEqualTo(after);
        assertThat(again.books(report)).isEqualTo(Books.EMPTY);
    }

    @Test
    void aReportThatIsSentAgainAfterOthersReportedIsNotCountedAgain() {
        Lab budget = new Lab(Rule.allow("once per 1h").charged());
        Event report = Lab.report(1, 5, 1, 3, Lab.ZERO, Lab.ZERO);
        budget.apply(report);
        for (int other = 2; other <= 64; other++) {
            budget.apply(Lab.report(other, other, 0, 1, Lab.ZERO, Lab.ZERO));
        }
        budget.apply(report);

        assertThat(budget.state().done()).isEqualTo(1);
        assertThat(budget.state().held()).isEqualTo(3 + 63);
    }

    @Test
    void whatAReporterSaidBeforeItsLastReportIsOld() {
        lab.answer(Lab.report(1, 4, 0, 1, Lab.ZERO, Lab.ZERO));
        lab.answer(Lab.report(1, 9, 0, 1, Lab.ZERO, Lab.ZERO));
        lab.answer(Lab.report(1, 4, 0, 1, Lab.ZERO, Lab.ZERO));
        lab.answer(Lab.report(2, 4, 0, 1, Lab.ZERO, Lab.ZERO));

        assertThat(lab.state().held()).isEqualTo(3);
        assertThat(lab.state().reporters()).containsExactly(new Reporter(1, 9), new Reporter(2, 4));
    }

    @Test
    void reportsPushNoClaimOutOfMemory() {
        Live claim = lab.deliver();
        for (int sequence = 1; sequence <= 100; sequence++) {
            lab.answer(Lab.report(1, sequence, 0, 1, Lab.ZERO, Lab.ZERO));
        }

        assertThat(lab.complete(claim)).isEqualTo(new Answer.Ok());
    }

    @Test
    void aKeyIsForgottenWithWhoReportedToItAsSoonAsOneWithout() {
        Lab counted = new Lab(Rule.allow("5 per 1h").digest(Digest.OFF));
        counted.answer(Lab.report(1, 1, 0, 0, 0));

        assertThat(counted.forgetAt()).isEqualTo(Lab.time("1h"));
    }

    @Test
    void refusesWhatNobodyCanReport() {
        assertThatIllegalArgumentException().isThrownBy(() -> Lab.report(1, 0, 0, 1, Lab.ZERO, Lab.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Lab.report(1, 1L << 53, 0, 1, Lab.ZERO, Lab.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Event.Report(1, 1, OptionalLong.of(7), 2, 0, Lab.ZERO, Lab.ZERO));
    }

    @Test
    void addsToTheOpenTally() {
        lab.answer(Lab.report(1, 5, 1, Lab.ZERO, Lab.ZERO));
        lab.at("1m").held();
        lab.answer(Lab.report(2, 0, 4, Lab.time("30s"), Lab.time("40s")));

        assertThat(lab.state().held()).isEqualTo(6);
        assertThat(lab.state().first()).isEqualTo(Lab.ZERO);
        assertThat(lab.state().last()).isEqualTo(Lab.time("1m"));
    }

    @Test
    void nothingWasHeldInTheFutureWhateverAnotherClockSays() {
        lab.at("1m");
        lab.answer(Lab.report(1, 0, 2, Lab.time("5m"), Lab.time("6m")));

        assertThat(lab.state().first()).isEqualTo(Lab.time("1m"));
        assertThat(lab.state().last()).isEqualTo(Lab.time("1m"));
        assertThat(lab.dueAt()).isEqualTo(Lab.time("1h1m"));
    }

    @Test
    void whatExceedsTheLimitIsOvershoot() {
        lab.deliver();
        Event report = Lab.report(1, 6, 0, 0, 0);
        Outcome outcome = lab.apply(report);

        assertThat(outcome.effects()).containsExactly(new Effect.Reported(6, 0), new Effect.Overshoot(2));
        assertThat(lab.held().reason()).isEqualTo(Reason.LIMIT);
    }

    @Test
    void whatTheKeyItselfGrantedUnderTheSameIdIsOneOccurrence() {
        Live claim = ((Answer.Granted) lab.answer(new Event.Offer(7, 70, OptionalDouble.empty(), Event.Settle.LATER)))
                .claim();
        Event report = Event.Report.passed(7);
        Outcome outcome = lab.apply(report);

        assertThat(lab.state().live()).isEmpty();
        assertThat(lab.state().done()).isEqualTo(1);
        assertThat(lab.state().seen()).isEqualTo(1);
        Books books = outcome.books(report);
        assertThat(books.get(Bucket.IN)).isZero();
        assertThat(books.get(Bucket.PENDING)).isEqualTo(-1);
        assertThat(books.get(Bucket.DELIVERED)).isEqualTo(1);
        assertThat(lab.answer(new Event.Complete(claim.fence(), claim.nonce()))).isEqualTo(new Answer.Ok());
        assertThat(lab.state().done()).isEqualTo(1);
    }

    @Test
    void callsOffAPendingReset() {
        Lab margin = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        margin.deliver();
        margin.reset();
        margin.answer(Lab.report(1, 0, 1, Lab.ZERO, Lab.ZERO));

        assertThat(margin.state().resetAt()).isEqualTo(Micros.ABSENT);
    }
}
