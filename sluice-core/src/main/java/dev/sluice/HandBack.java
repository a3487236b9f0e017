package dev.sluice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Reports on their way to a store. One whose outcome is not known is sent again under its id, until the store has
 * counted it. Safe for use by many threads.
 */
final class HandBack {
    /** Between two tries of the same report. */
    private static final long REST = Micros.of(Duration.ofSeconds(1));

    private static final int LAST_TRIES = 5;
    private static final CompletableFuture<Boolean> WAITS = CompletableFuture.completedFuture(false);

    private final Store store;

    /** Whether each was counted; false, once that is done, if it must be sent again. */
    private final Map<Command, CompletableFuture<Boolean>> reports = new ConcurrentHashMap<>();

    private volatile boolean failed;
    private long restsUntil = Micros.ABSENT;

    HandBack(Store store) {
        this.store = store;
    }

    /** Takes a report, to be sent by the next {@link #again}. */
    void owe(Command report) {
        reports.put(report, WAITS);
    }

    /** Sends a report now; what the caller asks the store next about the key finds it counted. */
    void send(Command report) {
        CompletableFuture<Boolean> counted = new CompletableFuture<>();
        reports.put(report, counted);
        apply(report).whenComplete((outcome, failure) -> {
            if (failure == null) {
                reports.remove(report);
            } else {
                failed = true;
            }
            counted.complete(failure == null);
        });
    }

    /** A bounded store that has forgotten the key counts it where it counts all that it has no room for. */
    private CompletionStage<Outcome> apply(Command report) {
        try {
            return store.apply(report)
                    .thenCompose(outcome -> outcome.answer() instanceof Answer.Full
                            ? store.apply(new Command(report.key().overflow(), report.rule(), report.event()))
                            : CompletableFuture.completedStage(outcome));
        } catch (StoreException e) {
            return CompletableFuture.failedStage(e);
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
        reports.forEach((report, counted) -> {
            if (counted.isDone()) {
                send(report);
            }
        });
    }

    /** Takes out up to {@code most} that wait to be sent again: whoever takes them owes them from now on. */
    List<Command> takeWaiting(int most) {
        List<Command> taken = new ArrayList<>();
        reports.forEach((report, counted) -> {
            if (taken.size() < most && counted.isDone() && reports.remove(report, counted)) {
                taken.add(report);
            }
        });
        return taken;
    }

    /** The keys of which a report is not confirmed. */
    Set<Key> keys() {
        return reports.isEmpty()
                ? Set.of()
                : reports.keySet().stream().map(Command::key).collect(Collectors.toSet());
    }

    /** How many occurrences the reports hold that the store has not confirmed. */
    long owed() {
        return reports.keySet().stream().mapToLong(HandBack::occurrences).sum();
    }

    private static long occurrences(Command report) {
        return report.event() instanceof Event.Report it ? it.done() + it.held() : 0;
    }

    /** Sends everything and waits for the answers; gives how many occurrences are left when the patience is over. */
    long finish(Duration patience) {
        for (int left = LAST_TRIES; left > 0 && !reports.isEmpty(); left--) {
            flush(patience.dividedBy(LAST_TRIES));
        }
        return owed();
    }

    /** Sends what waits, and waits for all that is under way; says whether nothing is left. */
    boolean flush(Duration patience) {
        sendWaiting();
        try {
            CompletableFuture.allOf(reports.values().toArray(CompletableFuture<?>[]::new))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            failed = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a report that fails is one that must be sent again", e);
        }
        return reports.isEmpty();
    }
}
