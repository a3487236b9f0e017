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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was decided without a part of the store, and must be reported to it: passes that have an id each by themselves, all
 * else in sums of a key. Safe for use by many threads.
 */
final class Owings {
    private final Places places;
    private final Queue<Owed> passes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();

    /** Null in the reference: it was taken out, and is no longer in the map. */
    private final Map<Key, AtomicReference<@Nullable Owed>> sums = new ConcurrentHashMap<>();

    Owings(Places places) {
        this.places = places;
    }

    /**
     * What all parts of a store share.
     *
     * @param passes so many stand by themselves; what more comes is in the sums
     * @param sums of most so many keys; what more comes is in that of the overflow subject
     */
    record Places(Room passes, Room sums) {
        /** For so many keys. */
        static Places of(int keys) {
            return new Places(new Room(keys), new Room(keys));
        }
    }

    /** Whether there is room for sums of the key. The overflow subjects always find some. */
    boolean hasRoom(Key key) {
        return places.sums.isLeft() || sums.containsKey(key) || key.subject().equals(Key.OVERFLOW);
    }

    /** A pass that the store shall know under the id of its offer. */
    void passed(Command offer, long id) {
        if (places.passes.take()) {
            queued.incrementAndGet();
            passes.add(Owed.passed(offer, id));
        } else {
            passedOpenly(offer);
        }
    }

    /** A pass like any other. */
    void passedOpenly(Command offer) {
        add(Owed.passedOpenly(room(offer), offer.rule()));
    }

    /** An occurrence that was held at {@code now}. */
    void held(Command offer, long now) {
        add(Owed.held(room(offer), offer.rule(), 1, now, now));
    }

    private Key room(Command offer) {
        return hasRoom(offer.key()) ? offer.key() : offer.key().overflow();
    }

    private void add(Owed one) {
        while (!added(one)) {
            Thread.onSpinWait();
        }
    }

    /** Without a lock: in an outage every caller of a hot key comes here. */
    private boolean added(Owed one) {
        AtomicReference<@Nullable Owed> sum = sums.get(one.key());
        if (sum == null) {
            boolean begun = sums.putIfAbsent(one.key(), new AtomicReference<>(one)) == null;
            if (begun) {
                places.sums.exceed();
            }
            return begun;
        }
        Owed before = sum.get();
        return before != null && sum.compareAndSet(before, before.plus(one));
    }

    private Optional<Owed> remove(Key key) {
        AtomicReference<@Nullable Owed> sum = sums.remove(key);
        if (sum == null) {
            return Optional.empty();
        }
        places.sums.giveBack(1);
        return Optional.ofNullable(sum.getAndSet(null));
    }

    /**
     * Takes up to {@code most} out; passes first, because they use up windows.
     *
     * @param busy keys of which reports are under way: theirs wait, so that they do not pile up
     */
    List<Owed> take(int most, Set<Key> busy) {
        List<Owed> taken = new ArrayList<>();
        List<Owed> waiting = new ArrayList<>();
        for (@Nullable Owed pass = next(most, taken, waiting); pass != null; pass = next(most, taken, waiting)) {
            (busy.contains(pass.key()) ? waiting : taken).add(pass);
        }
        passes.addAll(waiting);
        queued.addAndGet(-taken.size());
        places.passes.giveBack(taken.size());
        sums.keySet().stream()
                .filter(key -> !busy.contains(key))
                .limit(most - taken.size())
                .forEach(key -> remove(key).ifPresent(taken::add));
        return taken;
    }

    private @Nullable Owed next(int most, List<Owed> taken, List<Owed> waiting) {
        return taken.size() + waiting.size() < most ? passes.poll() : null;
    }

    /** How many occurrences are owed. */
    long owed() {
        return queued.get()
                + sums.values().stream()
                        .flatMap(sum -> Stream.ofNullable(sum.get()))
                        .mapToLong(Owed::occurrences)
                        .sum();
    }
}
