package dev.sluice.redis;

import dev.sluice.StoreException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * The keys of a server or cluster that fit a pattern, with the time that each has left. Reads page by page and changes
 * nothing; a key may come twice, and one that comes or goes meanwhile may be missing. For one thread.
 */
public final class ExpiringNames implements AutoCloseable {
    private static final int AT_ONCE = 1_000;
    private static final long FOREVER = -1;

    private final Link link;
    private final Refusals refusals;
    private final ScanArgs args;
    private final Deque<RedisClusterAsyncCommands<byte[], byte[]>> left;
    private ScanCursor cursor = ScanCursor.INITIAL;

    private ExpiringNames(Link link, Refusals refusals, String pattern) {
        this.link = link;
        this.refusals = refusals;
        this.args = ScanArgs.Builder.matches(pattern).limit(AT_ONCE);
        this.left = new ArrayDeque<>(link.masters());
    }

    /**
     * A key.
     *
     * @param left how long it lives; empty if it does not expire
     */
    public record Found(String name, Optional<Duration> left) {}

    /**
     * Connects to a URL as {@link RedisStore#open} takes it.
     *
     * @param pattern as SCAN takes it
     * @throws StoreException if the server is not there, or refuses the user
     * @throws IllegalArgumentException if the URL is none
     */
    public static ExpiringNames open(String url, RedisSettings settings, String pattern) {
        Address address = Address.of(url);
        return new ExpiringNames(Link.open(address, settings), new Refusals(address), pattern);
    }

    /**
     * The next page, which may be empty; nothing once all were read.
     *
     * @throws StoreException if the server does not answer
     */
    public Optional<List<Found>> next() {
        RedisClusterAsyncCommands<byte[], byte[]> master = left.peek();
        if (master == null) {
            return Optional.empty();
        }
        try {
            KeyScanCursor<byte[]> page = master.scan(cursor, args).get();
            List<Found> found = lives(master, page.getKeys());
            cursor = page.isFinished() ? ScanCursor.INITIAL : page;
            if (page.isFinished()) {
                left.remove();
            }
            return Optional.of(found);
        } catch (ExecutionException e) {
            throw refusals.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted");
        }
    }

    private static List<Found> lives(RedisClusterAsyncCommands<byte[], byte[]> master, List<byte[]> names)
            throws InterruptedException, ExecutionException {
        List<RedisFuture<Long>> lives = names.stream().map(master::pttl).toList();
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            long millis = lives.get(i).get();
            String name = new String(names.get(i), StandardCharsets.UTF_8);
            if (millis == FOREVER) {
                found.add(new Found(name, Optional.empty()));
            } else if (millis >= 0) {
                found.add(new Found(name, Optional.of(Duration.ofMillis(millis))));
            }
        }
        return found;
    }

    @Override
    public void close() {
        link.close();
    }
}
