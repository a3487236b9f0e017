package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
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
import java.util.OptionalLong;
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
    private static final int NEW_KEYS = 2_000;

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
        Played all = new Played(0, 0, 0);
        for (int seed = 0; seed < HISTORIES; seed++) {
            all = all.plus(play(Key.of("history-" + seed, "subject"), Vectors.of(seed)));
        }
        assertThat(all.steps()).isGreaterThan(HISTORIES * 30);
        assertThat(all.begun()).as("new keys on the short way").isGreaterThan(HISTORIES / 4);
    }

    @Test
    @DisplayName("the script gives what the step gives, byte for byte: floods, where it has a short way")
    void givesWhatTheStepGivesInAFlood() throws Exception {
        Played all = new Played(0, 0, 0);
        for (int seed = 0; seed < FLOODS; seed++) {
            all = all.plus(play(Key.of("flood-" + seed, "subject"), flood(new SplittableRandom(seed))));
        }
        assertThat(all.ordinary()).as("suppressed on the short way").isGreaterThan(all.steps() / 3);
    }

    @Test
    @DisplayName("the script gives what the step gives, byte for byte: new keys, where it has another short way")
    void givesWhatTheStepGivesToNewKeys() throws Exception {
        Played all = new Played(0, 0, 0);
        for (int seed = 0; seed < NEW_KEYS; seed++) {
            all = all.plus(play(Key.of("new-" + seed, "subject"), beginning(new SplittableRandom(seed))));
        }
        assertThat(all.begun()).as("new keys on the short way").isGreaterThan(NEW_KEYS / 2);
    }

    /** The first offer to a key, at all times, under all kinds of rules, and with floors before and behind the clock. */
    private static List<Vector> beginning(RandomGenerator random) {
        Rule.Builder rule = Rule.allow(List.of("once per 3h", "2 per 1m", "64 per 1d", "exclusive", "once until reset")
                .get(random.nextInt(5)));
        if (!rule.build().exclusive()) {
            rule.digest(List.of(Digest.values()).get(random.nextInt(3)));
        }
        rule.onLost(List.of(OnLost.values()).get(random.nextInt(2)))
                .lease(Duration.ofMillis(1L << random.nextInt(10, 30)));
        long now = random.nextLong(1L << random.nextInt(10, 52));
        long floor =
                List.of(0L, now - 1, now, now + random.nextLong(200), now / 2).get(random.nextInt(5));
        OptionalDouble mark = random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty();
        Event.Settle settle = random.nextBoolean() ? Event.Settle.NOW : Event.Settle.LATER;
        Event offer = new Event.Offer(random.nextLong(), random.nextLong(), mark, settle);
        return List.of(new Vector(State.absent(Math.max(floor, 0)), rule.build(), offer, now));
    }

    @Test
    @DisplayName(
            "the script gives what the step gives, byte for byte: reports of more than a key remembers, in a flood")
    void givesWhatTheStepGivesWhereManyReport() throws Exception {
        Played all = new Played(0, 0, 0);
        for (int seed = 0; seed < FLOODS; seed++) {
            Played one = play(Key.of("reported-" + seed, "subject"), reported(new SplittableRandom(seed)));
            all = all.plus(one);
        }
        assertThat(all.ordinary()).as("offers on the short way").isGreaterThan(all.steps() / 4);
    }

    /** A full window that some report to, of whom each says now and then what it said before. */
    private static List<Vector> reported(RandomGenerator random) {
        Rule rule = Rule.allow("5 per 1h")
                .digest(List.of(Digest.values()).get(random.nextInt(3)))
                .build();
        int reporters = 1 + random.nextInt(90);
        List<Vector> vectors = new ArrayList<>();
        State state = State.EMPTY;
        long now = Micros.of(Instant.parse("2026-03-01T12:00:00Z"));
        for (int i = 0; i < 250; i++) {
            now += random.nextLong(30_000_000);
            Event offer = new Event.Offer(
                    random.nextLong(),
                    random.nextLong(),
                    i % 50 < 25 ? OptionalDouble.of(i) : OptionalDouble.empty(),
                    Event.Settle.NOW);
            OptionalLong passed = random.nextInt(4) == 0 ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
            Event report = new Event.Report(
                    random.nextInt(reporters) * 0x9E3779B97F4A7C15L,
                    1 + i / (1 + random.nextInt(3)),
                    passed,
                    passed.isPresent() ? 1 : random.nextInt(2),
                    passed.isPresent() ? 0 : random.nextInt(5),
                    now - random.nextInt(1_000_000),
                    now + random.nextInt(1_000) - 500);
            Event event = random.nextInt(5) < 2 ? report : offer;
            vectors.add(new Vector(state, rule, event, now));
            state = Step.apply(state, rule, event, now).state();
        }
        return vectors;
    }

    /** As it was written before keys knew who reported to them; every part is there. */
    private static final String FIRST_FORMAT = "01ff078080b4ccd4dfc603020100070201030201020304050607081112131415161718"
            + "88014059000000000000010209212223242526272803142e0b05090501080c0f0d4059400000000000";

    @Test
    void readsAStateOfTheFirstFormat() throws Exception {
        Key key = Key.of("first-format", "subject");
        byte[] before = HexFormat.of().parseHex(FIRST_FORMAT);
        Rule rule = Rule.allow("5 per 1h").build();
        for (Event event : List.of(new Event.Take(), Event.Report.passed(9))) {
            StepScript script = new StepScript(
                    names, RedisClock.of(InstantSource.fixed(Micros.instant(1_000_000_000_000_005L))), true);
            redis.set(names.state(key), before).get();
            Stepped stepped = new Stepped(redis.<List<Object>>evalsha(
                            script.digest(),
                            ScriptOutputType.MULTI,
                            script.keys(key),
                            script.step(new Command(key, rule, event)))
                    .get());
            State expected = Step.apply(Packed.decode(before), rule, event, 1_000_000_000_000_005L)
                    .state();
            assertThat(hex(stepped.after())).isEqualTo(hex(Packed.encode(expected)));
            assertThat(expected.reporters()).hasSize(event instanceof Event.Report ? 1 : 0);
        }
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
     * @param ordinary how many were suppressed on the short way of the script
     * @param begun how many were the first of their key, on the short way
     */
    private record Played(int steps, int ordinary, int begun) {
        Played plus(Played other) {
            return new Played(steps + other.steps, ordinary + other.ordinary, begun + other.begun);
        }
    }

    private Played play(Key key, List<Vector> vectors) throws Exception {
        List<Sent> sent = new ArrayList<>();
        for (Vector vector : vectors) {
            sent.add(send(vector, key));
        }
        Played all = new Played(vectors.size(), 0, 0);
        for (Sent one : sent) {
            compare(one);
            boolean begun = books(one, "passed") || books(one, "claimed");
            all = all.plus(new Played(0, books(one, "suppressed") ? 1 : 0, begun ? 1 : 0));
        }
        return all;
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

    private static boolean books(Sent sent, String what) throws Exception {
        return sent.books().get().keySet().stream()
                .anyMatch(field -> new String(field, StandardCharsets.UTF_8).endsWith(":" + what));
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
