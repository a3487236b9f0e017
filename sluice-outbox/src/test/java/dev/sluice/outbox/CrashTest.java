package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.DurationText;
import dev.sluice.Key;
import dev.sluice.Per;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The process ends somewhere between an occurrence and its digest, and another one takes over. What was not committed is
 * undone, as after a kill; callers that got no answer ask again with the same id.
 */
class CrashTest extends WithOutbox {
    private static final int OFFERED = 12;
    private static final int LIMIT = 5;

    /** Ends everything that is under way, as far as that can be done inside of a process. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** The points that are passed only where keys are decided by a store beside the database. */
    private static final Set<CrashPoints.Point> APART = EnumSet.of(
            CrashPoints.Point.APART_STEP_TAKEN,
            CrashPoints.Point.APART_PREPARED,
            CrashPoints.Point.APART_EXTENDED,
            CrashPoints.Point.APART_POSTED,
            CrashPoints.Point.APART_POST_TAKEN);

    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger passages = new AtomicInteger();
    private volatile boolean dead;

    private void killAt(CrashPoints.Point point, int passage) {
        passages.set(0);
        crashes = passing -> {
            if (passing == point && passages.incrementAndGet() == passage) {
                kills.incrementAndGet();
                dead = true;
            }
            // Other threads of a dead process are as dead.
            if (dead) {
                throw new Killed();
            }
        };
    }

    /** The process ends at the first passage of the point, at the second, and so on up to this. */
    int mostPassages() {
        return 4;
    }

    private void wasPassed(CrashPoints.Point point) {
        assertThat(kills.get() > 0).as("the point was passed").isEqualTo(apart() || !APART.contains(point));
    }

    /** Does it, and again in a new process for as long as the process dies of it. */
    private void surviving(Runnable doing) {
        while (true) {
            try {
                doing.run();
                if (!dead) {
                    return;
                }
            } catch (Throwable e) {
                if (!(e instanceof Killed) && !(e.getCause() instanceof Killed)) {
                    throw e;
                }
            }
            outbox().awaitPosts();
            dead = false;
            restart();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAndNothingIsToldTwice(CrashPoints.Point point) {
        for (int passage = 1; passage <= mostPassages(); passage++) {
            String flow = "errors-" + passage;
            flow(flow, Rule.allow("5 per 1h").build());
            killAt(point, passage);
            restart();
            List<Outgoing> accepted = new ArrayList<>();
            mail().always(outgoing -> {
                accepted.add(outgoing);
                return new Receipt.Accepted("250 ok");
            });
            for (int i = 0; i < OFFERED; i++) {
                Occurrence.Request request = new Occurrence.Request("request-" + i, "hash");
                Occurrence occurrence = occurrence(Key.of(flow, "subject"), "error " + i, Optional.of(request));
                surviving(() -> join(outbox().accept(occurrence)));
                surviving(() -> outbox().tick());
            }
            for (int minute = 0; minute < 70; minute++) {
                clock.advance(Duration.ofMinutes(1));
                surviving(() -> outbox().tick());
            }
            Set<String> messages = new HashSet<>();
            List<Message> told = new ArrayList<>();
            for (Outgoing outgoing : accepted) {
                if (messages.add(outgoing.idempotencyKey())) {
                    told.add(outgoing.message());
                }
            }
            assertThat(told)
                    .filteredOn(message -> message.kind() != Message.Kind.DIGEST)
                    .hasSize(LIMIT);
            assertThat(told)
                    .filteredOn(message -> message.kind() == Message.Kind.DIGEST)
                    .hasSize(1);
            assertThat(told.get(told.size() - 1).tally().held()).isEqualTo(OFFERED - LIMIT);
            assertThat(books(flow, Bucket.IN)).isEqualTo(OFFERED);
            assertThat(books(flow, Bucket.DELIVERED)).isEqualTo(LIMIT);
            assertThat(books(flow, Bucket.REPORTED)).isEqualTo(OFFERED - LIMIT);
            booksAreClosed();
        }
        wasPassed(point);
    }

    @ParameterizedTest
    @EnumSource
    void whatABudgetRefusesIsToldOnceByOneDigest(CrashPoints.Point point) {
        Duration window = Duration.ofMinutes(30);
        for (int passage = 1; passage <= mostPassages(); passage++) {
            String flow = "errors-" + passage;
            Budget budget = Budget.of(flow, Per.EVERYTHING, LIMIT + " per " + DurationText.format(window));
            flows.add(new FlowPlan(flow, Map.of("", Rule.allow("5 per 1h").build()), List.of("mail"), EXACT)
                    .charging(List.of(budget)));
            killAt(point, passage);
            restart();
            List<Outgoing> accepted = new ArrayList<>();
            mail().always(outgoing -> {
                accepted.add(outgoing);
                return new Receipt.Accepted("250 ok");
            });
            for (int i = 0; i < OFFERED; i++) {
                Occurrence.Request request = new Occurrence.Request("request-" + i, "hash");
                Occurrence occurrence = occurrence(Key.of(flow, "subject " + i), "error " + i, Optional.of(request));
                surviving(() -> join(outbox().accept(occurrence)));
                surviving(() -> outbox().tick());
            }
            for (int minute = 0; minute < 130; minute++) {
                clock.advance(Duration.ofMinutes(1));
                surviving(() -> outbox().tick());
            }
            Map<String, Message> told = new LinkedHashMap<>();
            accepted.forEach(outgoing -> told.put(outgoing.idempotencyKey(), outgoing.message()));
            // Apart, a process may end after it charged a budget and before anything is written: what it charged is
            // used.
            long delivered = books(flow, Bucket.DELIVERED);
            assertThat(delivered).isBetween(apart() ? LIMIT - 1L : LIMIT, (long) LIMIT);
            assertThat(told.values())
                    .filteredOn(message -> message.kind() == Message.Kind.DIGEST)
                    .extracting(message -> message.tally().held())
                    .containsExactly(OFFERED - delivered);
            assertThat(told).hasSize((int) delivered + 1);
            assertThat(books(flow, Bucket.IN)).isEqualTo(OFFERED);
            assertThat(books(flow, Bucket.REPORTED)).isEqualTo(OFFERED - delivered);
            booksAreClosed();
        }
        wasPassed(point);
    }
}
