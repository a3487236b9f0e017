package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers that send what goes out as one: neither sends a part of it. */
@OnSharedDatabases
class SharingGroupsTest extends WithOutbox {
    private static final int SYMBOLS = 20;
    private static final int ROUNDS = 15;

    @BeforeEach
    void flows() {
        flow("shortfall", Rule.allow("once until reset").build());
    }

    private void scan(int round) {
        Gathering gathering = outbox().gather();
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            Key key = Key.of("shortfall", "symbol " + round + "/" + symbol);
            join(gathering.accept(occurrence(key, "short").grouped("exchange " + round)));
        }
        join(gathering.end());
    }

    /** Both look at the same time; whoever meets the other at a part of a group leaves it to the next look. */
    private void lookAtOnce(Outbox other) {
        CompletableFuture<Integer> there = CompletableFuture.supplyAsync(other::tick);
        outbox().tick();
        there.join();
        outbox().tick();
    }

    private static List<String> subjects(Outgoing outgoing) {
        return outgoing.message().members().stream()
                .map(member -> member.key().subject())
                .toList();
    }

    @Test
    void bothLookAtOnceAndAGroupIsStillOneMessage() {
        Outbox other = another();
        for (int round = 0; round < ROUNDS; round++) {
            scan(round);
            lookAtOnce(other);
        }
        assertThat(mail().attempts())
                .hasSize(ROUNDS)
                .extracting(outgoing -> outgoing.message().members().size())
                .containsOnly(SYMBOLS);
        assertThat(books("shortfall", Bucket.DELIVERED)).isEqualTo((long) SYMBOLS * ROUNDS);
    }

    @Test
    void bothTryAgainAtOnceAndABatchIsStillWhole() {
        Outbox other = another();
        mail().next(ROUNDS, new Receipt.Refused("451 later", false));
        IntStream.range(0, ROUNDS).forEach(this::scan);
        outbox().tick();
        clock.advance(Duration.ofSeconds(5));
        lookAtOnce(other);

        assertThat(mail().attempts())
                .hasSize(2 * ROUNDS)
                .extracting(outgoing -> subjects(outgoing).size())
                .containsOnly(SYMBOLS);
        assertThat(mail().attempts().stream().map(Outgoing::idempotencyKey).distinct())
                .hasSize(ROUNDS);
    }

    @Test
    void whatADeadServerWasSendingIsTakenOverAsAWhole() {
        crashes = point -> {
            if (point == CrashPoints.Point.AFTER_SEND) {
                throw new LinkageError("the process ends here");
            }
        };
        scan(1);
        try {
            outbox().tick();
        } catch (LinkageError expected) {
            crashes = CrashPoints.NONE;
        }
        Outbox other = another();
        clock.advance(LEASE);
        other.tick();
        clock.advance(Duration.ofSeconds(5));
        other.tick();

        assertThat(mail().attempts()).hasSize(2);
        assertThat(mail().attempts().get(1).idempotencyKey())
                .isEqualTo(mail().attempts().get(0).idempotencyKey());
        assertThat(subjects(mail().attempts().get(1)))
                .isEqualTo(subjects(mail().attempts().get(0)));
    }
}
