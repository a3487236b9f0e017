package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests that a budget refuses while the database fails, with keys beside it. */
class RefusedDigestsTest extends WithOutbox {
    @Override
    boolean apart() {
        return true;
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 100})
    void whatABudgetRefusedOfManyDigestsIsToldOnceThoughTheirCommitFailed(int subjects) {
        channel("mail");
        Rule once = Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build();
        flows.add(new FlowPlan("errors", Map.of("", once), List.of("mail"), EXACT)
                .charging(List.of(Budget.of("few", Per.EVERYTHING, subjects + " per 3h"))));
        int[] failures = new int[1];
        crashes = point -> {
            if (point == CrashPoints.Point.TOLD_BEFORE_COMMIT && failures[0] < subjects) {
                failures[0]++;
                throw new StoreException("the database does not answer");
            }
        };
        for (int i = 0; i < 3 * subjects; i++) {
            String subject = "subject " + i % subjects;
            Content content = new Content("title", "message", "error", "{}");
            join(outbox().accept(new Occurrence(
                    Key.of("errors", subject), "", content, List.of(), Optional.empty(), Event.Settle.LATER)));
            if (i == subjects - 1) {
                outbox().tick();
            }
        }
        pass(Duration.ofMinutes(61), Duration.ofMinutes(1));
        pass(Duration.ofMinutes(30), Duration.ofMinutes(1));
        assertThat(failures[0]).isEqualTo(subjects);
        pass(Duration.ofHours(3), Duration.ofMinutes(10));
        assertThat(mail().delivered(Message.Kind.DIGEST).stream()
                        .mapToLong(digest -> digest.tally().held())
                        .sum())
                .isEqualTo(2L * subjects);
    }
}
