package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What a denial cache, or a process without its store, decided by itself. */
class ReportTest {
    private final Lab lab = new Lab(Rule.allow("5 per 1h"));

    @Test
    void countsWhatWasCompletedAndHeldElsewhere() {
        lab.at("1m");
        Event report = new Event.Report(1, 2, 3, Lab.time("10s"), Lab.time("50s"));
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
        Event report = new Event.Report(1, 2, 3, Lab.ZERO, Lab.ZERO);
        lab.apply(report);
        State after = lab.state();
        Outcome again = lab.apply(report);

        assertThat(again.answer()).isEqualTo(new Answer.Ok());
        assertThat(lab.state()).isEqualTo(after);
        assertThat(again.books(report)).isEqualTo(Books.EMPTY);
    }

    @Test
    void addsToTheOpenTally() {
        lab.answer(new Event.Report(1, 5, 1, Lab.ZERO, Lab.ZERO));
        lab.at("1m").held();
        lab.answer(new Event.Report(2, 0, 4, Lab.time("30s"), Lab.time("40s")));

        assertThat(lab.state().held()).isEqualTo(6);
        assertThat(lab.state().first()).isEqualTo(Lab.ZERO);
        assertThat(lab.state().last()).isEqualTo(Lab.time("1m"));
    }

    @Test
    void nothingWasHeldInTheFutureWhateverAnotherClockSays() {
        lab.at("1m");
        lab.answer(new Event.Report(1, 0, 2, Lab.time("5m"), Lab.time("6m")));

        assertThat(lab.state().first()).isEqualTo(Lab.time("1m"));
        assertThat(lab.state().last()).isEqualTo(Lab.time("1m"));
        assertThat(lab.dueAt()).isEqualTo(Lab.time("1h1m"));
    }

    @Test
    void whatExceedsTheLimitIsOvershoot() {
        lab.deliver();
        Event report = new Event.Report(1, 6, 0, 0, 0);
        Outcome outcome = lab.apply(report);

        assertThat(outcome.effects()).containsExactly(new Effect.Reported(6, 0), new Effect.Overshoot(2));
        assertThat(lab.held().reason()).isEqualTo(Reason.LIMIT);
    }

    @Test
    void whatTheKeyItselfGrantedUnderTheSameIdIsOneOccurrence() {
        Live claim = ((Answer.Granted) lab.answer(new Event.Offer(7, 70, OptionalDouble.empty(), Event.Settle.LATER)))
                .claim();
        Event report = new Event.Report(7, 1, 0, 0, 0);
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
        margin.answer(new Event.Report(1, 0, 1, Lab.ZERO, Lab.ZERO));

        assertThat(margin.state().resetAt()).isEqualTo(Micros.ABSENT);
    }
}
