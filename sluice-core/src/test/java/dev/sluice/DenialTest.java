package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be answered without the store, for how long, and what the answer says. */
class DenialTest {
    private static final long SECOND = 1_000_000;
    private static final Key KEY = Key.of("errors", "db-down");

    private final Lab lab = new Lab(Rule.allow("2 per 1h"));

    static Stream<Arguments> states() {
        Rule two = Rule.allow("2 per 1h").build();
        Rule once = Rule.allow("once until reset").build();
        Rule dwell = Rule.allow("once until reset")
                .onReset(OnReset.after(Duration.ofMinutes(1)))
                .build();
        Rule charged = Rule.allow("2 per 1h").charged().build();
        return Stream.of(
                Arguments.of("a full window", full(two, "30m"), SECOND),
                Arguments.of("a full window of a budget", full(charged, "30m"), SECOND),
                Arguments.of("two seconds before the end", full(two, "59m58s"), SECOND),
                Arguments.of("a second before the end: the margin is left", full(two, "59m59s"), 750_000L),
                Arguments.of("within the margin", full(two, "59m59s750ms"), 0L),
                Arguments.of("a window with room", room(two), 0L),
                Arguments.of("claims that are not settled", claimed(two), 0L),
                Arguments.of("an episode", full(once, "1h"), SECOND),
                Arguments.of("an episode that is soon idle", full(soonIdle(), "0s"), 0L),
                Arguments.of("resets with a dwell", full(dwell, "1h"), 0L),
                Arguments.of("a key that rests", resting(), 0L),
                Arguments.of("exclusive", held(Rule.allow("exclusive").build()), 0L));
    }

    private static Rule soonIdle() {
        return Rule.allow("once until reset").forgetAfter(Duration.ofSeconds(1)).build();
    }

    private static Lab full(Rule rule, String at) {
        Lab lab = new Lab(rule);
        for (int i = 0; i < rule.limit(); i++) {
            lab.tryPass();
        }
        lab.at(at).held();
        return lab;
    }

    private static Lab room(Rule rule) {
        Lab lab = new Lab(rule);
        lab.tryPass();
        return lab;
    }

    private static Lab claimed(Rule rule) {
        Lab lab = new Lab(rule);
        lab.tryPass();
        lab.claim();
        lab.held();
        return lab;
    }

    private static Lab held(Rule rule) {
        Lab lab = new Lab(rule);
        lab.claim();
        lab.held();
        return lab;
    }

    /** Full by a report while a claim was out, which then failed. */
    private static Lab resting() {
        Lab lab = new Lab(Rule.allow("once per 1h"));
        Live claim = lab.claim();
        lab.answer(Lab.report(1, 1, 0, 0, 0));
        lab.release(claim, Event.Why.FAILED);
        lab.held();
        return lab;
    }

    @ParameterizedTest(name = "{0}: {2} us")
    @MethodSource("states")
    void lastsAsLongAsTheStoreCouldOnlyDeny(String what, Lab key, long lasts) {
        assertThat(Math.max(0, Denial.lasts(key.state(), key.rule(), SECOND))).isEqualTo(lasts);
    }

    private Denial denial() {
        lab.tryPass();
        lab.tryPass();
        lab.at("10m").held();
        return new Denial(command(occurrence(1)), lab.state(), 5_000, SECOND);
    }

    private Command command(Event event) {
        return new Command(KEY, lab.rule(), event);
    }

    private static Event.Offer occurrence(long id) {
        return new Event.Offer(id, 1, OptionalDouble.empty(), Event.Settle.LATER);
    }

    private static Answer.Held hold(Denial denial, long tick) {
        Outcome outcome = Optional.ofNullable(denial.hold(tick)).orElseThrow();
        assertThat(outcome.elsewhere()).contains(Effect.Decider.CACHE);
        assertThat(outcome.books(occurrence(1))).isEqualTo(Books.EMPTY);
        return (Answer.Held) outcome.answer();
    }

    @Test
    void answersWithTheCountsAndTheSamplesOfTheStepItself() {
        Denial denial = denial();
        for (int i = 0; i < 200; i++) {
            Answer.Held cached = hold(denial, 5_000 + i);
            assertThat(cached).isEqualTo(lab.held());
        }
    }

    @Test
    void tellsWhatWasHeldWhenItEnds() {
        Denial denial = denial();
        assertThat(denial.end()).isEmpty();

        Denial used = denial();
        hold(used, 5_000);
        hold(used, 405_000);
        hold(used, 205_000 + 800_000);
        assertThat(used.held()).isEqualTo(3);
        assertThat(used.end()).contains(Owed.held(KEY, lab.rule(), 3, Lab.time("10m"), Lab.time("10m") + SECOND));
    }

    @Test
    void whatComesAfterTheEndIsNotCountedHere() {
        Denial denial = denial();
        hold(denial, 5_000);
        assertThat(denial.end()).isPresent();
        assertThat(denial.hold(6_000)).isNull();
        assertThat(denial.held()).isZero();
        assertThat(denial.end()).isEmpty();
    }

    @Test
    void countsNothingAfterItsEndHoweverManySeeIt() {
        Denial denial = denial();
        hold(denial, 5_000);
        assertThat(denial.end()).isPresent();
        for (int late = 0; late < 5; late++) {
            assertThat(denial.hold(6_000)).isNull();
            assertThat(denial.end()).isEmpty();
        }
    }

    @Test
    void isOverAtExactlyItsEnd() {
        Denial denial = denial();
        assertThat(denial.over(5_000 + SECOND - 1)).isFalse();
        assertThat(denial.over(5_000 + SECOND)).isTrue();
    }

    @Test
    void knowsTheIdsThatTheStoreAnswersAgain() {
        Denial denial = denial();
        assertThat(denial.remembers(100)).isTrue();
        assertThat(denial.remembers(101)).isTrue();
        assertThat(denial.remembers(102))
                .as("it was held, and the store forgot it, too")
                .isFalse();
    }
}
