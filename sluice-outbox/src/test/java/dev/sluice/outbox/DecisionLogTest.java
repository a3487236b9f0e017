package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The lines that operators look for, in their exact wording. */
class DecisionLogTest extends WithOutbox {
    private static final Map<String, String> VALUES = Map.of("processor", "Import", "error_type", "TypeError");

    private final Lines lines = new Lines();
    private final DecisionLog log = new DecisionLog(lines, clock);
    private final FlowPlan errors =
            new FlowPlan("errors", Map.of("", rule("5 per 1h")), List.of("mail"), OnFailure.STANDARD);
    private final FlowPlan jobs = new FlowPlan("jobs", Map.of("", rule("exclusive")), List.of(), OnFailure.STANDARD);
    private final FlowPlan carts =
            new FlowPlan("carts", Map.of("", rule("once per 3h")), List.of("mail"), OnFailure.STANDARD);

    @BeforeEach
    void flows() {
        flow("errors", rule("5 per 1h"));
        flow("carts", rule("once per 3h"));
        flow("jobs", rule("exclusive"), EXACT);
    }

    private static Rule rule(String allowance) {
        return Rule.allow(allowance).build();
    }

    @Test
    @DisplayName("of 405 held ones of a key: one line for the first, each 10th up to 100, and each doubling")
    void aRateLimit() {
        for (int i = 0; i < 410; i++) {
            offer(errors, "import/typeerror/some error", VALUES);
        }
        List<String> expected = new ArrayList<>(List.of("INFO Rate limited notification: Import/TypeError"));
        for (int held : new int[] {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 400}) {
            expected.add("WARNING Rate limit exceeded for import/typeerror/some error: suppressed " + held
                    + " (total occurrences: " + (held + 5) + ")");
        }
        assertThat(lines.written).containsExactlyElementsOf(expected);
    }

    @Test
    void aNewWindowSpeaksAgain() {
        for (int i = 0; i < 8; i++) {
            offer(errors, "s", VALUES);
        }
        pass(Duration.ofHours(1));
        for (int i = 0; i < 8; i++) {
            offer(errors, "s", VALUES);
        }
        assertThat(lines.written)
                .containsExactly(
                        "INFO Rate limited notification: Import/TypeError",
                        "INFO Rate limited notification: Import/TypeError");
    }

    @Test
    void aVariantThatAllowsOneSpeaksAsItsFlow() {
        FlowPlan plan = new FlowPlan(
                "errors", Map.of("", rule("5 per 1h"), "backfill", rule("1 per 1h")), List.of(), OnFailure.STANDARD);
        Occurrence occurrence = occurrence(Key.of("errors", "backfill", "s"), Optional.empty());
        log.decided(plan, occurrence, VALUES, held(occurrence, "limit", 1));
        assertThat(lines.written).containsExactly("INFO Rate limited notification: Import/TypeError");
    }

    @Test
    void aRateLimitOfOneIsNoOnce() {
        FlowPlan plan = new FlowPlan("errors", Map.of("", rule("1 per 1h")), List.of(), OnFailure.STANDARD);
        Occurrence occurrence = occurrence(Key.of("errors", "s"), Optional.empty());
        log.decided(plan, occurrence, VALUES, held(occurrence, "limit", 10));
        assertThat(lines.written)
                .containsExactly("WARNING Rate limit exceeded for s: suppressed 10 (total occurrences: 11)");
    }

    @Test
    void whatWentOutOnceIsSkippedAsSentAndBeforeThatAsInProgress() {
        mail().always(new Receipt.Refused("451 later", false));
        offer(carts, "user-7", Map.of());
        offer(carts, "user-7", Map.of());
        assertThat(lines.written).containsExactly("INFO Skipping user-7: already in progress");

        mail().always(new Receipt.Accepted("250 ok"));
        pass(Duration.ofMinutes(1));
        for (int i = 0; i < 15; i++) {
            offer(carts, "user-7", Map.of());
        }
        assertThat(lines.written)
                .containsExactly("INFO Skipping user-7: already in progress", "INFO Skipping user-7: already sent");
    }

    @Test
    void whatIsRunningIsSkippedAsInProgressBoundedFromOnePassToTheNext() {
        for (int round = 0; round < 2; round++) {
            Acceptance.Decided first = offer(jobs, "user-7", Map.of());
            for (int i = 0; i < 15; i++) {
                offer(jobs, "user-7", Map.of());
            }
            Claim claim = first.claim().orElseThrow();
            join(outbox().complete(claim));
        }
        assertThat(lines.written).hasSize(4).containsOnly("INFO Skipping user-7: already in progress");
    }

    @Test
    void whatABudgetRefusesIsBoundedForTheBudgetAndNotForEachSubject() {
        Optional<Acceptance.Detail> budget = Optional.of(new Acceptance.Refused(Key.of("budget", "everything")));
        for (int window = 0; window < 2; window++) {
            for (int i = 0; i < 10_000; i++) {
                Occurrence occurrence = occurrence(Key.of(i % 2 == 0 ? "errors" : "carts", "s" + i), Optional.empty());
                Acceptance.Decided refused = new Acceptance.Decided(
                        "suppress",
                        "budget",
                        occurrence.key(),
                        new Acceptance.Counts(1, 0, 1),
                        Optional.of(START.plusSeconds(window)),
                        Optional.empty(),
                        Optional.empty(),
                        budget);
                log.decided(i % 2 == 0 ? errors : carts, occurrence, VALUES, refused);
            }
        }
        assertThat(lines.written).hasSize(34).containsOnly("INFO Rate limited notification: Import/TypeError");
    }

    @Test
    void ofMoreRefusingRecipientsThanAreCountedTheFurtherOnesSayNothing() {
        for (int round = 0; round < 5; round++) {
            refuseEachOf(5_000);
        }
        assertThat(lines.written).hasSize(4_096);

        clock.advance(Duration.ofHours(1));
        refuseEachOf(1);
        assertThat(lines.written).as("counted before").hasSize(4_096);
        refused(4_999);
        assertThat(lines.written).as("in the place of one that was quiet").hasSize(4_097);
    }

    private void refuseEachOf(int recipients) {
        for (int i = 0; i < recipients; i++) {
            refused(i);
        }
    }

    private void refused(int recipient) {
        Occurrence occurrence = occurrence(Key.of("errors", "s"), Optional.empty());
        Acceptance.Decided refused = new Acceptance.Decided(
                "suppress",
                "budget",
                occurrence.key(),
                new Acceptance.Counts(1, 0, 1),
                Optional.of(START),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Acceptance.Refused(Key.of("budget", "recipient", recipient + "@example.org"))));
        log.decided(errors, occurrence, VALUES, refused);
    }

    @Test
    void aRepeatedCallSaysNothingTwice() {
        for (int i = 0; i < 5; i++) {
            offer(errors, "s", VALUES);
        }
        Occurrence sixth = occurrence(Key.of("errors", "s"), Optional.of(new Occurrence.Request("id", "hash")));
        for (int i = 0; i < 3; i++) {
            log.decided(errors, sixth, VALUES, join(outbox().accept(sixth)));
        }
        assertThat(lines.written).hasSize(1);
    }

    @Test
    void withoutProcessorAndTypeTheSubjectStandsForThemAndAMissingOneHasItsDefault() {
        Occurrence occurrence = occurrence(Key.of("errors", "user-7"), Optional.empty());
        log.decided(errors, occurrence, Map.of(), held(occurrence, "limit", 1));
        Occurrence other = occurrence(Key.of("errors", "user-8"), Optional.empty());
        log.decided(errors, other, Map.of("processor", " Import "), held(other, "limit", 1));
        assertThat(lines.written)
                .containsExactly(
                        "INFO Rate limited notification: user-7", "INFO Rate limited notification: Import/error");
    }

    @Test
    void hostileTextStaysOnItsLineAndIsCut() {
        String hostile = "a\r\nINFO forged\u001b[2J\u202e{0} %s\u2028" + "x".repeat(1 << 16);
        Occurrence occurrence = new Occurrence(
                Key.of("errors", hostile),
                hostile,
                new Content("", "", "", "{}"),
                List.of(),
                Optional.empty(),
                Event.Settle.LATER);
        log.decided(errors, occurrence, Map.of("processor", hostile), held(occurrence, "limit", 1));
        log.decided(errors, occurrence, Map.of(), held(occurrence, "limit", 10));
        assertThat(lines.written).hasSize(2).allSatisfy(line -> {
            assertThat(line).contains("a\\u000d\\u000aINFO forged\\u001b[2J\\u202e{0} %s\\u2028xxx");
            assertThat(line.chars()).allMatch(each -> each >= ' ' && each != 0x202e && each != 0x2028);
            assertThat(line).hasSizeLessThan(400);
        });
    }

    @Test
    void whatRestsAfterAFailureOrGoesOutSaysNothing() {
        Occurrence occurrence = occurrence(Key.of("carts", "s"), Optional.empty());
        log.decided(carts, occurrence, VALUES, held(occurrence, "backoff", 1));
        log.decided(errors, occurrence, VALUES, held(occurrence, "backoff", 1));
        log.decided(errors, occurrence, VALUES, new Acceptance.IdConflict("id"));
        assertThat(lines.written).isEmpty();
    }

    private static Acceptance.Decided held(Occurrence occurrence, String reason, long held) {
        return new Acceptance.Decided(
                "suppress",
                reason,
                occurrence.key(),
                new Acceptance.Counts(held + 1, 1, held),
                Optional.of(START),
                Optional.empty(),
                Optional.empty());
    }

    private Acceptance.Decided offer(FlowPlan plan, String subject, Map<String, String> values) {
        Occurrence occurrence = occurrence(Key.of(plan.name(), subject), Optional.empty());
        Acceptance answer = join(outbox().accept(occurrence));
        log.decided(plan, occurrence, values, answer);
        outbox().tick();
        return (Acceptance.Decided) answer;
    }

    private static Occurrence occurrence(Key key, Optional<Occurrence.Request> request) {
        return occurrence(key, "t", request);
    }

    private static final class Lines implements System.Logger {
        private final List<String> written = new ArrayList<>();

        @Override
        public String getName() {
            return "lines";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            written.add(level + " " + text);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Object... values) {
            written.add(level + " " + text);
        }
    }
}
