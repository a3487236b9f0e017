package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Bucket;
import dev.sluice.DenialCache;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.OptionalDouble;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a database that servers share, a flood of what is held is answered by each server itself. */
@OnSharedDatabases
class KnownDenialsTest extends WithOutbox {
    private static final Key KEY = Key.of("errors", "db-down");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @BeforeEach
    void flows() {
        flow("errors", Rule.allow("2 per 1h").digest(Digest.AT_CLOSE).build());
        settings = settings.knowing(100);
    }

    private Acceptance.Decided at(Outbox server) {
        return (Acceptance.Decided) join(server.accept(occurrence(KEY, "x")));
    }

    /** Two go out, and with that the window is full. */
    private void fill() {
        at(outbox());
        at(outbox());
        outbox().tick();
        assertThat(mail().attempts()).hasSize(2);
    }

    private void flood(Outbox server, int many) {
        for (int i = 0; i < many; i++) {
            at(server);
        }
    }

    private static void handBack(Outbox server) {
        DenialCache denials = server.denials().orElseThrow();
        denials.doubt(KEY);
        Awaitility.await().until(() -> denials.owed() == 0);
    }

    private static long hits(Outbox server) {
        return server.denials().orElseThrow().hits();
    }

    @Test
    void aFloodNeedsNoDatabaseAndEveryOneOfItIsCounted() {
        fill();
        flood(outbox(), 200);
        assertThat(hits(outbox())).isGreaterThan(150);
        Acceptance.Decided last = at(outbox());
        assertThat(last.counts().held()).isEqualTo(201);
        assertThat(last.reason()).isEqualTo("limit");
        outbox().stop(PATIENCE);
        assertThat(books("errors", Bucket.IN)).isEqualTo(203);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(201);
    }

    @Test
    void theFirstTheTenthAndTheHundredthAreKeptAsExamples() {
        fill();
        flood(outbox(), 150);
        assertThat(outbox().samples(KEY)).hasSize(3);
        outbox().stop(PATIENCE);
        assertThat(books("errors", Bucket.HELD)).isEqualTo(150);
    }

    @Test
    void aResetLetsTheNextOnePassAtOnce() {
        fill();
        flood(outbox(), 50);
        join(outbox().reset(KEY, OptionalDouble.empty()));
        assertThat(at(outbox()).word()).isEqualTo("pass");
        outbox().stop(PATIENCE);
        assertThat(books("errors", Bucket.OWED))
                .as("the tally of the window that was reset")
                .isEqualTo(50);
    }

    @Test
    void whatSeveralServersHoldIsToldInOneDigest() {
        Outbox other = another();
        fill();
        flood(outbox(), 30);
        flood(other, 30);
        assertThat(hits(outbox()) + hits(other)).isGreaterThan(30);
        handBack(outbox());
        handBack(other);
        clock.advance(Duration.ofHours(1));
        other.tick();
        outbox().tick();
        assertThat(books("errors", Bucket.REPORTED)).isEqualTo(60);
    }
}
