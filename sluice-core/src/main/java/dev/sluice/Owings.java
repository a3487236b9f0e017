package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was decided without the store, and must be reported to it: passes that have an id each by themselves, all else in
 * sums of a key. Safe for use by many threads.
 */
final class Owings {
    private final int keys;
    private final RandomGenerator ids;
    private final Queue<Command> passes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();

    /** Null in the reference: it was taken out, and is no longer in the map. */
    private final Map<Key, AtomicReference<@Nullable Sum>> sums = new ConcurrentHashMap<>();

    /**
     * @param keys of most so many keys there are sums, and so many passes by themselves; what more comes is in the sums,
     *     and of more keys in that of the overflow subject
     * @param ids where the ids of sums come from; used by many threads
     */
    Owings(int keys, RandomGenerator ids) {
        this.keys = keys;
        this.ids = ids;
    }

    private record Sum(Rule rule, int done, long held, long first, long last) {
        Sum plus(Sum more) {
            if (held == 0 || more.held == 0) {
                Sum times = held == 0 ? more : this;
                return new Sum(more.rule, done + more.done, held + more.held, times.first, times.last);
            }
            return new Sum(
                    more.rule,
                    done + more.done,
                    held + more.held,
                    Math.min(first, more.first),
                    Math.max(last, more.last));
        }

        Command report(Key key, long id) {
            return new Command(key, rule, new Event.Report(id, done, held, first, last));
        }
    }

    /** Whether there is room for sums of the key. The overflow subjects always find some. */
    boolean hasRoom(Key key) {
        return sums.size() < keys || sums.containsKey(key) || key.subject().equals(Key.OVERFLOW);
    }

    /** A pass that the store shall know under the id of its offer. */
    void passed(Command offer, long id) {
        if (queued.incrementAndGet() > keys) {
            queued.decrementAndGet();
            passedOpenly(offer);
        } else {
            passes.add(new Command(offer.key(), offer.rule(), new Event.Report(id, 1, 0, 0, 0)));
        }
    }

    /** A pass like any other. */
    void passedOpenly(Command offer) {
        add(offer, new Sum(offer.rule(), 1, 0, 0, 0));
    }

    /** An occurrence that was held at {@code now}. */
    void held(Command offer, long now) {
        add(offer, new Sum(offer.rule(), 0, 1, now, now));
    }

    private void add(Command offer, Sum one) {
        Key key = hasRoom(offer.key()) ? offer.key() : offer.key().overflow();
        while (!added(key, one)) {
            Thread.onSpinWait();
        }
    }

    /** Without a lock: in an outage every caller of a hot key comes here. */
    private boolean added(Key key, Sum one) {
        AtomicReference<@Nullable Sum> sum = sums.get(key);
        if (sum == null) {
            return sums.putIfAbsent(key, new AtomicReference<>(one)) == null;
        }
        Sum before = sum.get();
        return before != null && sum.compareAndSet(before, before.plus(one));
    }

    private Optional<Sum> remove(Key key) {
        return Optional.ofNullable(sums.remove(key)).map(sum -> sum.getAndSet(null));
    }

    /**
     * Takes up to {@code most} reports out; passes first, because they use up windows.
     *
     * @param busy keys of which reports are under way: theirs wait, so that they do not pile up
     */
    List<Command> take(int most, Set<Key> busy) {
        List<Command> taken = new ArrayList<>();
        List<Command> waiting = new ArrayList<>();
        for (@Nullable Command pass = next(most, taken, waiting); pass != null; pass = next(most, taken, waiting)) {
            (busy.contains(pass.key()) ? waiting : taken).add(pass);
        }
        passes.addAll(waiting);
        queued.addAndGet(-taken.size());
        sums.keySet().stream()
                .filter(key -> !busy.contains(key))
                .limit(most - taken.size())
                .forEach(key -> remove(key).ifPresent(sum -> taken.add(sum.report(key, ids.nextLong()))));
        return taken;
    }

    private @Nullable Command next(int most, List<Command> taken, List<Command> waiting) {
        return taken.size() + waiting.size() < most ? passes.poll() : null;
    }

    /** How many occurrences are owed. */
    long owed() {
        return queued.get()
                + sums.values().stream()
                        .flatMap(sum -> Stream.ofNullable(sum.get()))
                        .mapToLong(sum -> sum.done + sum.held)
                        .sum();
    }
}
