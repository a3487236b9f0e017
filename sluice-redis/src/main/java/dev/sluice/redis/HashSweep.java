package dev.sluice.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Names every subject that has a hash, again and again, in a thread of its own. In no hurry: where much waits already, it
 * waits too.
 */
final class HashSweep implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HashSweep.class.getName());
    private static final int AT_ONCE = 1_000;

    /** After a sweep that failed: what was lost meanwhile must not wait for the next one. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Link link;
    private final NameTemplate hash;
    private final Duration every;
    private final Found found;
    private final Semaphore wanted = new Semaphore(1);
    private final Thread thread = new Thread(this::run, "sluice-source-sweep");
    private boolean failing;
    private boolean swept;
    private long last;

    /** Takes the parts of the names of hashes. */
    @FunctionalInterface
    interface Found {
        void add(Map<String, String> parts) throws InterruptedException;
    }

    /** Sweeps as soon as it is started, and then {@code every} so often, counted from the end of the last one. */
    HashSweep(Link link, NameTemplate hash, Duration every, Found found) {
        this.link = link;
        this.hash = hash;
        this.every = every;
        this.found = found;
    }

    void start() {
        thread.start();
    }

    /** As soon as possible, once more. */
    void soon() {
        wanted.release();
    }

    private void run() {
        try {
            while (true) {
                Duration rest = failing && RETRY.compareTo(every) < 0 ? RETRY : every;
                wanted.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS);
                wanted.drainPermits();
                rest();
                sweep();
                last = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever asks again and again gets a sweep a second. */
    private void rest() throws InterruptedException {
        long since = System.nanoTime() - last;
        if (swept && since < RETRY.toNanos()) {
            TimeUnit.NANOSECONDS.sleep(RETRY.toNanos() - since);
        }
        swept = true;
    }

    private void sweep() throws InterruptedException {
        try {
            for (RedisClusterAsyncCommands<byte[], byte[]> master : link.masters()) {
                sweep(master);
            }
            if (failing) {
                LOG.log(Level.INFO, "The hashes ''{0}'' can be swept again", hash);
            }
            failing = false;
        } catch (ExecutionException | RedisException e) {
            if (!failing) {
                LOG.log(
                        Level.WARNING,
                        "The hashes ''{0}'' cannot be swept; it is tried again: {1}",
                        hash,
                        e.getMessage());
            }
            failing = true;
        }
    }

    private void sweep(RedisClusterAsyncCommands<byte[], byte[]> master)
            throws InterruptedException, ExecutionException {
        ScanArgs args = ScanArgs.Builder.matches(hash.glob()).limit(AT_ONCE);
        ScanCursor cursor = ScanCursor.INITIAL;
        while (!cursor.isFinished()) {
            KeyScanCursor<byte[]> names = master.scan(cursor, args).get();
            for (byte[] name : names.getKeys()) {
                Optional<Map<String, String>> parts = hash.read(new String(name, StandardCharsets.UTF_8));
                if (parts.isPresent()) {
                    found.add(parts.get());
                }
            }
            cursor = names;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
