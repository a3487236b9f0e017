package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/** One key under one rule, and a hand on the clock. Times are told from a zero of its own: {@code at("1h")}. */
final class Lab {
    /** The zero of the clock. Times are far above fences that only count. */
    static final long ZERO = 1_000_000_000_000_000L;

    private final Rule rule;
    private State state = State.EMPTY;
    private long now = ZERO;
    private long ids = 100;

    Lab(Rule rule) {
        this.rule = rule;
    }

    Lab(Rule.Builder rule) {
        this(rule.build());
    }

    static long time(String sinceZero) {
        return ZERO + Micros.of(DurationText.parse(sinceZero));
    }

    Lab at(String sinceZero) {
        now = time(sinceZero);
        return this;
    }

    /** One microsecond before. */
    Lab justBefore(String sinceZero) {
        now = time(sinceZero) - 1;
        return this;
    }

    /** The clock is set back, or ahead. */
    Lab clock(long micros) {
        now = micros;
        return this;
    }

    long now() {
        return now;
    }

    State state() {
        return state;
    }

    Rule rule() {
        return rule;
    }

    Outcome apply(Event event) {
        Outcome outcome = Step.apply(state, rule, event, now);
        state = outcome.state();
        return outcome;
    }

    Answer answer(Event event) {
        return apply(event).answer();
    }

    static Event.Offer occurrence(long id) {
        return new Event.Offer(id, id * 7, OptionalDouble.empty(), Event.Settle.LATER);
    }

    /** The first report of a reporter. */
    static Event.Report report(long reporter, int done, long held, long first, long last) {
        return report(reporter, 1, done, held, first, last);
    }

    static Event.Report report(long reporter, long sequence, int done, long held, long first, long last) {
        return new Event.Report(reporter, sequence, OptionalLong.empty(), done, held, first, last);
    }

    Answer offer() {
        return answer(occurrence(ids++));
    }

    /** A new occurrence that must pass. */
    Live claim() {
        Answer answer = offer();
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).claim();
    }

    Live claim(double mark) {
        Answer answer = answer(new Event.Offer(ids++, 1, OptionalDouble.of(mark), Event.Settle.LATER));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).claim();
    }

    /** A new occurrence that must be held. */
    Answer.Held held() {
        Answer answer = offer();
        assertThat(answer).isInstanceOf(Answer.Held.class);
        return (Answer.Held) answer;
    }

    /** A new occurrence, decided and done. */
    Answer tryPass() {
        return answer(new Event.Offer(ids++, 1, OptionalDouble.empty(), Event.Settle.NOW));
    }

    Answer complete(Live claim) {
        return answer(new Event.Complete(claim.fence(), claim.nonce()));
    }

    Answer release(Live claim, Event.Why why) {
        return answer(new Event.Release(claim.fence(), claim.nonce(), why));
    }

    Answer extend(Live claim, String until) {
        return answer(new Event.Extend(claim.fence(), claim.nonce(), time(until)));
    }

    /** A new occurrence that must pass, completed at once. */
    Live deliver() {
        Live claim = claim();
        assertThat(complete(claim)).isEqualTo(new Answer.Ok());
        return claim;
    }

    Answer reset() {
        return answer(new Event.Reset(OptionalDouble.empty()));
    }

    Answer reset(double level) {
        return answer(new Event.Reset(OptionalDouble.of(level)));
    }

    Outcome look() {
        return apply(new Event.Take());
    }

    long dueAt() {
        return Step.dueAt(state, rule);
    }

    long forgetAt() {
        return Step.forgetAt(state, rule);
    }
}
