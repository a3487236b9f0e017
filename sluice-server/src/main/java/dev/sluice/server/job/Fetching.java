package dev.sluice.server.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Workers that wait for jobs of one kind, first come, first served. They hold no thread: one looks for all of them. Safe for
 * use by many threads.
 */
final class Fetching implements AutoCloseable {
    /** So many workers may wait for one kind at one server. */
    static final int MOST_WAITING = 200;

    /** How often is looked for jobs that became due, or that another server was asked for. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Function<String, Optional<FetchedJob>> take;
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread;
    private boolean closed;

    private record Waiter(String holder, CompletableFuture<Optional<FetchedJob>> answer) {}

    /** @param take gives the job that is due longest to a holder; empty if none is due */
    Fetching(String job, Function<String, Optional<FetchedJob>> take) {
        this.take = take;
        this.thread = new ScheduledThreadPoolExecutor(1, run -> {
            Thread named = new Thread(run, "sluice-jobs-fetch-" + job);
            named.setDaemon(true);
            return named;
        });
        thread.setRemoveOnCancelPolicy(true);
        Future<?> unused =
                thread.scheduleWithFixedDelay(this::serve, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * The next job, or empty if there is none within {@code wait}. Whoever does not wait any more completes the answer.
     *
     * @throws RejectedExecutionException if too many wait already
     */
    CompletableFuture<Optional<FetchedJob>> next(String holder, Duration wait) {
        Waiter waiter = new Waiter(holder, new CompletableFuture<>());
        synchronized (waiting) {
            if (closed) {
                return CompletableFuture.completedFuture(Optional.empty());
            } else if (waiting.size() >= MOST_WAITING) {
                throw new RejectedExecutionException(MOST_WAITING + " workers wait already");
            }
            waiting.add(waiter);
            look();
            // After the look, even without any wait: one thread does both in their order.
            Future<?> end = thread.schedule(
                    () -> waiter.answer().complete(Optional.empty()), wait.toMillis(), TimeUnit.MILLISECONDS);
            Future<?> unused = waiter.answer().whenComplete((found, failure) -> {
                end.cancel(false);
                leave(waiter);
            });
        }
        return waiter.answer();
    }

    private void leave(Waiter waiter) {
        synchronized (waiting) {
            waiting.remove(waiter);
        }
    }

    /** A job may be there: looks soon, if anybody waits. Does not block. */
    void look() {
        synchronized (waiting) {
            if (!closed && !waiting.isEmpty() && asked.compareAndSet(false, true)) {
                thread.execute(this::serve);
            }
        }
    }

    private void serve() {
        asked.set(false);
        try {
            boolean found = true;
            while (found) {
                Optional<Waiter> first = first();
                Optional<FetchedJob> job = first.flatMap(waiter -> take.apply(waiter.holder()));
                // One who went just now lets its lease end.
                job.ifPresent(there -> first.get().answer().complete(job));
                found = job.isPresent();
            }
        } catch (RuntimeException e) {
            all().forEach(waiter -> waiter.answer().completeExceptionally(e));
        }
    }

    private Optional<Waiter> first() {
        synchronized (waiting) {
            return Optional.ofNullable(waiting.peek());
        }
    }

    private List<Waiter> all() {
        synchronized (waiting) {
            return List.copyOf(waiting);
        }
    }

    /** Whoever waits is told that there is nothing. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
        }
        all().forEach(waiter -> waiter.answer().complete(Optional.empty()));
        thread.shutdownNow();
    }
}
