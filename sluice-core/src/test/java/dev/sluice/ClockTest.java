package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** A clock that is behind what a key has seen. */
class ClockTest {
    private final Lab lab = new Lab(Rule.allow("2 per 1h").backoff(Backoff.STANDARD));

    @Test
    void upToTenSecondsBehindItStandsStill() {
        lab.at("1m").deliver();
        Live claim = lab.at("50s").claim();

        assertThat(lab.state().touched()).isEqualTo(Lab.time("1m"));
        assertThat(claim.until()).isEqualTo(Lab.time("1m30s"));
        assertThat(claim.fence()).isEqualTo(Lab.time("1m") + 1);
        assertThat(lab.state().start()).isEqualTo(Lab.time("1m"));
    }

    @Test
    void furtherBehindEveryTimeOfTheKeyMovesBackByTheDifference() {
        Lab key = everything();
        State before = key.state();
        key.clock(before.touched() - 10_000_001).look();
        State after = key.state();

        long by = 10_000_001;
        assertThat(after.touched()).isEqualTo(before.touched() - by);
        assertThat(after.lastSeen()).isEqualTo(before.lastSeen() - by);
        assertThat(after.start()).isEqualTo(before.start() - by);
        assertThat(after.live().get(0).until()).isEqualTo(before.live().get(0).until() - by);
        assertThat(after.retryAt()).isEqualTo(before.retryAt() - by);
        assertThat(after.resetAt()).isEqualTo(before.resetAt() - by);
        assertThat(after.first()).isEqualTo(before.first() - by);
        assertThat(after.last()).isEqualTo(before.last() - by);
        Out out = Objects.requireNonNull(before.out());
        assertThat(after.out())
                .isEqualTo(new Out(out.number(), out.held(), out.first() - by, out.last() - by, out.cause()));
    }

    @Test
    void nothingElseMovesAndFencesNever() {
        Lab key = everything();
        State before = key.state();
        key.clock(before.touched() - Micros.of(Duration.ofDays(1))).look();
        State after = key.state();

        assertThat(after.fence()).isEqualTo(before.fence());
        assertThat(after.armed()).isEqualTo(before.armed());
        assertThat(after.live().get(0).fence()).isEqualTo(before.live().get(0).fence());
        assertThat(after.settled()).isEqualTo(before.settled());
        assertThat(after.done()).isEqualTo(before.done());
        assertThat(after.held()).isEqualTo(before.held());
        assertThat(after.seen()).isEqualTo(before.seen());
        assertThat(after.failures()).isEqualTo(before.failures());
        assertThat(after.mark()).isEqualTo(before.mark());
    }

    @Test
    void newFencesRiseAlsoAfterTheClockWasSetBack() {
        Live before = lab.at("1h").claim();
        Live after = lab.at("0s").claim();

        assertThat(after.fence()).isEqualTo(before.fence() + 1);
        assertThat(after.until()).isEqualTo(Lab.time("30s"));
    }

    @Test
    void aWindowKeepsItsLengthWhenTheClockIsSetBack() {
        lab.at("1h").deliver();
        lab.deliver();
        lab.at("1h10m").held();
        lab.at("0s");
        assertThat(lab.held().counts().next()).isEqualTo(Lab.time("50m"));
        lab.justBefore("50m").held();
        lab.at("50m").claim();
    }

    /** A key with every time that there is. */
    private static Lab everything() {
        Lab key = new Lab(Rule.allow("4 per 1m")
                .lease(Duration.ofHours(2))
                .backoff(new Backoff(Duration.ofHours(1), 1, Duration.ofHours(1)))
                .onReset(OnReset.after(Duration.ofHours(1))));
        key.complete(key.claim(5));
        key.answer(Lab.report(1, 0, 2, Lab.ZERO - 5, Lab.ZERO));
        key.at("1m").look();
        key.claim();
        key.complete(key.claim(6));
        key.release(key.claim(), Event.Why.FAILED);
        key.at("1m30s").held();
        key.reset();
        State state = key.state();
        assertThat(state.mark()).isEqualTo(OptionalDouble.of(6));
        assertThat(state.out()).isNotNull();
        assertThat(state.resetAt()).isNotEqualTo(Micros.ABSENT);
        assertThat(state.retryAt()).isNotEqualTo(Micros.ABSENT);
        return key;
    }
}
