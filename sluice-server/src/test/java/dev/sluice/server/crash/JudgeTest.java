package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import dev.sluice.server.crash.Journal.Interruption;
import dev.sluice.server.crash.Judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The judge on made-up runs: it must find what is wrong, and only that. */
class JudgeTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Flow RETRYING = new Flow(
            "errors", 2, Duration.ofSeconds(10), Flow.Lost.RETRY, Flow.Outage.CLOSED, List.of("mail", "hook"), 1);
    private static final Flow CALM =
            new Flow("calm", 9, Duration.ofSeconds(10), Flow.Lost.RETRY, Flow.Outage.CLOSED, List.of("hook"), 1);
    private static final Flow DROPPING =
            new Flow("dropping", 2, Duration.ofSeconds(10), Flow.Lost.DROP, Flow.Outage.CLOSED, List.of("hook"), 1);

    /** Keys in another store than messages; nothing else is forgiven. */
    private static final Declared APART = new Declared(false, true, 0);

    private final Journal journal = new Journal();
    private final List<Stored> stored = new ArrayList<>();

    @Test
    void a_run_in_which_everything_arrived_is_clean() {
        passed("mk1x", RETRYING, 1);
        arrived("mail", "1-a-1", "mk1x", 1, Conduct.ACCEPT);
        arrived("hook", "1-a-2", "mk1x", 1, Conduct.ACCEPT);

        assertThat(judge().findings()).isEmpty();
    }

    @Test
    void a_pass_that_did_not_reach_one_of_its_sinks_is_lost() {
        passed("mk1x", RETRYING, 1);
        arrived("mail", "1-a-1", "mk1x", 1, Conduct.ACCEPT);

        assertThat(promises()).contains(Promise.NOTHING_LOST);
    }

    @Test
    void a_pass_that_the_server_does_not_know_any_more_is_lost() {
        journal.asks(new Asked("mk1x", "errors", RETRYING.subject(0), Optional.empty()));
        journal.answered(asked("mk1x", RETRYING), answer("pass", OptionalLong.of(1)));

        assertThat(promises()).contains(Promise.NOTHING_LOST);
    }

    @Test
    void a_pass_that_is_shown_as_dead_is_not_lost() {
        journal.asks(asked("mk1x", DROPPING));
        journal.answered(asked("mk1x", DROPPING), answer("pass", OptionalLong.of(1)));
        stored.add(message(1, DROPPING, "dead", "dead"));

        assertThat(judge().findings()).isEmpty();
    }

    @Test
    void what_was_taken_without_a_reply_may_come_twice_and_is_counted_by_its_reason() {
        passed("mk1x", RETRYING, 1);
        arrived("mail", "1-a-1", "mk1x", 1, Conduct.ACCEPT);
        arrived("hook", "1-a-2", "mk1x", 1, Conduct.CUT);
        arrived("hook", "1-a-2", "mk1x", 2, Conduct.ACCEPT);

        Verdict verdict = judge();

        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.twins()).containsOnlyKeys("sink: cut").containsValue(1);
    }

    @Test
    void what_was_accepted_may_come_twice_only_if_the_server_died_in_between() {
        passed("mk1x", RETRYING, 1);
        arrived("mail", "1-a-1", "mk1x", 1, Conduct.ACCEPT);
        arrived("hook", "1-a-2", "mk1x", 1, Conduct.ACCEPT);
        arrived("hook", "1-a-2", "mk1x", 1, Conduct.ACCEPT);

        assertThat(promises()).containsExactly(Promise.NOTHING_TWICE);

        journal.interrupted(new Interruption("after-send", Interruption.Kind.DEATH, at(0), at(2)));
        Verdict verdict = judge();

        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.twins()).containsOnlyKeys("after-send");
    }

    @Test
    void a_few_may_come_twice_because_the_machine_was_slow_and_many_may_not() {
        for (int i = 1; i <= 3; i++) {
            passed("mk" + i + "x", CALM, i);
            arrived("hook", i + "-a-2", "mk" + i + "x", 1, Conduct.ACCEPT);
            arrived("hook", i + "-a-2", "mk" + i + "x", 4, Conduct.ACCEPT);
            assertThat(promises()).hasSize(i > 2 ? 1 : 0);
        }
    }

    @Test
    void a_twin_under_another_id_is_never_right() {
        passed("mk1x", RETRYING, 1);
        arrived("mail", "1-a-1", "mk1x", 1, Conduct.ACCEPT);
        arrived("hook", "1-a-2", "mk1x", 1, Conduct.CUT);
        arrived("hook", "1-b-2", "mk1x", 2, Conduct.ACCEPT);

        assertThat(promises()).containsExactly(Promise.NOTHING_TWICE);
    }

    @Test
    void under_drop_nothing_comes_twice_for_whatever_reason() {
        passed("mk1x", DROPPING, 1);
        arrived("hook", "1-a-1", "mk1x", 1, Conduct.CUT);
        arrived("hook", "1-a-1", "mk1x", 2, Conduct.ACCEPT);

        assertThat(promises()).containsExactly(Promise.NOTHING_TWICE);
    }

    @Test
    void more_than_the_limit_for_each_window_that_fits_breaks_the_cap() {
        for (int i = 1; i <= 5; i++) {
            passed("mk" + i + "x", DROPPING, i);
            arrived("hook", i + "-a-1", "mk" + i + "x", i, Conduct.ACCEPT);
        }

        assertThat(Judge.judge(List.of(DROPPING), journal, stored, at(10)).findings())
                .extracting(Finding::promise)
                .containsExactly(Promise.CAP);
        assertThat(Judge.judge(List.of(DROPPING), journal, stored, at(21)).findings())
                .isEmpty();
    }

    @Test
    void a_window_is_full_from_its_first_completion_to_just_before_its_end() {
        List<Instant> completions = List.of(at(0), at(9), at(10), at(11), at(12), at(30));

        assertThat(Windows.of(completions, Duration.ofSeconds(10)))
                .extracting(Windows.Window::completions)
                .contains(3)
                .allMatch(count -> count <= 3);
        assertThat(Windows.of(List.of(), Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void what_was_held_and_never_told_is_missed_and_a_call_without_an_answer_may_count_or_not() {
        held("mk1x");
        held("mk2x");
        journal.asks(asked("mk3x", DROPPING));

        assertThat(promises()).containsExactly(Promise.DIGESTS);

        digest(7, 2);
        assertThat(judge().findings()).isEmpty();
        digest(8, 1);
        assertThat(judge().findings()).isEmpty();
        digest(9, 1);
        assertThat(promises()).containsExactly(Promise.DIGESTS);
    }

    @Test
    void a_digest_that_reached_nobody_is_lost() {
        held("mk1x");
        stored.add(new Stored(
                7, "dropping", DROPPING.subject(0), "digest", "delivered", 1, List.of(delivery("hook", "accepted"))));

        assertThat(promises()).containsExactlyInAnyOrder(Promise.NOTHING_LOST, Promise.BOOKS);
    }

    @Test
    void what_is_still_under_way_at_rest_is_stuck() {
        passed("mk1x", DROPPING, 1);
        arrived("hook", "1-a-1", "mk1x", 1, Conduct.ACCEPT);
        stored.set(0, message(1, DROPPING, "pending", "sending"));

        assertThat(promises()).containsExactly(Promise.NEVER_STUCK);
    }

    @Test
    void what_is_told_once_more_for_a_call_without_an_answer_is_declared_where_keys_lie_apart() {
        held("mk1x");
        journal.unanswered(asked("mk1x", DROPPING));
        digest(7, 2);

        assertThat(promises()).containsExactly(Promise.DIGESTS);
        assertThat(judge(APART).findings()).isEmpty();
    }

    @Test
    void a_window_may_see_more_only_where_something_happened_to_the_store_around_it() {
        Flow local = Scene.FLOWS.get(0);
        Declared two = new Declared(true, true, 2);
        journal.interrupted(new Interruption("redis cut off", Interruption.Kind.CUT, at(100), at(101)));
        assertThat(two.more(journal, local, at(99), at(101))).isPositive();
        assertThat(two.more(journal, local, at(105), at(107)))
                .as("its posts are late")
                .isPositive();
        assertThat(two.more(journal, local, at(50), at(52))).isZero();
        assertThat(two.more(journal, local, at(120), at(122))).isZero();
    }

    @Test
    void what_is_told_more_often_than_there_were_calls_is_not_declared() {
        held("mk1x");
        journal.unanswered(asked("mk1x", DROPPING));
        digest(7, 3);

        assertThat(judge(APART).findings()).extracting(Finding::promise).containsExactly(Promise.DIGESTS);
    }

    @Test
    void a_repeated_call_that_is_answered_differently_is_noted() {
        journal.asks(asked("mk1x", DROPPING));
        journal.answered(asked("mk1x", DROPPING), answer("suppress", OptionalLong.empty()));
        journal.answered(asked("mk1x", DROPPING), answer("pass", OptionalLong.of(3)));
        digest(7, 1);

        assertThat(promises()).containsExactly(Promise.ANSWERS);
    }

    @Test
    void what_came_in_place_of_a_decision_is_kept_and_decides_nothing() {
        Answer answer = Load.answer(Api.json("{\"line\":2,\"status\":503,\"detail\":\"the store is away\"}"));

        assertThat(answer.decided()).isFalse();
        assertThat(answer.passes()).isFalse();
        assertThat(answer.reason()).contains("503", "the store is away");
    }

    private Verdict judge() {
        return judge(Declared.NOTHING);
    }

    private Verdict judge(Declared declared) {
        return Judge.judge(List.of(RETRYING, CALM, DROPPING), journal, stored, declared, at(100));
    }

    private List<Promise> promises() {
        return judge().findings().stream().map(Finding::promise).toList();
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static Asked asked(String marker, Flow flow) {
        return new Asked(marker, flow.name(), flow.subject(0), Optional.empty());
    }

    private static Answer answer(String decision, OptionalLong message) {
        return new Answer(decision, "limit", message, 0, START);
    }

    private void passed(String marker, Flow flow, long message) {
        journal.asks(asked(marker, flow));
        journal.answered(asked(marker, flow), answer("pass", OptionalLong.of(message)));
        stored.add(message(message, flow, "delivered", "accepted"));
    }

    private void held(String marker) {
        journal.asks(asked(marker, DROPPING));
        journal.answered(asked(marker, DROPPING), answer("suppress", OptionalLong.empty()));
    }

    private void digest(long id, long held) {
        Told told = new Told.Digest("dropping", DROPPING.subject(0), held);
        journal.arrived(new Arrival("hook", id + "-a-1", told, START, Conduct.ACCEPT));
        stored.add(new Stored(
                id,
                "dropping",
                DROPPING.subject(0),
                "digest",
                "delivered",
                held,
                List.of(delivery("hook", "accepted"))));
    }

    private static Stored message(long id, Flow flow, String state, String delivery) {
        List<Stored.Delivery> deliveries = flow.channels().stream()
                .map(channel -> delivery(channel, delivery))
                .toList();
        return new Stored(id, flow.name(), flow.subject(0), "pass", state, 0, deliveries);
    }

    private static Stored.Delivery delivery(String channel, String state) {
        return new Stored.Delivery(channel, state);
    }

    private void arrived(String channel, String id, String marker, int second, Conduct conduct) {
        journal.arrived(new Arrival(channel, id, new Told.Pass(marker), at(second), conduct));
    }
}
