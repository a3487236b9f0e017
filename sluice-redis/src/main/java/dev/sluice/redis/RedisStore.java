package dev.sluice.redis;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Packed;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of keys in Redis or Valkey, so that any number of processes share one gate. The step runs in the
 * server: one round trip and one slot for each command, and concurrent commands share a connection without waiting for
 * each other.
 *
 * <p>As durable as the server is: what it forgets in a crash, or in the failover to a replica that was behind, is
 * forgotten. After either, two live claims of an exclusive key may exist for one lease, and the higher fence wins.
 *
 * <p>Every command has a time-out, and fails at once while there is no connection or too many wait for theirs. The
 * stages are completed in threads of the connection: what hangs on them must not block.
 */
public final class RedisStore implements Store {
    private static final System.Logger LOG = System.getLogger(RedisStore.class.getName());

    private final RedisSettings settings;
    private final Link link;
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Asked asked;
    private final Names names;
    private final StepScript script;
    private final Evaluation evaluation;
    private final ServerTime time;
    private final DueIndex index;
    private final Foreign foreign;
    private final Forgetting forgetting;
    private final Replicas replicas;
    private final List<Runnable> onClose = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Address address;
    private List<String> warnings = List.of();

    private RedisStore(Address address, RedisSettings settings, RedisClock clock) {
        this.address = address;
        this.settings = settings;
        this.link = Link.open(address, settings);
        this.redis = link.commands();
        this.asked = new Asked(new Refusals(address));
        this.names = new Names(settings.prefix());
        this.script = new StepScript(names, clock, settings.books());
        this.evaluation = new Evaluation(redis, script);
        this.time = new ServerTime(clock);
        this.foreign = new Foreign(address);
        this.index = new DueIndex(link.connection(), names, foreign);
        this.forgetting = new Forgetting(redis, names, script, evaluation, time, foreign);
        this.replicas = new Replicas(
                link, names, settings.replicas(), settings.timeout().dividedBy(2));
    }

    /** As {@link #open(String, RedisSettings)} with {@link RedisSettings#STANDARD}. */
    public static RedisStore open(String url) {
        return open(url, RedisSettings.STANDARD);
    }

    /**
     * Connects to a server, or a cluster, and looks whether it is fit; warnings are logged.
     *
     * @param url {@code redis://user:password@host:port/number}, {@code rediss://} with TLS, {@code
     *     redis-sentinel://host:port,host:port#master} or {@code redis-cluster://host:port,host:port}
     * @throws IllegalArgumentException if the URL is none of these
     * @throws StoreException if the server is not there, refuses the user, or is older than 6.2
     */
    public static RedisStore open(String url, RedisSettings settings) {
        return open(url, settings, RedisClock.server());
    }

    /** As {@link #open(String, RedisSettings)}, on another clock: for tests. */
    public static RedisStore open(String url, RedisSettings settings, RedisClock clock) {
        RedisStore store = new RedisStore(Address.of(url), settings, clock);
        try {
            store.begin();
            return store;
        } catch (RedisException e) {
            store.close();
            throw new Refusals(store.address).of(e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void begin() {
        warnings = new Opening(link, asked, names, script, settings).warnings();
        time.said(ServerTime.micros(asked.await(redis::time)));
        warnings.forEach(warning -> LOG.log(System.Logger.Level.WARNING, address + ": " + warning));
    }

    /** What should be changed at the server: as it was found at the start, and what was met since; each a sentence. */
    public List<String> warnings() {
        return Stream.concat(warnings.stream(), foreign.warning().stream()).toList();
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        CompletionStage<Outcome> stepped = ask(
                command.key(),
                () -> evaluation.run(command.key(), script.step(command)),
                reply -> outcome(command, reply));
        return settings.replicas() == 0
                ? stepped
                : stepped.thenCompose(outcome -> passes(outcome)
                        ? ask(() -> replicas.have(command.key()), done -> outcome)
                        : CompletableFuture.completedStage(outcome));
    }

    private Outcome outcome(Command command, Stepped stepped) {
        time.stepped(stepped.now());
        return stepped.outcome(command);
    }

    private static boolean passes(Outcome outcome) {
        return outcome.answer() instanceof Answer.Granted || outcome.answer() instanceof Answer.Passed;
    }

    private <A, B> CompletionStage<B> ask(Supplier<? extends CompletionStage<A>> command, Function<A, B> then) {
        return closed.get() ? isClosed() : asked.of(command, then);
    }

    /** About one key. */
    private <A, B> CompletionStage<B> ask(
            Key key, Supplier<? extends CompletionStage<A>> command, Function<A, B> then) {
        return closed.get() ? isClosed() : asked.of(key, command, then);
    }

    private <T> CompletionStage<T> isClosed() {
        return CompletableFuture.failedFuture(new StoreException("the Redis store at " + address + " is closed"));
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return ask(key, () -> redis.get(names.state(key)), RedisStore::state);
    }

    private static Optional<State> state(byte @Nullable [] packed) {
        return Optional.ofNullable(packed).map(Packed::decode);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Of a cluster of which a part is away it gives what the other parts have.
     */
    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return ask(() -> asking(index.due(time.now(), limit)), found -> found);
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return ask(() -> asking(index.nextDue()), found -> found);
    }

    /**
     * What polls keeps the time of the store fresh, too, which drifts where nothing is decided. Where the node that is asked
     * for it is away, what polls others needs no fresh time.
     */
    private <T> CompletionStage<T> asking(CompletionStage<T> what) {
        return redis.time().handle(this::said).thenCombine(what, (said, answer) -> answer);
    }

    private boolean said(@Nullable List<byte[]> now, @Nullable Throwable fault) {
        if (now != null) {
            time.said(ServerTime.micros(now));
        } else if (fault != null && !Refusals.isAway(fault)) {
            throw new CompletionException(fault);
        }
        return now != null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Each page goes through all keys of the server: for people who look, not for work.
     */
    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        TreeSet<String> found = new TreeSet<>();
        String behind = after.map(Key::text).orElse("");
        Supplier<CompletionStage<Void>> scan = () -> new Sweep(redis, names, foreign).all(names.pattern(flow), key -> {
            // A pattern may find the name of the flow in a subject, too.
            if (key.flow().equals(flow) && key.text().compareTo(behind) > 0) {
                found.add(key.text());
                if (found.size() > limit) {
                    found.pollLast();
                }
            }
        });
        return ask(scan, done -> found.stream().map(Key::parse).toList());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Keys that hold nothing go away by themselves ten minutes after they may; this finds those whose counts the books
     * must keep. Where the script keeps the books they are kept already.
     */
    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return ask(() -> forgetting.next(rules, most), found -> found);
    }

    /**
     * The books that the script keeps, by flow: exact at any time, also across kills, because each step books what it
     * moves.
     *
     * @return empty if the store keeps none
     */
    public CompletionStage<Map<String, Books>> books() {
        return ask(
                () -> {
                    List<CompletionStage<Map<byte[], byte[]>>> shards = new ArrayList<>(Names.SHARDS);
                    for (int shard = 0; shard < Names.SHARDS; shard++) {
                        shards.add(redis.hgetall(names.books(shard)));
                    }
                    return Asked.all(shards);
                },
                ShardBooks::sum);
    }

    /**
     * Ties the keys of this prefix to one database, for ever: the first call names it. Servers whose messages lie in
     * different databases must not share their gate.
     *
     * @param database names the database, wherever it is reached
     * @throws StoreException if the keys belong to another database, or the server does not answer
     */
    public void bind(String database) {
        byte[] name = names.database();
        byte[] wanted = database.getBytes(StandardCharsets.UTF_8);
        byte[] bound = asked.await(() -> ask(
                () -> redis.set(name, wanted, SetArgs.Builder.nx()).thenCompose(done -> redis.get(name)), it -> it));
        if (!Arrays.equals(bound, wanted)) {
            throw new StoreException("the keys of prefix " + settings.prefix() + " at " + address
                    + " belong to the messages of another database. Give all servers of this gate one database, or this one"
                    + " another prefix; where the other database is gone for good, delete the key "
                    + settings.prefix() + ":~database");
        }
    }

    @Override
    public boolean shared() {
        return true;
    }

    /** In a cluster each of the shards, which lies on one node, wherever that is; one server is there or away as a whole. */
    @Override
    public int parts() {
        return link.isCluster() ? Names.SHARDS : 1;
    }

    @Override
    public int part(Key key) {
        return link.isCluster() ? key.shard() : 0;
    }

    @Override
    public void listen(Listener listener) {
        Rearmed rearmed = Rearmed.tell(listener, link, names, foreign);
        synchronized (onClose) {
            onClose.add(rearmed::close);
        }
    }

    @Override
    public long now() {
        return time.now();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            synchronized (onClose) {
                onClose.forEach(Runnable::run);
            }
            link.close();
        }
    }

    @Override
    public String toString() {
        return "RedisStore[" + address + ", prefix " + settings.prefix() + "]";
    }
}
