package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Per;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Passes of one flow with the same group go out as one message; each subject keeps its key. */
class GroupsTest extends WithOutbox {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Receipt LATER = new Receipt.Refused("451 later", false);
    private static final int SYMBOLS = 20;

    @BeforeEach
    void flows() {
        flow("shortfall", Rule.allow("once until reset").build());
        flow("careful", Rule.allow("once until reset").onLost(OnLost.DROP).build());
        flows.add(new FlowPlan(
                "waiting",
                Map.of("", Rule.allow("once until reset").build()),
                new Sending(List.of("mail"), EXACT).grouping(Duration.ofSeconds(10))));
    }

    private static Occurrence of(String flow, int symbol) {
        return occurrence(Key.of(flow, "symbol " + symbol), "short of " + symbol)
                .grouped("binance");
    }

    /** What one request with so many symbols gives. */
    private List<Acceptance.Decided> scan(String flow, int symbols) {
        Gathering gathering = outbox().gather();
        List<Acceptance.Decided> answers = IntStream.range(0, symbols)
                .mapToObj(symbol -> (Acceptance.Decided) join(gathering.accept(of(flow, symbol))))
                .toList();
        join(gathering.end());
        return answers;
    }

    private static List<String> titles(Outgoing outgoing) {
        return outgoing.message().members().stream()
                .map(member -> member.content().title())
                .toList();
    }

    private static List<String> shortOf(int... symbols) {
        return IntStream.of(symbols).mapToObj(symbol -> "short of " + symbol).toList();
    }

    @Test
    @DisplayName("S2.9 20 symbols short in one scan are one message that names 20, and each has its own key")
    void aScanIsOneMessage() {
        List<Acceptance.Decided> answers = scan("shortfall", SYMBOLS);
        outbox().tick();

        assertThat(mail().attempts()).singleElement().satisfies(outgoing -> {
            assertThat(outgoing.message().members())
                    .extracting(member -> member.key().subject())
                    .containsExactlyElementsOf(IntStream.range(0, SYMBOLS)
                            .mapToObj(symbol -> "symbol " + symbol)
                            .toList());
            assertThat(titles(outgoing)).doesNotHaveDuplicates();
        });
        assertThat(answers).extracting(this::state).containsOnly(MessageState.DELIVERED);
        assertThat(books("shortfall", Bucket.DELIVERED)).isEqualTo(SYMBOLS);
        join(outbox().recovered(Key.of("shortfall", "symbol 3"), java.util.OptionalDouble.empty()));
        assertThat(scan("shortfall", SYMBOLS))
                .filteredOn(answer -> answer.word().equals("pass"))
                .hasSize(1);
    }

    @Test
    void aGatheringThatDoesNotEndOnlyDelays() {
        Gathering gathering = outbox().gather();
        join(gathering.accept(of("shortfall", 1)));
        join(gathering.accept(of("shortfall", 2)));
        pass(Gathering.LONGEST.minus(SECOND), SECOND);
        assertThat(mail().attempts()).isEmpty();
        pass(SECOND);

        assertThat(mail().attempts())
                .singleElement()
                .satisfies(outgoing -> assertThat(titles(outgoing)).isEqualTo(shortOf(1, 2)));
    }

    @Test
    void whatHasNoGroupGoesOutAtOnceAndAlone() {
        Gathering gathering = outbox().gather();
        join(gathering.accept(occurrence(Key.of("shortfall", "alone"), "alone")));
        outbox().tick();

        assertThat(mail().delivered())
                .singleElement()
                .satisfies(message -> assertThat(message.members()).isEmpty());
        assertThat(join(gathering.end())).isZero();
    }

    @Test
    void withAWaitThoseThatComeMeanwhileGoOutWithTheFirst() {
        join(outbox().accept(of("waiting", 1)));
        pass(Duration.ofSeconds(6), SECOND);
        join(outbox().accept(of("waiting", 2)));
        join(outbox().accept(occurrence(Key.of("waiting", "other"), "other").grouped("kraken")));
        pass(Duration.ofSeconds(3), SECOND);
        assertThat(mail().attempts()).isEmpty();
        pass(SECOND);
        assertThat(mail().attempts())
                .singleElement()
                .satisfies(outgoing -> assertThat(titles(outgoing)).isEqualTo(shortOf(1, 2)));

        pass(Duration.ofSeconds(6), SECOND);
        assertThat(mail().delivered()).hasSize(2);
        assertThat(mail().delivered().get(1).content().title()).isEqualTo("other");
    }

    @Test
    void whatFailsIsTriedAgainTogetherAndUnderTheSameKey() {
        mail().always(outgoing -> outgoing.message().members().size() == 5 && outgoing.attempt() < 3
                ? LATER
                : new Receipt.Accepted("ok"));
        scan("shortfall", 5);
        outbox().tick();
        // Comes while they wait, and does not change what was tried.
        join(outbox().accept(of("shortfall", 7)));
        pass(Duration.ofMinutes(1), SECOND);

        List<Outgoing> five = mail().attempts().stream()
                .filter(outgoing -> outgoing.message().members().size() == 5)
                .toList();
        assertThat(five).hasSize(3).extracting(Outgoing::attempt).containsExactly(1, 2, 3);
        assertThat(five)
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(five.get(0).idempotencyKey());
        assertThat(five).extracting(GroupsTest::titles).containsOnly(shortOf(0, 1, 2, 3, 4));
        assertThat(mail().attempts()).hasSize(4);
        assertThat(books("shortfall", Bucket.DELIVERED)).isEqualTo(6);
    }

    @Test
    void aDeadProcessLeavesATwinWithTheSameKeyAndTheSameMembers() {
        mail().next(sent -> {
            throw new LinkageError("the process ends here");
        });
        crashes = point -> {
            if (point == CrashPoints.Point.SETTLE_BEFORE_COMMIT) {
                throw new LinkageError("the process ends here");
            }
        };
        scan("shortfall", 5);
        try {
            outbox().tick();
        } catch (RuntimeException | LinkageError ended) {
            crashes = CrashPoints.NONE;
        }
        crashes = CrashPoints.NONE;
        restart();
        pass(Duration.ofMinutes(2), SECOND);

        assertThat(mail().attempts()).hasSizeGreaterThan(1);
        assertThat(mail().attempts())
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(mail().attempts().get(0).idempotencyKey());
        assertThat(mail().attempts()).extracting(GroupsTest::titles).containsOnly(shortOf(0, 1, 2, 3, 4));
        assertThat(books("shortfall", Bucket.DELIVERED)).isEqualTo(5);
    }

    @Test
    void underDropAllOfThemAreAssumed() {
        mail().next(1, new Receipt.Unknown("no reply"));
        List<Acceptance.Decided> answers = scan("careful", 5);
        pass(Duration.ofMinutes(1), SECOND);

        assertThat(mail().attempts()).hasSize(1);
        assertThat(answers).extracting(this::state).containsOnly(MessageState.ASSUMED);
    }

    @Test
    void aMemberThatIsWithdrawnIsLeftOut() {
        mail().next(2, LATER);
        List<Acceptance.Decided> answers = scan("shortfall", 4);
        outbox().tick();
        // The first one, too: the others keep its key.
        for (int symbol : new int[] {0, 2}) {
            long message = answers.get(symbol).message().orElseThrow().id();
            assertThat(join(outbox().withdraw(message, "ann"))).isTrue();
        }
        pass(Duration.ofMinutes(1), SECOND);

        List<Outgoing> attempts = mail().attempts();
        assertThat(attempts).hasSize(3);
        assertThat(titles(attempts.get(2))).isEqualTo(shortOf(1, 3));
        assertThat(attempts)
                .extracting(Outgoing::idempotencyKey)
                .containsOnly(attempts.get(0).idempotencyKey());
        assertThat(books("shortfall", Bucket.WITHDRAWN)).isEqualTo(2);
    }

    @Test
    void aRefusalForGoodIsOneForEach() {
        mail().next(1, new Receipt.Refused("550 no such user", true));
        List<Acceptance.Decided> answers = scan("shortfall", 3);
        outbox().tick();

        assertThat(answers).extracting(this::state).containsOnly(MessageState.DEAD);
        assertThat(books("shortfall", Bucket.DEAD)).isEqualTo(3);
    }

    @Test
    void aChannelThatIsDownCostsNoAttemptAndKeepsThemTogether() {
        mail().next(1, new Receipt.Unreachable("connection refused"));
        scan("shortfall", 3);
        pass(Duration.ofMinutes(1), SECOND);

        assertThat(mail().attempts()).hasSize(2).extracting(Outgoing::attempt).containsOnly(1);
        assertThat(titles(mail().attempts().get(1))).isEqualTo(shortOf(0, 1, 2));
    }

    @Test
    void eachRecipientGetsTheGroup() {
        mail().recipients("one@example.org", "two@example.org");
        scan("shortfall", 3);
        outbox().tick();

        assertThat(mail().attempts())
                .hasSize(2)
                .extracting(outgoing -> outgoing.message().members().size())
                .containsOnly(3);
    }

    @Test
    void budgetsAreChargedForEachPass() {
        flows.clear();
        flows.add(new FlowPlan(
                        "shortfall", Map.of("", Rule.allow("once until reset").build()), List.of("mail"), EXACT)
                .charging(List.of(Budget.of("few", Per.FLOW, "3 per 1h"))));
        scan("shortfall", 5);
        outbox().tick();

        assertThat(mail().attempts())
                .singleElement()
                .satisfies(outgoing -> assertThat(titles(outgoing)).isEqualTo(shortOf(0, 1, 2)));
    }

    @Test
    void moreThanFitGoOutInSeveral() {
        scan("shortfall", Batch.MOST + 1);
        outbox().tick();

        List<Integer> sizes = new ArrayList<>();
        mail().attempts()
                .forEach(outgoing -> sizes.add(outgoing.message().members().size()));
        assertThat(sizes).containsExactly(Batch.MOST, 0);
    }

    @Test
    void anAttemptThatDidNotBeginInTimeIsNoneForEachOfThem() {
        boolean[] stalled = {false};
        crashes = point -> {
            if (point == CrashPoints.Point.LEASE_AFTER_COMMIT && !stalled[0]) {
                stalled[0] = true;
                clock.advance(LEASE);
                outbox().tick();
            }
        };
        List<Acceptance.Decided> answers = scan("careful", 3);
        outbox().tick();

        assertThat(mail().attempts()).singleElement().satisfies(outgoing -> {
            assertThat(outgoing.attempt()).isEqualTo(1);
            assertThat(titles(outgoing)).isEqualTo(shortOf(0, 1, 2));
        });
        assertThat(answers).extracting(this::state).containsOnly(MessageState.DELIVERED);
    }
}
