package dev.sluice.redis;

import static dev.sluice.redis.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.OnOutage;
import dev.sluice.OutageDoctrine;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisServer;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A real cluster of three masters, of which one goes away and nobody takes its place. */
class RedisPartOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** So much longer than a rule waits that only a caller who hangs is late. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Rule LOCAL = rule(OnOutage.LOCAL);
    private static final Rule OPEN = rule(OnOutage.OPEN);
    private static final Rule CLOSED = rule(OnOutage.CLOSED);
    private static final int SLOTS = 16_384;

    private final RedisSettings settings = Bench.fresh().withTimeout(Duration.ofMillis(500));
    private final Random ids = new Random(7);

    private static Rule rule(OnOutage onOutage) {
        return Rule.allow("2 per 1h")
                .onOutage(onOutage)
                .answerWithin(Duration.ofMillis(500))
                .build();
    }

    /** A key of the flow whose shard lies on the master. */
    private static Key on(int master, String flow) {
        return IntStream.iterate(0, next -> next + 1)
                .mapToObj(next -> Key.of(flow, "subject-" + next))
                .filter(key -> SlotHash.getSlot("{" + key.shard() + "}") * 3 / SLOTS == master)
                .findFirst()
                .orElseThrow();
    }

    private Outcome ask(OutageDoctrine store, Key key, Rule rule) {
        Event offer = new Event.Offer(ids.nextLong(), ids.nextLong(), OptionalDouble.empty(), Event.Settle.NOW);
        return await(store.apply(new Command(key, rule, offer)));
    }

    private Outcome askSoon(OutageDoctrine store, Key key, Rule rule) {
        long begun = System.nanoTime();
        try {
            return ask(store, key, rule);
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        }
    }

    private void goesAwayAndComesBack(Consumer<RedisServer> trouble, Consumer<RedisServer> end) {
        try (RedisCluster cluster = RedisCluster.startWithoutReplicas();
                RedisStore redis = RedisStore.open(cluster.url(), settings);
                OutageDoctrine store = OutageDoctrine.around(redis, OutageDoctrine.Settings.STANDARD)) {
            for (int master = 0; master < 3; master++) {
                assertThat(ask(store, on(master, "known"), LOCAL).elsewhere()).isEmpty();
            }
            trouble.accept(cluster.nodes().get(1));

            assertThat(askSoon(store, on(1, "local"), LOCAL).elsewhere()).contains(Effect.Decider.LOCAL);
            await().atMost(PATIENCE).until(() -> store.outage().isPresent());
            declared(store);
            othersAreAsked(store);

            end.accept(cluster.nodes().get(1));
            await().atMost(PATIENCE).until(() -> store.outage().isEmpty());
            reconciled(redis, store);
        }
    }

    /** Nobody waits for what is known to be away. */
    private void declared(OutageDoctrine store) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> ask(store, on(1, "closed"), CLOSED)).isInstanceOf(StoreException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(400));
        });
        assertThat(askSoon(store, on(1, "local"), LOCAL).answer()).isInstanceOf(Answer.Passed.class);
        for (int i = 0; i < 5; i++) {
            assertThat(askSoon(store, on(1, "local"), LOCAL).answer()).isInstanceOf(Answer.Held.class);
            assertThat(askSoon(store, on(1, "open"), OPEN).elsewhere()).contains(Effect.Decider.OPEN);
        }
    }

    private void othersAreAsked(OutageDoctrine store) {
        for (int master : new int[] {0, 2}) {
            for (Rule rule : new Rule[] {LOCAL, OPEN, CLOSED}) {
                Key key = on(master, "there-" + rule.onOutage().name().toLowerCase(Locale.ROOT));
                assertThat(askSoon(store, key, rule).elsewhere()).isEmpty();
                assertThat(ask(store, key, rule).answer()).isInstanceOf(Answer.Passed.class);
                assertThat(ask(store, key, rule).answer()).isInstanceOf(Answer.Held.class);
            }
        }
        assertThat(await(store.due(10))).as("digests of the others go on").isEmpty();
    }

    private void reconciled(RedisStore redis, OutageDoctrine store) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.figures().owed()).isZero());
        State local = await(redis.read(on(1, "local"))).orElseThrow();
        assertThat(local.done()).isEqualTo(2);
        assertThat(local.held()).isEqualTo(5);
        assertThat(await(redis.read(on(1, "open"))).orElseThrow().done()).isEqualTo(5);
        assertThat(ask(store, on(1, "local"), LOCAL).answer())
                .as("the cap holds")
                .isInstanceOf(Answer.Held.class);
        assertThat(ask(store, on(1, "closed"), CLOSED).answer()).isInstanceOf(Answer.Passed.class);
        Map<String, Books> books = await(redis.books());
        assertThat(books.values()).allMatch(each -> each.unaccounted() == 0);
        assertThat(books.getOrDefault("local", Books.EMPTY).get(Bucket.DELIVERED))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("a master without a replica is killed: its keys go as their rules declare, all others as ever")
    void aMasterIsKilled() {
        goesAwayAndComesBack(RedisServer::kill, RedisServer::restart);
    }

    @Test
    @DisplayName("a master without a replica hangs: its keys go as their rules declare, all others as ever")
    void aMasterHangs() {
        goesAwayAndComesBack(RedisServer::pause, RedisServer::resume);
    }
}
