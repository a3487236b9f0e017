package dev.sluice.redis;

import static dev.sluice.redis.Bench.DB_DOWN;
import static dev.sluice.redis.Bench.FIVE;
import static dev.sluice.redis.Bench.await;
import static dev.sluice.redis.Bench.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.DamagedStateException;
import dev.sluice.Key;
import dev.sluice.OutageDoctrine;
import dev.sluice.testbed.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state of one key cannot be read. */
class DamagedKeyTest {
    private final RedisSettings settings = Bench.fresh();
    private final String name =
            new String(new Names(settings.prefix()).state(DB_DOWN), StandardCharsets.UTF_8);

    /** Of another version, cut off, no state at all, and nothing that a state could be. */
    @ParameterizedTest
    @ValueSource(strings = {"SET NAME \t", "SET NAME \u0001", "SET NAME \u0001\u007f\u007f", "HSET NAME a b"})
    void theKeyIsNamedAndLeftAsItIsNobodyDecidesItAndAllOthersGoOnUntilItIsDeleted(String damage) {
        RedisServer server = RedisServer.shared();
        try (RedisStore redis = RedisStore.open(server.url(), settings);
                OutageDoctrine store = OutageDoctrine.around(redis, OutageDoctrine.Settings.STANDARD)) {
            server.ask(List.of(damage.replace("NAME", name).split(" ")).toArray(String[]::new));
            assertThatThrownBy(() -> decide(store, DB_DOWN, FIVE))
                    .isInstanceOf(DamagedStateException.class)
                    .hasMessageContaining("errors:db-down cannot be read");
            assertThatThrownBy(() -> await(store.read(DB_DOWN))).isInstanceOf(DamagedStateException.class);
            assertThat(decide(store, Key.of("errors", "other"), FIVE)).isInstanceOf(Answer.Passed.class);
            assertThat(store.figures()).isEqualTo(new OutageDoctrine.Figures(0, 0, 0, 0, 0));

            server.ask("DEL", name);
            assertThat(decide(store, DB_DOWN, FIVE)).isInstanceOf(Answer.Passed.class);
        }
    }
}
