package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns works of many threads into commits: one thread writes, and while a commit is on its way to the disk the next
 * works gather behind it. Nothing waits for a timer. A second thread answers, so that what callers hang on their stages
 * cannot hold up the next commit.
 */
final class GroupCommit implements AutoCloseable {
    private final WorkQueue queue;
    private final int batch;
    private final long pauseNanos;
    private final Writer writer;
    private final Thread writing = new Thread(this::write, "sluice-sql-writer");
    private volatile @Nullable Thread answering;
    private final ExecutorService answers = Executors.newSingleThreadExecutor(this::answerThread);

    /**
     * Room for {@code waiting} works, and {@code batch} to a commit.
     *
     * @param pause how long those who were answered together are waited for, if others wait already; less than a commit
     */
    GroupCommit(Writer writer, int waiting, int batch, Duration pause) {
        this.writer = writer;
        this.pauseNanos = pause.toNanos();
        this.queue = new WorkQueue(waiting);
        this.batch = batch;
    }

    void start() {
        writing.start();
    }

    private Thread answerThread(Runnable run) {
        Thread thread = new Thread(run, "sluice-sql-answers");
        answering = thread;
        return thread;
    }

    <T extends @Nullable Object> CompletionStage<T> add(Collection<Key> keys, Work<T> work, WorkQueue.Rank rank) {
        Pending<T> pending = new Pending<>(keys, work);
        return switch (queue.add(pending, rank)) {
            case ACCEPTED -> pending.future();
            case FULL ->
                CompletableFuture.failedFuture(
                        new StoreException("the store has more to do than it can take in; call again later"));
            case CLOSED -> CompletableFuture.failedFuture(new StoreException("the store is closed"));
        };
    }

    private void write() {
        for (List<Pending<?>> works = queue.take(batch, 0, 0); !works.isEmpty(); works = next(works.size())) {
            writer.commit(works);
            List<Pending<?>> committed = works;
            answers.execute(() -> answer(committed));
        }
    }

    /** Several who wait for their answers ask again when they have them: then one commit does for all of them. */
    private List<Pending<?>> next(int answered) {
        return queue.take(batch, answered > 1 ? answered : 0, pauseNanos);
    }

    private void answer(List<Pending<?>> works) {
        queue.answered(works.size());
        works.forEach(Pending::answer);
    }

    /** Whether this is the thread that writes, which cannot wait for itself. */
    boolean isWriting() {
        return Thread.currentThread().equals(writing);
    }

    /** Commits and answers what was accepted, then ends. Waits for it, except in the thread that answers. */
    @Override
    public void close() {
        queue.close();
        boolean interrupted = waitFor(() -> writing.join());
        answers.shutdown();
        if (!Thread.currentThread().equals(answering)) {
            interrupted |= waitFor(() -> answers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits to the end even if interrupted, and says whether it was. */
    private static boolean waitFor(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    @FunctionalInterface
    private interface Wait {
        void run() throws InterruptedException;
    }
}
