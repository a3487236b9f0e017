package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What happens by itself, when, and in which order. */
class AdvanceTest {
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    @Test
    void aClaimIsLostAtItsDeadlineAndItsOccurrenceIsHeldThen() {
        Lab lab = new Lab(Rule.allow("2 per 1h").lease(HALF_A_MINUTE));
        Live claim = lab.claim();
        lab.justBefore("30s").look();
        assertThat(lab.state().live()).containsExactly(claim);
        lab.at("50s");

        assertThat(lab.look().effects()).containsExactly(new Effect.Lost(claim, false));
        assertThat(lab.state().live()).isEmpty();
        assertThat(lab.state().held()).isEqualTo(1);
        assertThat(lab.state().first()).isEqualTo(Lab.time("30s"));
        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().settled()).extracting(Settled::end).containsExactly(Settled.End.LOST);
    }

    @Test
    void aClaimIsOverAtExactlyItsDeadline() {
        Lab lab = new Lab(Rule.allow("exclusive").lease(HALF_A_MINUTE));
        lab.claim();
        lab.justBefore("30s").held();
        lab.at("30s").claim();
    }

    @Test
    void underDropALostClaimCountsAsDeliveredAtItsDeadline() {
        Lab lab = new Lab(Rule.allow("2 per 1h").lease(HALF_A_MINUTE).onLost(OnLost.DROP));
        Live claim = lab.claim();
        lab.at("50s");
        Outcome outcome = lab.look();

        assertThat(outcome.effects()).containsExactly(new Effect.Lost(claim, true));
        assertThat(outcome.books(new Event.Take())).isEqualTo(Books.moved(Bucket.PENDING, Bucket.ASSUMED, 1));
        assertThat(lab.state().start()).isEqualTo(Lab.time("30s"));
        assertThat(lab.state().done()).isEqualTo(1);
        assertThat(lab.state().held()).isZero();
    }

    @Test
    void underDropAClaimFromBeforeAResetIsAssumedButDoesNotCount() {
        Lab lab = new Lab(Rule.allow("2 per 1h").lease(HALF_A_MINUTE).onLost(OnLost.DROP));
        Live claim = lab.claim();
        lab.reset();
        lab.at("30s");

        assertThat(lab.look().effects()).containsExactly(new Effect.Lost(claim, true));
        assertThat(lab.state().done()).isZero();
    }

    @Test
    void theWindowIsOverAtExactlyItsEnd() {
        Lab lab = new Lab(Rule.allow("2 per 1h"));
        lab.at("10s").deliver();
        lab.at("20s").deliver();
        lab.at("30s").held();
        lab.justBefore("1h10s").look();
        assertThat(lab.state().done()).isEqualTo(2);
        lab.at("1h10s").look();

        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().start()).isEqualTo(Micros.ABSENT);
        assertThat(lab.state().seen()).isZero();
        assertThat(lab.state().held()).isZero();
        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("1h10s"), 1, Lab.time("30s"), Lab.time("30s"), Out.Cause.WINDOW));
    }

    @Test
    @DisplayName("S4.3 after 60 minutes the counter resets: at exactly 3600 s it is sent")
    void anHourlyErrorIsAlwaysSent() {
        Lab lab = new Lab(Rule.allow("5 per 1h").summaryAt(3));
        for (int i = 0; i < 5; i++) {
            lab.deliver();
        }
        lab.held();
        lab.justBefore("3600s").held();
        lab.at("3600s").deliver();
        for (int hour = 2; hour <= 48; hour++) {
            lab.at(hour + "h").deliver();
        }
    }

    @Test
    @DisplayName(
            "S4.3 a steady error, one in ten minutes for 48 h, is sent at least once and at most 5 times in an hour")
    void aSteadyErrorIsNeverMutedForEver() {
        Lab lab = new Lab(Rule.allow("5 per 1h").summaryAt(3));
        for (int hour = 0; hour < 48; hour++) {
            int sent = 0;
            for (int minute = 0; minute < 60; minute += 10) {
                lab.clock(Lab.ZERO + Micros.of(Duration.ofMinutes(60L * hour + minute)));
                if (lab.offer() instanceof Answer.Granted granted) {
                    lab.complete(granted.claim());
                    sent++;
                }
            }
            assertThat(sent).as("hour " + hour).isEqualTo(5);
        }
    }

    @Test
    void whereNothingWentOutTheTallyIsToldAfterOneWindow() {
        Lab lab = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).lease(HALF_A_MINUTE));
        lab.claim();
        lab.at("40s").look();
        lab.justBefore("1h30s").look();
        assertThat(lab.state().out()).isNull();
        lab.at("1h30s").look();

        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("1h30s"), 1, Lab.time("30s"), Lab.time("30s"), Out.Cause.FAILED));
    }

    @Test
    void whereNothingWentOutUntilAResetTheTallyIsToldAfterTheIdleTime() {
        Lab lab = new Lab(Rule.allow("once until reset")
                .digest(Digest.AT_CLOSE)
                .lease(HALF_A_MINUTE)
                .forgetAfter(Duration.ofMinutes(10)));
        lab.extend(lab.claim(), "1h");
        lab.at("1h").look();
        assertThat(lab.state().held()).isEqualTo(1);
        assertThat(lab.dueAt()).isEqualTo(Lab.time("1h10m"));
        lab.at("1h10m").look();

        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("1h10m"), 1, Lab.time("1h"), Lab.time("1h"), Out.Cause.FAILED));
    }

    @Test
    void aTallyWaitsForTheOneBefore() {
        Lab lab = new Lab(Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).lease(HALF_A_MINUTE));
        lab.deliver();
        lab.held();
        lab.at("1h").claim();
        Out first = Objects.requireNonNull(lab.state().out());
        lab.at("4h").look();
        assertThat(lab.state().out()).isEqualTo(first);
        assertThat(lab.state().held()).isEqualTo(1);

        lab.apply(new Event.Told(first.number()));
        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("2h30s"), 1, Lab.time("1h30s"), Lab.time("1h30s"), Out.Cause.FAILED));
        assertThat(lab.state().held()).isZero();
    }

    @Test
    void anIdleEpisodeEnds() {
        Lab lab = new Lab(Rule.allow("once until reset").forgetAfter(Duration.ofDays(7)));
        lab.deliver();
        lab.at("1d").held();
        lab.justBefore("8d").look();
        assertThat(lab.state().done()).isEqualTo(1);
        lab.at("8d");

        Out closed = new Out(Lab.time("8d"), 1, Lab.time("1d"), Lab.time("1d"), Out.Cause.IDLE);
        assertThat(lab.look().effects()).containsExactly(new Effect.Armed(Out.Cause.IDLE), new Effect.Closed(closed));
        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().lastSeen()).isEqualTo(Micros.ABSENT);
    }

    @Test
    void onceUntilResetHasNoOtherEnd() {
        Lab lab = new Lab(Rule.allow("once until reset").forgetAfter(Duration.ofDays(7)));
        lab.deliver();
        for (int day = 1; day < 100; day++) {
            lab.at(day + "d").held();
        }
        lab.reset();
        lab.claim();
    }

    @Test
    void aPendingResetArmsTheKeyAtItsTime() {
        Lab lab = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        Live claim = lab.deliver();
        lab.at("10s").reset();
        lab.justBefore("1m10s").look();
        assertThat(lab.state().done()).isEqualTo(1);
        lab.at("5m");

        assertThat(lab.look().effects()).containsExactly(new Effect.Armed(Out.Cause.RESET));
        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().resetAt()).isEqualTo(Micros.ABSENT);
        assertThat(lab.state().armed()).isEqualTo(claim.fence());
    }

    @Test
    void aClaimLostAtTheEndOfAWindowIsInTheTallyOfThatWindow() {
        Lab lab = new Lab(Rule.allow("2 per 1h"));
        lab.deliver();
        Live claim = lab.claim();
        lab.extend(claim, "1h");
        lab.at("2h").look();

        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("1h"), 1, Lab.time("1h"), Lab.time("1h"), Out.Cause.WINDOW));
    }

    @Test
    void aClaimAssumedAtTheEndOfAWindowIsOfThatWindow() {
        Lab lab = new Lab(Rule.allow("2 per 1h").onLost(OnLost.DROP));
        lab.deliver();
        lab.extend(lab.claim(), "1h");
        lab.at("1h").look();

        assertThat(lab.state().done()).isZero();
    }

    @Test
    void aResetAtTheEndOfAWindowIsWhatClosesTheTally() {
        Lab lab = new Lab(Rule.allow("1 per 1m").digest(Digest.AT_CLOSE).onReset(OnReset.after(Duration.ofMinutes(1))));
        lab.deliver();
        lab.held();
        lab.reset();
        lab.at("1m").look();

        assertThat(lab.state().out()).extracting("cause").isEqualTo(Out.Cause.RESET);
    }

    @Test
    void aLostClaimAndAResetOfTheSameTimeHappenInThisOrder() {
        Lab lab = new Lab(Rule.allow("1 per 1h")
                .digest(Digest.AT_CLOSE)
                .lease(HALF_A_MINUTE)
                .onReset(OnReset.after(HALF_A_MINUTE)));
        lab.claim();
        lab.reset();
        lab.at("30s").look();

        assertThat(lab.state().out())
                .isEqualTo(new Out(Lab.time("30s"), 1, Lab.time("30s"), Lab.time("30s"), Out.Cause.RESET));
    }

    @Test
    void everythingHappensAtItsOwnTimeWhoeverLooksAndWhenever() {
        Lab often = busy();
        Lab once = busy();
        for (int second = 30; second <= 7_200; second++) {
            often.at(second + "s").look();
        }
        once.at("7200s").look();

        assertThat(often.state()).hasToString(once.state().toString());
        assertThat(often.state().out())
                .isEqualTo(new Out(Lab.time("1h30s"), 1, Lab.time("31s"), Lab.time("31s"), Out.Cause.WINDOW));
    }

    private static Lab busy() {
        Lab lab = new Lab(Rule.allow("2 per 1h").lease(HALF_A_MINUTE).backoff(Backoff.STANDARD));
        Live first = lab.claim();
        lab.at("1s").claim();
        lab.justBefore("30s").complete(first);
        lab.at("30s").reset();
        lab.deliver();
        return lab;
    }

    @Test
    void anExclusiveKeyIsFreeAtOnceAndKeepsNothing() {
        Lab lab = new Lab(Rule.allow("exclusive"));
        Live claim = lab.claim();
        assertThat(lab.held())
                .isEqualTo(new Answer.Held(Reason.IN_FLIGHT, true, new Answer.Counts(2, 0, 1, Lab.time("30s"))));
        assertThat(lab.state().held()).as("held counts are kept at once").isZero();
        lab.complete(claim);

        assertThat(lab.state().done()).isZero();
        lab.claim();
    }
}
