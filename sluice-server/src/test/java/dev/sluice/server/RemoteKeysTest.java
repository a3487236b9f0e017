package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Rule;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.http.MostHeld;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys of a store that is not the database of the messages. */
class RemoteKeysTest {
    private final MemoryStore store = new MemoryStore(10_000, InstantSource.system());
    private final RemoteKeys keys = new RemoteKeys(store);
    private final FlowConfig errors =
            ServerConfig.standard(Path.of("data")).flow("errors").orElseThrow();
    private final Rule rule = errors.rule("");

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void allStatesAreReadInAFewRoundTripsAndKeysOfOtherFlowsAreNotThere() {
        for (int i = 0; i < 2_500; i++) {
            offer(Key.of("errors", "s" + i), 1);
        }
        offer(Key.of("jobs", "other"), 1);
        List<Key> read = new ArrayList<>();
        assertThat(keys.states("errors", 5_000, (key, state) -> read.add(key))).isTrue();
        assertThat(read)
                .hasSize(2_500)
                .doesNotHaveDuplicates()
                .allMatch(key -> key.flow().equals("errors"));
        assertThat(keys.count("errors")).isEqualTo(2_500);
        assertThat(keys.count("nobody")).isZero();
    }

    @Test
    void moreThanTheMostIsSaidToBeNotAll() {
        for (int i = 0; i < 30; i++) {
            offer(Key.of("errors", "s" + i), 1);
        }
        List<Key> read = new ArrayList<>();
        assertThat(keys.states("errors", 20, (key, state) -> read.add(key))).isFalse();
        assertThat(read).hasSize(20);
        assertThat(keys.states("errors", 30, (key, state) -> {})).isTrue();
    }

    @Test
    void whoHoldsTheMostIsFound() {
        offer(Key.of("errors", "quiet"), 6);
        offer(Key.of("errors", "loud"), 9);
        MostHeld most = new Ranking(errors, key -> true, 1).over(keys);
        assertThat(most.rows()).singleElement().satisfies(about -> {
            assertThat(about.key().subject()).isEqualTo("loud");
            assertThat(about.state().held()).isEqualTo(4);
        });
        assertThat(keys.state(Key.of("errors", "nobody"))).isEqualTo(Optional.empty());
    }

    private void offer(Key key, int times) {
        for (int i = 0; i < times; i++) {
            Event offer =
                    new Event.Offer(key.subject().hashCode() * 100L + i, 7, OptionalDouble.empty(), Event.Settle.NOW);
            StoredEngine.await(store.apply(new Command(key, rule, offer)));
        }
    }
}
