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
import org.junit.jupiter.api.Test;

/** The state of one key cannot be read. */
class DamagedKeyTest {
    private final RedisSettings settings = Bench.fresh();
    private final String name = new String(new Names(settings.prefix()).state(DB_DOWN), StandardCharsets.UTF_8);

    @Test
    void aStateOfAnotherVersion() {
        isNamedAndDecidedByNobody("SET", "NAME", "\t");
    }

    @Test
    void aStateThatEndsTooEarly() {
        isNamedAndDecidedByNobody("SET", "NAME", "\u0001");
    }

    @Test
    void aStateWhosePartsAreMissing() {
        isNamedAndDecidedByNobody("SET", "NAME", "\u0001\u007f\u007f");
    }

    @Test
    void whatIsNoStateAtAll() {
        isNamedAndDecidedByNobody("HSET", "NAME", "a", "b");
    }

    /** And left as it is; all other keys go on, and so does this one when it is deleted. */
    private void isNamedAndDecidedByNobody(String... damage) {
        RedisServer server = RedisServer.shared();
        try (RedisStore redis = RedisStore.open(server.url(), settings);
                OutageDoctrine store = OutageDoctrine.around(redis, OutageDoctrine.Settings.STANDARD)) {
            damage[1] = name;
            server.ask(damage);
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
