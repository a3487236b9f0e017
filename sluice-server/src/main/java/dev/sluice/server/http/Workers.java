package dev.sluice.server.http;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs what blocks: on virtual threads where the JDK has them, else on a few threads. */
final class Workers implements AutoCloseable {
    private static final int VIRTUAL_THREADS_SINCE = 21;
    private static final int THREADS = 8;

    /** Most works that run or wait; further ones are refused rather than kept. */
    private static final int MOST = 256;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ExecutorService executor;
    private final Semaphore room = new Semaphore(MOST);

    Workers() {
        executor = Runtime.version().feature() >= VIRTUAL_THREADS_SINCE ? virtual() : pool();
    }

    /**
     * Runs {@code work} on a worker.
     *
     * @throws RejectedExecutionException if too much waits already
     */
    <T> CompletionStage<T> run(Supplier<T> work) {
        if (!room.tryAcquire()) {
            throw new RejectedExecutionException("all workers are busy");
        }
        return CompletableFuture.supplyAsync(work, executor).whenComplete((value, failure) -> room.release());
    }

    /** Source level 17 does not know the method, so it is asked for by name. */
    private static ExecutorService virtual() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return pool();
        }
    }

    private static ExecutorService pool() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MOST), work -> {
                    Thread thread = new Thread(work, "sluice-page");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Waits a little for what runs, then interrupts it. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
