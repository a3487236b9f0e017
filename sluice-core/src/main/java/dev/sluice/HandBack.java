package dev.sluice;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is owed to a store, on its way there. Of each key one report is under way; one whose outcome is not known is sent
 * again as it was until the store has answered it, and only then the next one, with all that came up meanwhile. So the
 * store needs to remember no more than how far this reporter is. Safe for use by many threads.
 */
final class HandBack {
    /** Between two tries of the same report. */
    private static final long REST = Micros.of(Duration.ofSeconds(1));

    private static final int LAST_TRIES = 5;

    private final Store store;
    private final RandomGenerator ids;

    /** Guarded by this, with everything in it. */
    private final Map<Key, Line> lines = new HashMap<>();

    /** A number that no other reporter has, nor this one had in an earlier life; guarded by this. */
    private long reporter;

    /** Of the report that was begun last, guarded by this. */
    private long sequence;

    /** Whether nothing goes under way any more, so that all of it can be taken. Guarded by this. */
    private boolean givenUp;

    private volatile boolean failed;
    private long restsUntil = Micros.ABSENT;

    HandBack(Store store, RandomGenerator ids) {
        this.store = store;
        this.ids = ids;
        this.reporter = ids.nextLong();
    }

    /** A report that was begun. */
    private record Begun(Owed owed, Command report) {}

    /** What one key is owed. */
    private static final class Line {
        final Deque<Owed> waiting = new ArrayDeque<>();
        Optional<Begun> begun = Optional.empty();
        boolean underWay;

        /** Done when nothing is under way. */
        CompletableFuture<Void> pause = CompletableFuture.completedFuture(null);

        void add(Owed owed) {
            Owed last = waiting.peekLast();
            if (last != null && last.isSum() && owed.isSum()) {
                waiting.removeLast();
                waiting.addLast(last.plus(owed));
            } else {
                waiting.addLast(owed);
            }
        }

        long occurrences() {
            return begun.map(it -> it.owed().occurrences()).orElse(0L)
                    + waiting.stream().mapToLong(Owed::occurrences).sum();
        }
    }

    /** Takes what is owed, to be reported by the next {@link #again}. */
    synchronized void owe(Owed owed) {
        lines.computeIfAbsent(owed.key(), absent -> new Line()).add(owed);
    }

    /**
     * Reports now, or as soon as the store has answered the report before. If none is under way, what the caller asks the
     * store next about the key finds it counted.
     */
    void send(Owed owed) {
        owe(owed);
        proceed(owed.key());
    }

    /** A bounded store that has forgotten the key counts it where it counts all that it has no room for. */
    private void proceed(Key key) {
        next(key)
                .ifPresent(begun -> apply(begun.report()).whenComplete((outcome, failure) -> {
                    answered(begun, outcome);
                    if (outcome != null && outcome.answer() instanceof Answer.Full) {
                        send(begun.owed().overflowed());
                    }
                    if (outcome != null) {
                        proceed(key);
                    }
                }));
    }

    private CompletionStage<Outcome> apply(Command report) {
        try {
            return store.apply(report);
        } catch (StoreException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** What to send of the key; empty if something is under way, or nothing is left. */
    private synchronized Optional<Begun> next(Key key) {
        Line line = lines.get(key);
        if (line == null || line.underWay || givenUp) {
            return Optional.empty();
        }
        if (line.begun.isEmpty()) {
            Owed owed = line.waiting.poll();
            if (owed == null) {
                lines.remove(key);
                line.pause.complete(null);
                return Optional.empty();
            }
            sequence++;
            line.begun = Optional.of(new Begun(owed, owed.report(reporter, sequence)));
        }
        line.underWay = true;
        line.pause = line.pause.isDone() ? new CompletableFuture<>() : line.pause;
        return line.begun;
    }

    private synchronized void answered(Begun begun, @Nullable Outcome outcome) {
        Line line = lines.get(begun.owed().key());
        if (line == null || !line.begun.equals(Optional.of(begun))) {
            return; // It came after that was given up.
        }
        line.underWay = false;
        if (outcome == null) {
            failed = true;
            line.pause.complete(null);
        } else {
            line.begun = Optional.empty();
        }
    }

    /** Sends what waits, unless a try failed within the last second. Called by one thread. */
    void again(long tick) {
        if (failed) {
            failed = false;
            restsUntil = tick + REST;
        }
        if (tick >= restsUntil) {
            sendWaiting();
        }
    }

    private void sendWaiting() {
        keys().forEach(this::proceed);
    }

    /**
     * Takes out up to {@code most} reports of which none is under way, some of which the store may have counted: whoever
     * takes them owes them from now on, in any order. So this goes on as another reporter: a report that was begun may
     * reach the store after those that follow here.
     */
    synchronized List<Command> takeWaiting(int most) {
        List<Command> taken = new ArrayList<>();
        Iterator<Line> each = lines.values().iterator();
        while (each.hasNext() && taken.size() < most) {
            Line line = each.next();
            if (!line.underWay) {
                line.begun.ifPresent(begun -> taken.add(begun.report()));
                line.waiting.forEach(owed -> taken.add(owed.report(ids.nextLong(), 1)));
                each.remove();
                line.pause.complete(null);
            }
        }
        if (!taken.isEmpty()) {
            reporter = ids.nextLong();
        }
        return taken;
    }

    /** Waits for no answer any more: what is under way may be taken, as what waits, and the store may count it yet. */
    synchronized void giveUp() {
        givenUp = true;
        for (Line line : lines.values()) {
            line.underWay = false;
            line.pause.complete(null);
        }
    }

    /** Somebody waits for answers again. */
    synchronized void goOn() {
        givenUp = false;
    }

    /** The keys that are owed something. */
    synchronized Set<Key> keys() {
        return lines.isEmpty() ? Set.of() : Set.copyOf(lines.keySet());
    }

    /** How many occurrences the store has not confirmed. */
    synchronized long owed() {
        return lines.values().stream().mapToLong(Line::occurrences).sum();
    }

    /** Sends everything and waits for the answers; gives how many occurrences are left when the patience is over. */
    long finish(Duration patience) {
        goOn();
        for (int left = LAST_TRIES; left > 0 && !keys().isEmpty(); left--) {
            flush(patience.dividedBy(LAST_TRIES));
        }
        return owed();
    }

    /** Sends what waits, and waits for all that is under way; says whether nothing is left. */
    boolean flush(Duration patience) {
        sendWaiting();
        try {
            CompletableFuture.allOf(pauses().toArray(CompletableFuture<?>[]::new))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            failed = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a pause does not fail", e);
        }
        return keys().isEmpty();
    }

    private synchronized List<CompletableFuture<Void>> pauses() {
        List<CompletableFuture<Void>> pauses = new ArrayList<>();
        lines.values().forEach(line -> pauses.add(line.pause));
        return pauses;
    }
}
