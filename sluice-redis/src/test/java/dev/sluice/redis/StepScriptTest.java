package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.contract.Vectors;
import dev.sluice.contract.Vectors.Vector;
import dev.sluice.testbed.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every step of many random histories, in Java and in the server: the same bytes, index, books and time to live. */
class StepScriptTest {
    private static final int HISTORIES = Integer.getInteger("sluice.vectors", 1_000);

    private static final int FLOODS = 60;

    /** What the server may have taken off a time to live since it was set. */
    private static final long SPENT = Duration.ofMinutes(5).toMillis();

    private final Names names = new Names("vectors-" + UUID.randomUUID());
    private final RedisClient client = RedisClient.create(RedisServer.sharedUrl());
    private final StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
    private final RedisAsyncCommands<byte[], byte[]> redis = connection.async();

    @BeforeEach
    void load() throws Exception {
        assertThat(redis.scriptLoad(StepScript.source()).get()).hasSize(40);
    }

    @AfterEach
    void disconnect() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    /** One vector on its way: everything that is asked for is asked in one go. */
    private record Sent(
            Vector vector,
            Key key,
            List<RedisFuture<?>> prepared,
            RedisFuture<List<Object>> reply,
            RedisFuture<Double> due,
            RedisFuture<Long> timeToLive,
            RedisFuture<Map<byte[], byte[]>> books) {}

    @Test
    @DisplayName("the script gives what the step gives, byte for byte: histories")
    void givesWhatTheStepGives() throws Exception {
        int steps = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            steps +=
                    play(Key.of("history-" + seed, "subject"), Vectors.of(seed)).steps();
        }
        assertThat(steps).isGreaterThan(HISTORIES * 30);
    }

    @Test
    @DisplayName("the script gives what the step gives, byte for byte: floods, where it has a short way")
    void givesWhatTheStepGivesInAFlood() throws Exception {
        Played all = new Played(0, 0);
        for (int seed = 0; seed < FLOODS; seed++) {
            Played one = play(Key.of("flood-" + seed, "subject"), flood(new SplittableRandom(seed)));
            all = new Played(all.steps() + one.steps(), all.ordinary() + one.ordinary());
        }
        assertThat(all.ordinary()).as("steps on the short way").isGreaterThan(all.steps() / 3);
    }

    /** Offers one after the other, so that the window is nearly always full. */
    private static List<Vector> flood(RandomGenerator random) {
        Rule rule = Rule.allow(List.of("once per 3h", "2 per 1m", "5 per 1h", "64 per 1d")
                        .get(random.nextInt(4)))
                .digest(List.of(Digest.values()).get(random.nextInt(3)))
                .build();
        List<Vector> vectors = new ArrayList<>();
        State state = State.EMPTY;
        long now = Micros.of(Instant.parse("2026-03-01T12:00:00Z"));
        for (int i = 0; i < rule.limit() + 40; i++) {
            now += random.nextLong(rule.window() / (rule.limit() + 30)) - (i % 13 == 12 ? 2_000_000 : 0);
            OptionalDouble mark =
                    random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty();
            Event offer = new Event.Offer(random.nextLong(), random.nextLong(), mark, Event.Settle.NOW);
            vectors.add(new Vector(state, rule, offer, now));
            state = Step.apply(state, rule, offer, now).state();
        }
        return vectors;
    }

    /**
     * What was played.
     *
     * @param ordinary how many took the short way of the script
     */
    private record Played(int steps, int ordinary) {}

    private Played play(Key key, List<Vector> vectors) throws Exception {
        List<Sent> sent = new ArrayList<>();
        for (Vector vector : vectors) {
            sent.add(send(vector, key));
        }
        int ordinary = 0;
        for (Sent one : sent) {
            compare(one);
            ordinary += isOrdinary(one) ? 1 : 0;
        }
        return new Played(vectors.size(), ordinary);
    }

    private Sent send(Vector vector, Key key) {
        StepScript script =
                new StepScript(names, RedisClock.of(InstantSource.fixed(Micros.instant(vector.now()))), true);
        byte[] state = names.state(key);
        byte[] books = names.books(key.shard());
        List<RedisFuture<?>> prepared = new ArrayList<>();
        prepared.add(redis.del(books));
        if (isAbsent(vector.before())) {
            prepared.add(redis.del(state));
            byte[] floor = Names.bytes(Long.toString(vector.before().fence()));
            prepared.add(redis.hset(books, Names.bytes("fence"), floor));
        } else {
            prepared.add(redis.set(state, Packed.encode(vector.before())));
        }
        Command command = new Command(key, vector.rule(), vector.event());
        RedisFuture<List<Object>> reply =
                redis.evalsha(script.digest(), ScriptOutputType.MULTI, script.keys(key), script.step(command));
        return new Sent(
                vector,
                key,
                prepared,
                reply,
                redis.zscore(names.due(key.shard()), Names.bytes(key.text())),
                redis.pttl(state),
                redis.hgetall(books));
    }

    private static boolean isAbsent(State state) {
        return state.touched() == Micros.ABSENT;
    }

    private static void compare(Sent sent) throws Exception {
        Vector vector = sent.vector();
        Outcome expected = Step.apply(vector.before(), vector.rule(), vector.event(), vector.now());
        Stepped stepped = new Stepped(sent.reply().get(30, TimeUnit.SECONDS));
        String what = vector.event() + " at " + vector.now() + " under " + vector.rule() + " meets " + vector.before();

        assertThat(sent.prepared()).as(what).allMatch(it -> it.getError() == null);
        assertThat(stepped.now()).as(what).isEqualTo(vector.now());
        boolean brings = vector.event().brings();
        if (isAbsent(vector.before()) && !brings) {
            assertThat(stepped.after()).as(what).isNull();
            assertThat(sent.timeToLive().get()).as(what).isEqualTo(-2);
            return;
        }
        assertThat(hex(stepped.after())).as(what).isEqualTo(hex(Packed.encode(expected.state())));
        assertThat(stepped.outcome(new Command(sent.key(), vector.rule(), vector.event())))
                .as(what)
                .isEqualTo(expected);
        long due = Step.dueAt(expected.state(), vector.rule());
        assertThat(sent.due().get()).as(what).isEqualTo(due == Micros.FOREVER ? null : (Double) (double) due);
        assertThat(books(sent)).as(what).isEqualTo(expected.books(vector.event()));
        timeToLive(sent, expected.state(), what);
    }

    private static boolean isOrdinary(Sent sent) throws Exception {
        return sent.books().get().keySet().stream()
                .anyMatch(field -> new String(field, StandardCharsets.UTF_8).endsWith(":suppressed"));
    }

    private static Books books(Sent sent) throws Exception {
        return ShardBooks.sum(List.of(sent.books().get()))
                .getOrDefault(sent.key().flow(), Books.EMPTY);
    }

    /** Beyond the time when the key may be forgotten, and seven days beyond everything that it owes. */
    private static void timeToLive(Sent sent, State after, String what) throws Exception {
        long forget = Step.forgetAt(after, sent.vector().rule());
        long owed = Step.dueAt(after, sent.vector().rule());
        long least = forget == Micros.FOREVER
                ? Math.max(owed, after.touched()) + Micros.of(Duration.ofDays(7))
                : forget + Micros.of(Duration.ofMinutes(10));
        assertThat(sent.timeToLive().get() + SPENT)
                .as(what)
                .isGreaterThanOrEqualTo((least - after.touched()) / 1_000)
                .isLessThan(Duration.ofDays(40_000).toMillis());
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "nothing" : HexFormat.of().formatHex(bytes);
    }
}
