package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two servers that look at the same subjects: an episode is one, whoever sees, counts and ends it. */
@OnSharedDatabases
class SharingEpisodesTest extends WithOutbox {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Key SHORT = Key.of("shortfall", "short", "binance:BTC");

    @BeforeEach
    void flows() {
        Rule rule = Rule.allow("once until reset").build();
        flows.add(new FlowPlan("shortfall", Map.of("", rule, "short", rule), List.of("mail"), EXACT)
                .watched(new Watched(true, true)));
    }

    private static CompletionStage<Acceptance> sight(Outbox at, Key key) {
        return at.accept(occurrence(key, "short").sighted(Sighting.of(50)));
    }

    private static CompletionStage<Optional<Episode>> over(Outbox at, Key key) {
        return at.recovered(key, OptionalDouble.of(105));
    }

    private List<Episode> history() {
        Episodes.Filter all =
                new Episodes.Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return outbox().episodes().list(all, 100);
    }

    @Test
    @DisplayName("S2.8 ten checks of a shortage at once are one message and one episode")
    void checksAtOnceAreOneEpisode() {
        Outbox other = another();
        List<CompletionStage<Acceptance>> checks = IntStream.range(0, 10)
                .mapToObj(check -> sight(check % 2 == 0 ? outbox() : other, SHORT))
                .toList();
        checks.forEach(this::join);
        for (Outbox each : List.of(outbox(), other)) {
            each.tick();
        }
        clock.advance(SECOND);
        for (Outbox each : List.of(outbox(), other)) {
            each.tick();
        }

        assertThat(mail().delivered()).hasSize(1);
        assertThat(history()).singleElement().extracting(Episode::counts).isEqualTo(new Episode.Counts(10, 9));
    }

    @Test
    void withinASecondEachKnowsWhatTheOtherOpenedToldAndEnded() {
        Outbox other = another();
        join(sight(outbox(), SHORT));
        outbox().tick();
        clock.advance(SECOND);
        other.tick();
        assertThat(other.episodes().open(SHORT).orElseThrow().times().notifiedAt())
                .isPresent();

        assertThat(join(over(other, SHORT))).isPresent();
        clock.advance(SECOND);
        outbox().tick();
        assertThat(outbox().episodes().open(SHORT)).isEmpty();
        assertThat(mail().delivered(Message.Kind.RESOLVED)).hasSize(1);
    }

    @Test
    void aRecoveryThatBothSeeAtOnceIsToldOnce() {
        Outbox other = another();
        int subjects = 20;
        for (int i = 0; i < subjects; i++) {
            Key key = Key.of("shortfall", "short", "subject " + i);
            join(sight(outbox(), key));
            outbox().tick();
            long ended = Stream.of(over(outbox(), key), over(other, key)).toList().stream()
                    .filter(each -> join(each).isPresent())
                    .count();
            assertThat(ended).isEqualTo(1);
        }
        outbox().tick();
        other.tick();

        assertThat(mail().delivered(Message.Kind.RESOLVED)).hasSize(subjects);
    }

    @Test
    void whatOneServerHasArmedTheOtherTellsAgain() {
        Outbox other = another();
        join(sight(outbox(), SHORT));
        outbox().tick();
        clock.advance(SECOND);
        other.tick();
        join(over(other, SHORT));
        join(sight(outbox(), SHORT));
        outbox().tick();

        assertThat(mail().delivered(Message.Kind.PASS)).hasSize(2);
        assertThat(history()).hasSize(2);
        assertThat(outbox().episodes().open(SHORT).orElseThrow().id())
                .isEqualTo(history().get(0).id());
    }
}
