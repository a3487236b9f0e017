package dev.sluice.redis;

import static dev.sluice.redis.Bench.DB_DOWN;
import static dev.sluice.redis.Bench.FIVE;
import static dev.sluice.redis.Bench.JOB;
import static dev.sluice.redis.Bench.await;
import static dev.sluice.redis.Bench.claim;
import static dev.sluice.redis.Bench.complete;
import static dev.sluice.redis.Bench.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.testbed.RedisServer;
import dev.sluice.testbed.TlsFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store promises beyond the contract: how often it asks, what it leaves, and whom it trusts. */
class RedisStoreTest {
    /** A server of this test alone, because some tests count its commands. */
    private final RedisServer server = RedisServer.start();

    private final RedisSettings settings = Bench.fresh();

    @AfterEach
    void stop() {
        server.close();
    }

    private RedisStore open() {
        return RedisStore.open(server.url(), settings);
    }

    /** How often each command ran since the last reset; commands of a script count, too. */
    private Map<String, Long> commands() {
        Map<String, Long> calls = new TreeMap<>();
        Matcher line = Pattern.compile("cmdstat_(\\w+):calls=(\\d+)").matcher(server.ask("INFO", "commandstats"));
        while (line.find()) {
            calls.put(line.group(1), Long.parseLong(line.group(2)));
        }
        return calls;
    }

    @Test
    @DisplayName("a decision and a settlement are one round trip each")
    void asksOnceForADecisionAndOnceForASettlement() {
        try (RedisStore store = open()) {
            server.ask("CONFIG", "RESETSTAT");
            Live claim = claim(store, DB_DOWN, FIVE);
            complete(store, DB_DOWN, FIVE, claim);
            for (int i = 0; i < 20; i++) {
                decide(store, DB_DOWN, FIVE);
            }
            assertThat(commands()).containsEntry("evalsha", 22L).doesNotContainKeys("eval", "zrange", "multi");
        }
    }

    @Test
    @DisplayName("an ordinary suppress writes the state and one count, and looks at the index without writing it")
    void anOrdinarySuppressDoesNotWriteTheIndex() {
        try (RedisStore store = open()) {
            for (int i = 0; i < 7; i++) {
                decide(store, DB_DOWN, FIVE);
            }
            server.ask("CONFIG", "RESETSTAT");
            for (int i = 0; i < 100; i++) {
                assertThat(decide(store, DB_DOWN, FIVE)).isInstanceOf(Answer.Held.class);
            }
            assertThat(commands())
                    .containsEntry("evalsha", 100L)
                    .containsEntry("get", 100L)
                    .containsEntry("set", 100L)
                    .containsEntry("hincrby", 100L)
                    .doesNotContainKeys("zadd", "zrem", "hset", "pexpire", "publish");
        }
    }

    @Test
    void aPassThatIsReportedUnderTheIdOfItsLiveClaimIsOneOccurrence() {
        try (RedisStore store = open()) {
            Event offer = new Event.Offer(7, 70, OptionalDouble.empty(), Event.Settle.LATER);
            await(store.apply(new Command(DB_DOWN, FIVE, offer)));
            State state = await(store.apply(new Command(DB_DOWN, FIVE, Event.Report.passed(7))))
                    .state();
            assertThat(state.live()).isEmpty();
            assertThat(state.done()).isEqualTo(1);
            Books books = await(store.books()).get("errors");
            assertThat(books).isEqualTo(Books.only(Bucket.IN, 1).with(Bucket.DELIVERED, 1));
        }
    }

    @Test
    void everyKeyHasATimeToLive() {
        try (RedisStore store = open()) {
            Rule budget = Rule.allow("500 per 1h").charged().build();
            for (int i = 0; i < 20; i++) {
                decide(store, Key.of("errors", "s" + i), FIVE);
                decide(store, Key.of("budget", "s" + i), budget);
                claim(store, Key.of("jobs", "s" + i), JOB);
            }
            List<String> keys =
                    server.ask("KEYS", settings.prefix() + ":*").lines().toList();
            assertThat(keys)
                    .hasSizeGreaterThan(60)
                    .allSatisfy(key -> assertThat(Long.parseLong(server.ask("PTTL", key)))
                            .as(key)
                            .isPositive());
        }
    }

    @Test
    @DisplayName("a key costs at most 200 bytes of the server, its name included, also with a full window and a tally")
    void aKeyIsSmall() {
        try (RedisStore store = RedisStore.open(server.url(), RedisSettings.STANDARD)) {
            Rule once = Rule.allow("once per 3h").build();
            for (int i = 0; i < 8; i++) {
                decide(store, Key.of("errors", "subject-123456"), FIVE);
                decide(store, Key.of("margin-call", "user-123456"), once);
            }
            List<String> keys = server.ask("KEYS", "sluice:{*}:[a-z]*").lines().toList();
            assertThat(keys)
                    .hasSize(2)
                    .allSatisfy(key -> assertThat(Long.parseLong(server.ask("MEMORY", "USAGE", key)))
                            .as(key)
                            .isLessThanOrEqualTo(200));
        }
    }

    @Test
    @DisplayName("all keys of a shard have its hash tag, and so one slot of a cluster")
    void keepsEachShardInOneSlot() {
        try (RedisStore store = open()) {
            for (int i = 0; i < 300; i++) {
                Key key = Key.of("errors", "subject-" + i);
                claim(store, key, FIVE);
                String shard = settings.prefix() + ":{" + key.shard() + "}:";
                assertThat(server.ask("EXISTS", shard + key.text(), shard + "~due", shard + "~books"))
                        .isEqualTo("3");
            }
            assertThat(server.ask("KEYS", "*").lines())
                    .allMatch(key -> key.matches(Pattern.quote(settings.prefix()) + ":\\{\\d{1,3}}:.*"));
        }
    }

    @Test
    void isAnsweredByAServerThatForgotItsScripts() {
        try (RedisStore store = open()) {
            claim(store, DB_DOWN, FIVE);
            server.ask("SCRIPT", "FLUSH");
            List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                outcomes.add(Bench.offer(store, DB_DOWN, FIVE));
            }
            assertThat(outcomes)
                    .extracting(it -> await(it).answer() instanceof Answer.Granted)
                    .filteredOn(granted -> granted)
                    .hasSize(4);
        }
    }

    @Test
    void aResetIsAnsweredThoughItsUserMayNotPublish() {
        server.ask("ACL", "SETUSER", "app", "on", ">p@/:%w", "~*", "+@all", "resetchannels");
        String url = server.url().replace("://", "://app:p%40%2F%3A%25w@");
        try (RedisStore store = RedisStore.open(url, settings)) {
            decide(store, DB_DOWN, FIVE);
            Event reset = new Event.Reset(OptionalDouble.empty());
            assertThat(await(store.apply(new Command(DB_DOWN, FIVE, reset)))
                            .state()
                            .done())
                    .isZero();
        }
    }

    @Test
    void answersTheCallsForAKeyInTheirOrder() {
        try (RedisStore store = open()) {
            List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                outcomes.add(store.apply(new Command(DB_DOWN, FIVE, Bench.occurrence(Event.Settle.NOW))));
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(await(outcomes.get(i)).state().seen()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    @DisplayName("the books are exact, whoever moved them, and whatever the bucket")
    void keepsTheBooksOfAllProcesses() {
        Books expected = Books.EMPTY;
        try (RedisStore one = open();
                RedisStore other = open()) {
            for (int i = 0; i < 200; i++) {
                Event offer = Bench.occurrence(i % 3 == 0 ? Event.Settle.LATER : Event.Settle.NOW);
                Key key = Key.of("errors", "s" + i % 7);
                expected = expected.plus(await((i % 2 == 0 ? one : other).apply(new Command(key, FIVE, offer)))
                        .books(offer));
            }
            decide(one, Key.of("other", "s"), FIVE);
            assertThat(await(other.books()).get("errors")).isEqualTo(expected);
            assertThat(await(other.books())).containsOnlyKeys("errors", "other");
            assertThat(expected.unaccounted()).isZero();
        }
    }

    @Test
    void keepsNoBooksWhereNobodyWantsThem() {
        try (RedisStore store = RedisStore.open(server.url(), settings.withBooks(false))) {
            for (int i = 0; i < 10; i++) {
                decide(store, DB_DOWN, FIVE);
            }
            assertThat(await(store.books())).isEmpty();
            assertThat(commands()).doesNotContainKey("hincrby");
        }
    }

    @Test
    @DisplayName("what a forgotten key held is kept in the books of the script, and handed back")
    void booksWhatAForgottenKeyHeld() {
        AtomicLong offset = new AtomicLong();
        Rule silent = Rule.allow("once per 1h").build();
        try (RedisStore store = RedisStore.open(server.url(), settings, RedisClock.movedBy(offset::get))) {
            decide(store, DB_DOWN, silent);
            decide(store, DB_DOWN, silent);
            offset.set(Duration.ofDays(8).toNanos() / 1_000);
            Books kept = Books.moved(Bucket.HELD, Bucket.KEPT, 1);
            assertThat(await(store.forget(key -> Optional.of(silent), 100)))
                    .containsExactly(new Store.Forgotten(DB_DOWN, kept));
            assertThat(await(store.books()).get("errors"))
                    .isEqualTo(
                            Books.only(Bucket.IN, 2).with(Bucket.DELIVERED, 1).with(Bucket.KEPT, 1));
        }
    }

    @Test
    void givesHigherFencesAfterAKeyWentAwayAndTheClockWasSetBack() {
        AtomicLong offset = new AtomicLong();
        try (RedisStore store = RedisStore.open(server.url(), settings, RedisClock.movedBy(offset::get))) {
            Live before = claim(store, DB_DOWN, JOB);
            server.ask("DEL", settings.prefix() + ":{" + DB_DOWN.shard() + "}:" + DB_DOWN.text());
            offset.set(-Duration.ofHours(1).toNanos() / 1_000);

            assertThat(claim(store, DB_DOWN, JOB).fence()).isGreaterThan(before.fence());
        }
    }

    @Test
    void forgetsAnEntryOfTheIndexWhoseKeyWentAway() {
        AtomicLong offset = new AtomicLong();
        try (RedisStore store = RedisStore.open(server.url(), settings, RedisClock.movedBy(offset::get))) {
            claim(store, DB_DOWN, FIVE);
            server.ask("DEL", settings.prefix() + ":{" + DB_DOWN.shard() + "}:" + DB_DOWN.text());
            offset.set(Duration.ofDays(40).toNanos() / 1_000);
            assertThat(await(store.due(10))).containsExactly(DB_DOWN);

            await(store.apply(new Command(DB_DOWN, FIVE, new Event.Take())));
            assertThat(await(store.due(10))).isEmpty();
        }
    }

    @Test
    void tellsOtherProcessesWhichKeyWasArmedAgain() throws Exception {
        BlockingQueue<Key> told = new LinkedBlockingQueue<>();
        Event reset = new Event.Reset(OptionalDouble.empty());
        Key idle = Key.of("errors", "idle");
        try (RedisStore one = open();
                RedisStore other = open()) {
            other.listen(listener(told));
            Live back = claim(one, idle, FIVE);
            await(one.apply(
                    new Command(idle, FIVE, new Event.Release(back.fence(), back.nonce(), Event.Why.WITHDRAWN))));
            await(one.apply(new Command(idle, FIVE, reset)));
            decide(one, DB_DOWN, FIVE);
            await(one.apply(new Command(DB_DOWN, FIVE, reset)));

            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(DB_DOWN);
        }
    }

    private static Store.Listener listener(BlockingQueue<Key> told) {
        return new Store.Listener() {
            @Override
            public void rearmed(Key key) {
                told.add(key);
            }

            @Override
            public void disconnected() {}
        };
    }

    @Test
    void belongsToOneDatabase() {
        try (RedisStore one = open();
                RedisStore other = open()) {
            one.bind("orders");
            other.bind("orders");
            assertThatThrownBy(() -> other.bind("elsewhere"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(settings.prefix())
                    .hasMessageContaining("another database");
        }
    }

    @Test
    @DisplayName("what lies among the keys and is none keeps nothing from being due, listed or forgotten")
    void passesOverWhatIsNotItsOwn() {
        AtomicLong offset = new AtomicLong();
        Rule silent = Rule.allow("once per 1h").build();
        Key past = Key.of("carts", "past");
        try (RedisStore store = RedisStore.open(server.url(), settings, RedisClock.movedBy(offset::get))) {
            claim(store, DB_DOWN, FIVE);
            decide(store, past, silent);
            decide(store, past, silent);
            long due = await(store.nextDue());
            litter(settings.prefix(), DB_DOWN);
            litter(settings.prefix(), past);

            assertThat(await(store.nextDue())).isEqualTo(due);
            offset.set(Duration.ofDays(8).toNanos() / 1_000);
            assertThat(await(store.due(1))).containsExactly(DB_DOWN);
            assertThat(await(store.keys("errors", Optional.empty(), 10))).contains(DB_DOWN);
            assertThat(await(store.forget(
                            key -> Optional.of(silent).filter(it -> key.flow().equals("carts")), 100)))
                    .extracting(Store.Forgotten::key)
                    .containsExactly(past);
            assertThat(store.warnings()).last().asString().contains("38 names", "left alone");
        }
    }

    private static String name(String prefix, Key key) {
        return prefix + ":{" + key.shard() + "}:" + key.text();
    }

    /** Lays all kinds of things beside a key that are no keys. */
    private void litter(String prefix, Key key) {
        String shard = prefix + ":{" + key.shard() + "}:";
        String elsewhere = prefix + ":{" + (key.shard() ^ 1) + "}:";
        server.ask("SET", shard + "without-a-subject", "x");
        server.ask("SET", name(prefix, Key.of(key.flow(), "of-another-format")), "\t");
        server.ask("HSET", name(prefix, Key.of(key.flow(), "a-hash")), "field", "1");
        server.ask("SET", elsewhere + key.text(), "x");
        for (int i = 0; i < 30; i++) {
            server.ask("ZADD", shard + "~due", "1", "none-" + i);
        }
        server.ask("ZADD", elsewhere + "~due", "1", key.text());
    }

    @Test
    void saysThatTheServerIsFullAndLeavesTheKeyAsItWas() {
        try (RedisStore store = open()) {
            decide(store, DB_DOWN, FIVE);
            Books books = await(store.books()).get("errors");
            server.ask("CONFIG", "SET", "maxmemory", "1mb");

            assertThatThrownBy(() -> decide(store, DB_DOWN, FIVE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is full; raise its maxmemory");
            assertThat(await(store.read(DB_DOWN)).orElseThrow().seen()).isEqualTo(1);
            assertThat(await(store.books()).get("errors")).isEqualTo(books);
            server.ask("CONFIG", "SET", "maxmemory", "0");
            assertThat(decide(store, DB_DOWN, FIVE)).isInstanceOf(Answer.Passed.class);
        }
    }

    @Test
    void saysWhatShouldBeChangedAtTheServer() {
        keepOnDisk();
        server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        try (RedisStore store = open()) {
            assertThat(store.warnings())
                    .singleElement()
                    .asString()
                    .contains("allkeys-lru", "set maxmemory-policy to noeviction");
        }
    }

    @Test
    @DisplayName("a server that keeps nothing on disk is warned of in one line that says what a restart loses")
    void saysWhatARestartLosesWhereNothingIsKept() {
        try (RedisStore store = open()) {
            assertThat(store.warnings())
                    .singleElement()
                    .asString()
                    .contains("appendonly no", "a restart loses every window", "set appendonly to yes")
                    .doesNotContain("\n");
        }
        server.ask("CONFIG", "SET", "save", "3600 1");
        try (RedisStore store = open()) {
            assertThat(store.warnings()).isEmpty();
        }
    }

    @Test
    void saysThatPassesWaitForReplicasThatAreNotThere() {
        keepOnDisk();
        try (RedisStore store = RedisStore.open(server.url(), settings.withReplicas(1))) {
            assertThat(store.warnings())
                    .singleElement()
                    .asString()
                    .contains("1 replicas", "0 are connected", "every pass fails");
        }
    }

    private void keepOnDisk() {
        server.ask("CONFIG", "SET", "appendonly", "yes");
    }

    @Test
    void hasNothingToSayAboutAServerThatIsAsItShouldBe() {
        keepOnDisk();
        try (RedisStore store = open()) {
            assertThat(store.warnings()).isEmpty();
        }
    }

    @Test
    void refusesAServerThatIsTooOld() {
        assertThatThrownBy(() -> Inspection.of("redis_version:6.0.16\r\n", Optional.empty())
                        .warnings(0))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("6.0.16 is too old");
        assertThat(Inspection.of("redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n", Optional.empty())
                        .warnings(0))
                .isEmpty();
    }

    @Test
    @DisplayName("TLS: only a server whose certificate is trusted is spoken to")
    void speaksTls(@TempDir Path folder) {
        TlsFiles files = TlsFiles.create(folder);
        try (RedisServer secure = RedisServer.startTls(files)) {
            try (RedisStore store = RedisStore.open(secure.url(), settings.withTrusted(files.certificate()))) {
                assertThat(decide(store, DB_DOWN, FIVE)).isInstanceOf(Answer.Passed.class);
            }
            assertThatThrownBy(() -> RedisStore.open(secure.url(), settings))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("rediss://127.0.0.1");
        }
    }

    @Test
    @DisplayName("a user needs no more rights than docs/stores.md says")
    void needsFewRights() {
        String prefix = settings.prefix();
        keepOnDisk();
        server.ask(("ACL SETUSER gate on >secret ~" + prefix + ":* &" + prefix
                        + ":* +evalsha +eval +script|load +get +set +del +pexpire +hget +hset +hgetall +hincrby"
                        + " +zscore +zadd +zrem +zcard +zrange +zrangebyscore +publish +subscribe +scan +time"
                        + " +info +ping +wait +hello +client +config|get")
                .split(" "));
        try (RedisStore store = RedisStore.open("redis://gate:secret@127.0.0.1:" + server.port(), settings)) {
            store.listen(listener(new LinkedBlockingQueue<>()));
            assertThat(store.warnings()).isEmpty();
            Live claim = claim(store, DB_DOWN, FIVE);
            complete(store, DB_DOWN, FIVE, claim);
            for (int i = 0; i < 8; i++) {
                decide(store, DB_DOWN, FIVE);
            }
            await(store.apply(new Command(DB_DOWN, FIVE, new Event.Reset(OptionalDouble.empty()))));
            assertThat(await(store.due(10))).containsExactly(DB_DOWN);
            assertThat(await(store.nextDue())).isZero();
            assertThat(await(store.keys("errors", Optional.empty(), 10))).containsExactly(DB_DOWN);
            assertThat(await(store.forget(key -> Optional.of(FIVE), 10))).isEmpty();
            assertThat(await(store.books())).containsKey("errors");
            store.bind("orders");
        }
    }

    @Test
    @DisplayName("no message says the password")
    void keepsThePasswordToItself() {
        server.ask("CONFIG", "SET", "requirepass", "right");
        assertThatThrownBy(() -> RedisStore.open("redis://:s3cr3t@127.0.0.1:" + server.port(), settings))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("does not know this user and password")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> RedisStore.open("redis://user:s3cr3t%@127.0.0.1:x", settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasStackTraceContaining("Address")
                .extracting(RedisStoreTest::trace)
                .asString()
                .doesNotContain("s3cr3t");
        try (RedisStore store = RedisStore.open("redis://:right@127.0.0.1:" + server.port(), settings)) {
            assertThat(store.toString()).doesNotContain("right");
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
