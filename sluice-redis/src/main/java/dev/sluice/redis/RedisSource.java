package dev.sluice.redis;

import dev.sluice.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells of subjects whose values in Redis may have changed. A channel announces them by name and nothing else, so the
 * values are read from hashes when their turn comes; a subject that is announced again before that is read once. What the
 * channel lost, because it was full, nobody listened or a connection hung, a sweep over all hashes finds. Safe for use by
 * many threads.
 *
 * <p>Begins when it is opened: listens, and sweeps at once.
 */
public final class RedisSource implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RedisSource.class.getName());
    private static final int AT_ONCE = 256;
    private static final int MOST_UNDER_WAY = 4 * AT_ONCE;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PULSE = Duration.ofSeconds(1);

    private final Plan plan;
    private final Sink sink;
    private final RedisHashes hashes;
    private final Changed changed;
    private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
    private final LongAdder announced = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder told = new LongAdder();
    private final HashSweep sweep;
    private final StatefulRedisPubSubConnection<byte[], byte[]> subscription;
    private final ScheduledThreadPoolExecutor timer;
    private final ScheduledFuture<?> pulse;
    private final Thread reading = new Thread(this::read, "sluice-source-reader");

    /**
     * What is announced, and where the values are.
     *
     * @param channel whose messages name subjects
     * @param payload how a message names one; other messages are passed over. The subject is what this template makes of
     *     the parts
     * @param hashes where its values are: of these the first one is swept; where two have the same field, the former has
     *     the word
     * @param sweep between the ends and begins of two sweeps, at least a millisecond
     * @param waiting most subjects that wait to be read; further ones are left to the next sweep
     */
    public record Plan(String channel, NameTemplate payload, List<NameTemplate> hashes, Duration sweep, int waiting) {
        /** @throws IllegalArgumentException if there is no hash, one needs a part that the payload has not, or a number is out of its range */
        public Plan {
            hashes = List.copyOf(hashes);
            if (hashes.isEmpty()) {
                throw new IllegalArgumentException("a source needs at least one hash to read values from");
            }
            for (NameTemplate hash : hashes) {
                if (!payload.parts().containsAll(hash.parts())) {
                    throw new IllegalArgumentException("'" + hash + "' has a part that '" + payload + "' has not");
                }
            }
            if (!hashes.get(0).parts().containsAll(payload.parts())) {
                throw new IllegalArgumentException("'" + hashes.get(0) + "' lacks a part of '" + payload
                        + "', so that a sweep could not tell whose values it found");
            }
            if (sweep.toMillis() < 1 || waiting < 2) {
                throw new IllegalArgumentException("a sweep needs at least 1ms, and 2 subjects must be able to wait");
            }
        }
    }

    /** Takes what was read; of one subject never two things at the same time, and in order. It must not wait. */
    public interface Sink {
        /** The values of a subject now; empty if there are none. The source goes on when the stage is complete. */
        CompletionStage<?> values(String subject, Map<String, String> values);

        /** The values of a subject could not be read. */
        CompletionStage<?> unreadable(String subject, String why);
    }

    /**
     * How far a source has come since it was opened.
     *
     * @param announced messages that named a subject
     * @param refused those of them for which there was no room
     * @param told subjects whose values were handed on, or could not be read
     * @param waiting subjects that wait now
     */
    public record Progress(long announced, long refused, long told, int waiting) {}

    private RedisSource(Plan plan, Sink sink, RedisHashes hashes) {
        this.plan = plan;
        this.sink = sink;
        this.hashes = hashes;
        this.changed = new Changed(plan.waiting());
        this.subscription = hashes.link().subscriber();
        this.sweep = new HashSweep(
                hashes.link(), plan.hashes().get(0), plan.sweep(), parts -> changed.addPatiently(subject(parts)));
        this.timer = new ScheduledThreadPoolExecutor(1, run -> new Thread(run, "sluice-source-pulse"));
        this.pulse = timer.scheduleWithFixedDelay(this::ask, PULSE.toMillis(), PULSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a source at a URL as {@link RedisStore#open} takes it.
     *
     * @throws StoreException if the server is not there, or refuses the user
     * @throws IllegalArgumentException if the URL is none
     */
    public static RedisSource open(String url, RedisSettings settings, Plan plan, Sink sink) {
        RedisHashes hashes = RedisHashes.open(url, settings, plan);
        try {
            RedisSource source = new RedisSource(plan, sink, hashes);
            source.begin();
            return source;
        } catch (RedisException e) {
            hashes.close();
            throw new StoreException(
                    "the channel '" + plan.channel() + "' cannot be listened to: " + e.getMessage(), e);
        }
    }

    private void begin() {
        subscription.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                announced(new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void subscribed(byte[] channel, long count) {
                // Also after each reconnection: what was announced in between is lost.
                sweep.soon();
            }
        });
        reading.start();
        subscription.sync().subscribe(plan.channel().getBytes(StandardCharsets.UTF_8));
        sweep.start();
    }

    /** Something is asked now and then, so that a connection that hangs is found out, and opened anew. */
    private void ask() {
        subscription.async().ping().exceptionally(lost -> "");
    }

    private void announced(String message) {
        Optional<Map<String, String>> parts = plan.payload().read(message);
        if (parts.isPresent()) {
            announced.increment();
            if (!changed.add(subject(parts.get()))) {
                refused.increment();
            }
        }
    }

    private WatchedSubject subject(Map<String, String> parts) {
        return new WatchedSubject(plan.payload().write(parts), parts);
    }

    /** How far it has come. */
    public Progress progress() {
        return new Progress(announced.sum(), refused.sum(), told.sum(), changed.size());
    }

    private void read() {
        try {
            for (List<WatchedSubject> some = changed.take(AT_ONCE); !some.isEmpty(); some = changed.take(AT_ONCE)) {
                underWay.acquire(some.size());
                List<CompletionStage<Map<String, String>>> values = hashes.values(some);
                for (int i = 0; i < some.size(); i++) {
                    tell(some.get(i), values.get(i));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(WatchedSubject subject, CompletionStage<Map<String, String>> read) {
        read.handle((values, failure) ->
                        failure == null ? sink.values(subject.text(), values) : unreadable(subject, failure))
                .thenCompose(told -> told)
                .whenComplete((done, failure) -> {
                    told.increment();
                    changed.done(subject);
                    underWay.release();
                });
    }

    /** What the server refuses stays so; what was lost on the way is read again by the next sweep, which comes soon. */
    private CompletionStage<?> unreadable(WatchedSubject subject, Throwable failure) {
        if (!(cause(failure) instanceof RedisCommandExecutionException)) {
            sweep.soon();
        }
        return sink.unreadable(subject.text(), why(failure));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static String why(Throwable failure) {
        return String.valueOf(cause(failure).getMessage());
    }

    /** Listens no more; what was handed on is waited for, a few seconds at most. */
    @Override
    public void close() {
        pulse.cancel(true);
        timer.shutdownNow();
        sweep.close();
        subscription.close();
        changed.close();
        try {
            reading.join();
            if (!underWay.tryAcquire(MOST_UNDER_WAY, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "A source was closed while the outcome of what it told was open");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hashes.close();
        }
    }
}
