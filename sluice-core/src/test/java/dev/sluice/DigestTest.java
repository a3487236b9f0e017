package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is held is told once, and when. */
class DigestTest {
    private final Lab lab = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE));

    @Test
    void takeReturnsTheSameTallyUntilItIsTold() {
        Out tally = owe();
        assertThat(lab.answer(new Event.Take())).isEqualTo(new Answer.Taken(Optional.of(tally)));
        lab.at("2h");
        assertThat(lab.answer(new Event.Take())).isEqualTo(new Answer.Taken(Optional.of(tally)));
        assertThat(lab.answer(new Event.Told(tally.number() + 1))).isEqualTo(new Answer.Ok());
        assertThat(lab.state().out()).isEqualTo(tally);

        Event told = new Event.Told(tally.number());
        assertThat(lab.apply(told).books(told)).isEqualTo(Books.moved(Bucket.OWED, Bucket.REPORTED, 1));
        assertThat(lab.answer(new Event.Take())).isEqualTo(new Answer.Taken(Optional.empty()));
        assertThat(lab.answer(told)).isEqualTo(new Answer.Ok());
        assertThat(lab.apply(told).books(told)).isEqualTo(Books.EMPTY);
    }

    @Test
    void whileOneTallyWaitsTheNextRunsOn() {
        Out first = owe();
        lab.deliver();
        lab.held();
        lab.at("2h").look();
        assertThat(lab.state().out()).isEqualTo(first);
        assertThat(lab.state().held()).isEqualTo(1);
        lab.deliver();
        lab.held();
        lab.apply(new Event.Told(first.number()));
        assertThat(lab.state().out()).isNull();
        lab.at("3h").look();

        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("3h"), 2, Lab.time("1h"), Lab.time("2h"), Out.Cause.WINDOW));
    }

    @Test
    void nothingIsToldWhereNothingWasHeld() {
        lab.deliver();
        lab.at("1h").look();

        assertThat(lab.state().out()).isNull();
    }

    @Test
    void switchedOffTheCountIsKept() {
        Lab silent = new Lab(Rule.allow("1 per 1h").digest(Digest.OFF));
        silent.deliver();
        silent.held();
        silent.held();
        silent.at("1h");
        Outcome outcome = silent.look();

        assertThat(outcome.effects()).containsExactly(new Effect.Kept(2));
        assertThat(outcome.books(new Event.Take())).isEqualTo(Books.moved(Bucket.HELD, Bucket.KEPT, 2));
        assertThat(silent.state().held()).isZero();
        assertThat(silent.state().out()).isNull();
    }

    @Test
    void withTheNextPassTheClosedTallyWaitsForIt() {
        Lab next = new Lab(Rule.allow("once per 1h"));
        next.deliver();
        next.held();
        next.at("1h");
        Outcome outcome = next.apply(Lab.occurrence(1));

        assertThat(outcome.answer()).isInstanceOf(Answer.Granted.class);
        assertThat(outcome.state().out()).isEqualTo(new Out(Lab.time("1h"), 1, Lab.ZERO, Lab.ZERO, Out.Cause.WINDOW));
    }

    @Test
    void aTallyAndAClaimShareTheFences() {
        lab.deliver();
        lab.held();
        lab.at("1h");
        assertThat(lab.claim().fence()).isEqualTo(Lab.time("1h") + 1);
    }

    @Test
    void aTallyThatWaitsIsDueAtOnceWhateverTheTime() {
        owe();
        assertThat(lab.dueAt()).isEqualTo(Step.AT_ONCE);
    }

    @Test
    void anOpenTallyIsDueWhenItCloses() {
        lab.at("10s").deliver();
        assertThat(lab.dueAt()).as("nothing is held").isEqualTo(Micros.FOREVER);
        lab.at("20s").held();
        assertThat(lab.dueAt()).isEqualTo(Lab.time("1h10s"));
    }

    @Test
    void withoutAWindowATallyIsDueOneWindowAfterItsFirst() {
        lab.at("10s").release(lab.claim(), Event.Why.BUDGET);
        assertThat(lab.dueAt()).isEqualTo(Lab.time("1h10s"));
    }

    @Test
    void anEpisodeIsDueWhenItIsIdleOrReset() {
        Lab margin = new Lab(Rule.allow("once until reset")
                .digest(Digest.AT_CLOSE)
                .onReset(OnReset.after(Duration.ofMinutes(1)))
                .forgetAfter(Duration.ofDays(7)));
        margin.deliver();
        margin.at("1m").held();
        assertThat(margin.dueAt()).isEqualTo(Lab.time("7d1m"));
        margin.reset();
        assertThat(margin.dueAt()).isEqualTo(Lab.time("2m"));
    }

    @Test
    void aClaimIsDueAtItsDeadlineWhereItsLossMustBeTold() {
        Lab drop = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).onLost(OnLost.DROP));
        drop.claim();
        lab.claim();

        assertThat(lab.dueAt()).isEqualTo(Lab.time("30s"));
        assertThat(drop.dueAt()).isEqualTo(Micros.FOREVER);
    }

    @Test
    void nothingIsDueWhereNobodyIsTold() {
        for (Digest digest : new Digest[] {Digest.OFF, Digest.WITH_NEXT}) {
            Lab silent = new Lab(Rule.allow("1 per 1h").digest(digest));
            silent.deliver();
            silent.held();
            assertThat(silent.dueAt()).isEqualTo(Micros.FOREVER);
            silent.at("1h").look();
            assertThat(silent.dueAt()).isEqualTo(Micros.FOREVER);
        }
    }

    @Test
    @DisplayName("S4.4 600 errors in 18 h: 90 sent and 18 digests, and together they tell of all 600")
    void sixHundredErrors() {
        Lab errors = new Lab(Rule.allow("5 per 1h").summaryAt(3));
        int sent = 0;
        int digests = 0;
        long told = 0;
        for (int i = 0; i <= 600; i++) {
            errors.clock(Lab.ZERO + i * 108_000_000L);
            Out out = errors.look().state().out();
            if (out != null) {
                digests++;
                told += out.held();
                errors.answer(new Event.Told(out.number()));
            }
            if (i < 600 && errors.offer() instanceof Answer.Granted granted) {
                sent++;
                errors.complete(granted.claim());
            }
        }
        errors.at("19h");
        Out last = errors.look().state().out();
        if (last != null) {
            digests++;
            told += last.held();
        }
        assertThat(sent).isEqualTo(90);
        assertThat(digests).isEqualTo(18);
        assertThat(sent + told).isEqualTo(600);
    }

    private Out owe() {
        lab.deliver();
        lab.held();
        lab.at("1h").look();
        return Objects.requireNonNull(lab.state().out());
    }
}
