package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.OnReset;
import dev.sluice.Per;
import dev.sluice.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long subjects are in the zones of a watch, and what happens when that is over. */
class EpisodesTest extends WithOutbox {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Receipt LATER = new Receipt.Refused("451 later", false);
    private static final Key SHORT = Key.of("shortfall", "short", "binance:BTC");
    private static final Watched TELLING = new Watched(true, true);

    @BeforeEach
    void flows() {
        Rule once = Rule.allow("once until reset").digest(Digest.WITH_NEXT).build();
        watch("shortfall", once, "short", TELLING);
        Rule ignoring = Rule.allow("once per 3h").onReset(OnReset.IGNORE).build();
        watch("margin-call", ignoring, "alert", TELLING);
        Rule dwelling = Rule.allow("once per 3h").onReset(OnReset.after(MINUTE)).build();
        watch("patient", dwelling, "alert", TELLING);
    }

    private void watch(String name, Rule rule, String zone, Watched how) {
        FlowPlan plan = new FlowPlan(name, Map.of("", rule, zone, rule), new Sending(List.of("mail"), EXACT));
        flows.add(plan.watched(how));
    }

    private Acceptance.Decided sight(Key key, double level, double required) {
        Sighting sighting = new Sighting(level, OptionalDouble.of(required), OptionalDouble.of(required * 1.05));
        return (Acceptance.Decided)
                join(outbox().accept(occurrence(key, "short of " + required).sighted(sighting)));
    }

    private Acceptance.Decided sight(Key key, double level) {
        return sight(key, level, 100);
    }

    private Optional<Episode> over(Key key, double level) {
        return join(outbox().recovered(key, OptionalDouble.of(level)));
    }

    private List<Episode> history(Key key) {
        Episodes.Filter filter = new Episodes.Filter(
                Optional.of(key.flow()), Optional.of(key.subject()), Optional.empty(), Optional.empty());
        return outbox().episodes().list(filter, 100);
    }

    private List<Message> resolved() {
        return mail().delivered(Message.Kind.RESOLVED);
    }

    @Test
    @DisplayName("S2.3 a recovery arms the key, and the next shortage is told again")
    void aRecoveryArmsTheKey() {
        sight(SHORT, 50);
        pass(MINUTE);
        over(SHORT, 200);
        pass(MINUTE);
        sight(SHORT, 50);
        pass(MINUTE);

        assertThat(mail().delivered(Message.Kind.PASS))
                .extracting(message -> message.window().decidedAt())
                .containsExactly(START, START.plus(Duration.ofMinutes(2)));
        assertThat(history(SHORT)).hasSize(2);
    }

    @Test
    @DisplayName(
            "S2.6 the history says when an episode opened, was seen, told and closed, and how often it was checked")
    void theHistoryTellsOfEachEpisode() {
        for (int check = 0; check < 131; check++) {
            sight(SHORT, 50);
            pass(MINUTE);
        }
        Episode open = outbox().episodes().open(SHORT).orElseThrow();
        assertThat(open.counts()).isEqualTo(new Episode.Counts(131, 130));
        over(SHORT, 105);

        assertThat(history(SHORT)).singleElement().satisfies(episode -> {
            Instant end = START.plus(Duration.ofMinutes(131));
            assertThat(episode.times())
                    .isEqualTo(new Episode.Times(
                            START, end.minus(MINUTE), Optional.of(START.plus(MINUTE)), Optional.of(end)));
            assertThat(episode.counts()).isEqualTo(new Episode.Counts(131, 130));
            assertThat(episode.opening().level()).isEqualTo(50);
            assertThat(episode.opening().required()).hasValue(100);
            assertThat(episode.state()).isEqualTo(Episode.State.RECOVERED);
        });
        assertThat(outbox().episodes().open(SHORT)).isEmpty();
    }

    @Test
    @DisplayName("S2.13 those who were told are told once that it is over, for how long and how many were held")
    void aRecoveryIsToldOnce() {
        sight(SHORT, 50);
        for (int check = 0; check < 130; check++) {
            pass(MINUTE);
            sight(SHORT, 50);
        }
        over(SHORT, 105);
        over(SHORT, 110);
        restart();
        over(SHORT, 120);
        pass(SECOND);

        assertThat(resolved()).singleElement().satisfies(message -> {
            assertThat(message.content().title()).isEqualTo("short of 100.0");
            assertThat(message.content().message()).isEqualTo("recovered after 2 h 10 m, 130 held");
            assertThat(message.tally().held()).isEqualTo(130);
        });
        assertThat(books("shortfall", Bucket.DELIVERED)).isEqualTo(1);
        assertThat(books("shortfall", Bucket.REPORTED)).isZero();
    }

    @Test
    void whatWasHeldIsStillToldByTheNextMessageOfTheArmedKey() {
        sight(SHORT, 50);
        outbox().tick();
        sight(SHORT, 50);
        over(SHORT, 105);
        sight(SHORT, 50);
        outbox().tick();

        List<Message> told = mail().delivered(Message.Kind.PASS);
        assertThat(told).hasSize(2);
        assertThat(told.get(1).tally().held()).isEqualTo(1);
        assertThat(books("shortfall", Bucket.REPORTED)).isEqualTo(1);
        assertThat(resolved()).hasSize(1);
    }

    @Test
    @DisplayName(
            "S2.13 an undelivered message is withdrawn if the condition ended first, and nobody is told that it did")
    void anUndeliveredMessageIsWithdrawn() {
        mail().next(1, LATER);
        Acceptance.Decided answer = sight(SHORT, 50);
        outbox().tick();
        assertThat(over(SHORT, 105)).isPresent();
        pass(Duration.ofMinutes(30), MINUTE);

        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
        assertThat(view(answer).deliveries().get(0).note()).contains("the condition ended first");
        assertThat(mail().attempts()).hasSize(1);
        assertThat(books("shortfall", Bucket.WITHDRAWN)).isEqualTo(1);
        assertThat(sight(SHORT, 50).word()).isEqualTo("pass");
    }

    @Test
    void anOperatorsResetEndsTheEpisodeAndTheNextLevelBeginsAnother() {
        sight(SHORT, 50);
        pass(MINUTE);
        sight(SHORT, 49);
        join(outbox().reset(SHORT, OptionalDouble.empty()));
        assertThat(outbox().episodes().open(SHORT)).isEmpty();
        assertThat(history(SHORT)).singleElement().satisfies(episode -> {
            assertThat(episode.state()).isEqualTo(Episode.State.RESET);
            assertThat(episode.counts()).isEqualTo(new Episode.Counts(2, 1));
            assertThat(episode.times().closedAt()).hasValue(START.plus(MINUTE));
        });
        assertThat(sight(SHORT, 50).word()).isEqualTo("pass");
        pass(MINUTE);

        assertThat(history(SHORT)).hasSize(2);
        assertThat(resolved()).as("nobody knows that it recovered").isEmpty();
    }

    @Test
    void anOperatorsResetTakesBackWhatWasNotDeliveredAndOneBelowTheMarkDoesNothing() {
        mail().next(1, LATER);
        Acceptance.Decided answer = sight(SHORT, 50);
        outbox().tick();
        join(outbox().reset(SHORT, OptionalDouble.of(104.9)));
        assertThat(outbox().episodes().open(SHORT)).isPresent();
        join(outbox().reset(SHORT, OptionalDouble.of(105)));

        assertThat(outbox().episodes().open(SHORT)).isEmpty();
        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
        assertThat(sight(SHORT, 50).word()).isEqualTo("pass");
    }

    @Test
    void anOperatorsResetUnderIgnoreEndsTheEpisodeAndNotTheWindow() {
        Key key = Key.of("margin-call", "alert", "live:42");
        sight(key, 80);
        pass(MINUTE);
        join(outbox().reset(key, OptionalDouble.empty()));

        assertThat(outbox().episodes().open(key)).isEmpty();
        assertThat(sight(key, 80).word()).isEqualTo("suppress");
    }

    @Test
    @DisplayName("S2.9, S2.13 twenty that were told as one are told to be over as one")
    void recoveriesOfAGroupAreOneMessage() {
        List<Key> keys = IntStream.range(0, 20)
                .mapToObj(symbol -> Key.of("shortfall", "short", "binance:" + symbol))
                .toList();
        Gathering begins = outbox().gather();
        Sighting sighting = new Sighting(50, OptionalDouble.of(100), OptionalDouble.of(105));
        keys.forEach(key ->
                join(begins.accept(occurrence(key, "short").sighted(sighting).grouped("binance"))));
        join(begins.end());
        pass(SECOND);
        Gathering ends = outbox().gather();
        keys.subList(0, 19).forEach(key -> {
            join(ends.recovered(key, OptionalDouble.of(105)));
            outbox().tick();
        });
        assertThat(resolved()).as("others are still to come").isEmpty();
        join(ends.end());
        pass(SECOND);
        assertThat(resolved()).singleElement().satisfies(message -> {
            assertThat(message.members()).hasSize(19);
            assertThat(message.members().get(0).content().message()).isEqualTo("recovered after 1 s");
        });
        over(keys.get(19), 105);
        pass(SECOND);
        assertThat(resolved()).as("one that recovers by itself").hasSize(2);
    }

    @Test
    void withoutWithdrawalItGoesOutAllTheSame() {
        watch("stubborn", Rule.allow("once until reset").build(), "short", new Watched(false, false));
        Key key = Key.of("stubborn", "short", "a");
        mail().next(1, LATER);
        Acceptance.Decided answer = sight(key, 50);
        outbox().tick();
        over(key, 105);
        pass(MINUTE, SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().delivered()).hasSize(1);
    }

    @Test
    void whatIsJustBeingSentIsLeftAloneAndWhoGetsItIsToldThatItIsOver() {
        mail().next(sending -> {
            assertThat(over(SHORT, 105)).isPresent();
            return new Receipt.Accepted("ok");
        });
        Acceptance.Decided answer = sight(SHORT, 50);
        pass(SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().delivered())
                .extracting(Message::kind)
                .containsExactly(Message.Kind.PASS, Message.Kind.RESOLVED);
        assertThat(history(SHORT).get(0).times().notifiedAt()).isPresent();
    }

    @Test
    void whatWasBeingSentAndDidNotArriveIsNotTriedAgain() {
        mail().next(sending -> {
            over(SHORT, 105);
            return LATER;
        });
        Acceptance.Decided answer = sight(SHORT, 50);
        pass(MINUTE, SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.WITHDRAWN);
        assertThat(mail().attempts()).hasSize(1);
    }

    @Test
    void whatMayHaveArrivedKeepsItsSlotAndIsSentAgainUnderTheSameKey() {
        Key key = Key.of("margin-call", "alert", "7");
        mail().next(1, new Receipt.Unknown("no reply after the body"));
        Acceptance.Decided answer = sight(key, 80);
        outbox().tick();
        over(key, 200);
        assertThat(sight(key, 80).word()).isEqualTo("suppress");
        pass(MINUTE, SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
        assertThat(mail().attempts())
                .filteredOn(outgoing -> outgoing.message().kind() == Message.Kind.PASS)
                .hasSize(2)
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(mail().attempts().get(0).idempotencyKey());
    }

    @Test
    void whereSomeHaveItTheOthersDoNotGetItAnyMoreNorHearThatItIsOver() {
        mail().recipients("one@example.org", "two@example.org");
        mail().always(outgoing -> outgoing.recipient().startsWith("two") ? LATER : new Receipt.Accepted("ok"));
        sight(SHORT, 50);
        outbox().tick();
        over(SHORT, 105);
        mail().always(new Receipt.Accepted("ok"));
        pass(Duration.ofMinutes(5), MINUTE);

        assertThat(mail().attempts())
                .filteredOn(outgoing -> outgoing.message().kind() == Message.Kind.RESOLVED)
                .extracting(Outgoing::recipient)
                .containsExactly("one@example.org");
        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(1);
    }

    @Test
    @DisplayName("S1.6 with on-reset: ignore the episode ends, and the key is not armed")
    void ignoringFlowsEndTheEpisodeOnly() {
        Key key = Key.of("margin-call", "alert", "7");
        sight(key, 80);
        pass(MINUTE);
        over(key, 200);
        pass(MINUTE);
        sight(key, 80);
        pass(MINUTE);
        over(key, 200);
        pass(MINUTE);

        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(1);
        assertThat(history(key)).hasSize(2).extracting(Episode::state).containsOnly(Episode.State.RECOVERED);
        // Nobody was told of the second one, so nobody is told that it is over.
        assertThat(resolved()).hasSize(1);
    }

    @Test
    @DisplayName("S2.10 a recovery is judged by the requirement of which somebody was told")
    void aRecoveryBelowTheMarkIsNone() {
        for (int check = 0; check < 25; check++) {
            sight(SHORT, 60, 100);
            pass(MINUTE);
            assertThat(over(SHORT, 60)).isEmpty();
            pass(MINUTE);
        }
        assertThat(mail().delivered()).hasSize(1);
        assertThat(history(SHORT)).hasSize(1);
        assertThat(over(SHORT, 105)).isPresent();
    }

    @Test
    @DisplayName("S2.10 also while the message is on its way: it is not withdrawn")
    void aRecoveryBelowTheMarkWithdrawsNothing() {
        mail().next(1, LATER);
        Acceptance.Decided answer = sight(SHORT, 60, 100);
        outbox().tick();
        over(SHORT, 60);
        pass(MINUTE, SECOND);

        assertThat(state(answer)).isEqualTo(MessageState.DELIVERED);
    }

    @Test
    @DisplayName("S1.6 with a dwell, a level that swings is one episode, told once to be over when it stays so")
    void aSwingingLevelIsOneEpisode() {
        Key key = Key.of("patient", "alert", "7");
        for (int swing = 0; swing < 10; swing++) {
            sight(key, 99.9);
            pass(SECOND);
            assertThat(over(key, 200)).isEmpty();
            pass(SECOND);
        }
        pass(Duration.ofSeconds(58), SECOND);
        assertThat(resolved()).isEmpty();
        pass(Duration.ofSeconds(2), SECOND);

        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(1);
        assertThat(resolved())
                .singleElement()
                .satisfies(
                        message -> assertThat(message.content().message()).isEqualTo("recovered after 19 s, 9 held"));
        assertThat(history(key)).hasSize(1);
    }

    @Test
    @DisplayName("S2.13 an episode that is not seen any more ends, and nobody is told that it recovered")
    void anIdleEpisodeEnds() {
        sight(SHORT, 50);
        outbox().tick();
        pass(Duration.ofDays(7).plus(MINUTE));
        pass(MINUTE);

        assertThat(history(SHORT)).singleElement().extracting(Episode::state).isEqualTo(Episode.State.IDLE);
        assertThat(resolved()).isEmpty();
        assertThat(sight(SHORT, 50).word()).isEqualTo("pass");
    }

    @Test
    @DisplayName("S2.11 each subject has its own episode, and its zones are listed together")
    void everySubjectHasItsOwn() {
        Key other = Key.of("shortfall", "short", "kraken:BTC");
        sight(SHORT, 50);
        sight(other, 50);
        outbox().tick();
        over(SHORT, 105);

        assertThat(outbox().episodes().open("shortfall", "binance:BTC")).isEmpty();
        assertThat(outbox().episodes().open("shortfall", "kraken:BTC"))
                .extracting(episode -> episode.key().variant())
                .containsExactly("short");
        Episodes.Filter open =
                new Episodes.Filter(Optional.of("shortfall"), Optional.empty(), Optional.of(true), Optional.empty());
        assertThat(outbox().episodes().list(open, 10)).extracting(Episode::key).containsExactly(other);
    }

    @Test
    void theHistoryIsListedInPages() {
        for (int i = 0; i < 5; i++) {
            sight(Key.of("shortfall", "short", "subject " + i), 50);
        }
        Optional<String> flow = Optional.of("shortfall");
        Episodes.Filter first = new Episodes.Filter(flow, Optional.empty(), Optional.empty(), Optional.empty());
        List<Episode> newest = outbox().episodes().list(first, 2);
        Episodes.Filter next = new Episodes.Filter(
                flow,
                Optional.empty(),
                Optional.empty(),
                Optional.of(newest.get(1).id()));

        assertThat(newest).extracting(each -> each.key().subject()).containsExactly("subject 4", "subject 3");
        assertThat(outbox().episodes().list(next, 2))
                .extracting(each -> each.key().subject())
                .containsExactly("subject 2", "subject 1");
    }

    @Test
    void whatWasCountedIsKeptByAnOrderlyStop() {
        sight(SHORT, 50);
        for (int check = 0; check < 9; check++) {
            sight(SHORT, 50);
        }
        outbox().episodes().checked(SHORT);
        restart();

        assertThat(history(SHORT).get(0).counts()).isEqualTo(new Episode.Counts(11, 9));
        assertThat(outbox().episodes().open(SHORT).orElseThrow().counts()).isEqualTo(new Episode.Counts(11, 9));
    }

    @Test
    void anAllClearThatNoBudgetLetsThroughIsNotToldAndMovesNothing() {
        flows.clear();
        Rule rule = Rule.allow("once until reset").build();
        Budget budget = Budget.of("few", Per.FLOW, "1 per 1d");
        flows.add(new FlowPlan("shortfall", Map.of("", rule, "short", rule), new Sending(List.of("mail"), EXACT))
                .watched(TELLING)
                .charging(List.of(budget)));
        sight(SHORT, 50);
        outbox().tick();
        over(SHORT, 105);
        pass(MINUTE);

        assertThat(mail().delivered()).extracting(Message::kind).containsExactly(Message.Kind.PASS);
        assertThat(ledger(Ledger.Kind.RESET)).anyMatch(entry -> entry.detail().contains("no budget has room"));
    }

    @Test
    void anAllClearThatDiesMovesNothingAndIsNotOfferedAgain() {
        sight(SHORT, 50);
        outbox().tick();
        mail().always(new Receipt.Refused("550 no such user", true));
        sight(SHORT, 50);
        over(SHORT, 105);
        outbox().tick();

        MessageView dead = messages().stream()
                .filter(view -> view.message().kind() == Message.Kind.RESOLVED)
                .findFirst()
                .orElseThrow();
        assertThat(dead.state()).isEqualTo(MessageState.DEAD);
        assertThat(books("shortfall", Bucket.DEAD)).isZero();
        assertThat(join(outbox().redrive(dead.message().id(), "ann"))).isEmpty();
    }

    @Test
    void closedEpisodesGoWithTheLedger() {
        sight(SHORT, 50);
        outbox().tick();
        over(SHORT, 105);
        outbox().tick();
        pass(Duration.ofDays(31));
        pass(MINUTE);

        assertThat(history(SHORT)).isEmpty();
    }

    @Test
    void aKeyThatWasTakenOverFromElsewhereIsArmedByItsFirstRecovery() {
        flows.add(
                new FlowPlan("legacy", Map.of("", Rule.allow("once until reset").build()), List.of("mail"), EXACT)
                        .watched(TELLING));
        Key key = Key.of("legacy", "a");
        join(outbox().accept(occurrence(key, "told before there were episodes")));
        outbox().tick();
        assertThat(over(key, 200)).isEmpty();
        assertThat(sight(key, 50).word()).isEqualTo("pass");
    }
}
