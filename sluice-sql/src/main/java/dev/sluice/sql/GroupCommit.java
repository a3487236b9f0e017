package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns works of many threads into commits: one thread writes, and while a commit is on its way to the disk the next
 * works gather behind it. No commit waits for a timer. A second thread answers, so that what callers hang on their stages
 * cannot hold up the next commit.
 */
final class GroupCommit implements AutoCloseable {
    private final WorkQueue queue;
    private final Room room;
    private final Writer writer;
    private final HeldUp heldUp;
    private final Thread writing = new Thread(this::write, "sluice-sql-writer");
    private volatile @Nullable Thread answering;
    private final ExecutorService answers = Executors.newSingleThreadExecutor(this::answerThread);
    private final Optional<Deadlines> deadlines;

    /** @param database who is said not to have answered */
    GroupCommit(Writer writer, HeldUp heldUp, Room room, String database) {
        this.writer = writer;
        this.heldUp = heldUp;
        this.room = room;
        this.queue = new WorkQueue(room.waiting());
        this.deadlines = room.patience().map(patience -> new Deadlines(database, patience, answers));
    }

    /**
     * How much is taken in at once.
     *
     * @param waiting most works that may wait or be under way
     * @param batch most works in one commit
     * @param patience how long a caller waits at most; empty for as long as it takes
     * @param pause how long those who were answered together are waited for, if others wait already; less than a commit
     */
    record Room(int waiting, int batch, Optional<Duration> patience, Duration pause) {}

    void start() {
        deadlines.ifPresent(Deadlines::start);
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
            case ACCEPTED -> {
                deadlines.ifPresent(each -> each.add(pending));
                yield pending.future();
            }
            case FULL ->
                CompletableFuture.failedFuture(
                        new StoreException("the store has more to do than it can take in; call again later"));
            case CLOSED -> CompletableFuture.failedFuture(new StoreException("the store is closed"));
        };
    }

    private void write() {
        int answered = 0;
        while (!queue.isDone() || heldUp.hasWorks()) {
            List<Pending<?>> settled = writer.commit(next(answered));
            answered = settled.size();
            if (answered > 0) {
                answers.execute(() -> answer(settled));
            }
        }
    }

    /**
     * Those that had to wait for a key and came first, then those that came since. Several who wait for their answers ask
     * again when they have them: then one commit does for all of them.
     */
    private List<Pending<?>> next(int answered) {
        List<Pending<?>> works = new ArrayList<>(heldUp.next(room.batch(), writer::held));
        int most = room.batch() - works.size();
        if (most > 0) {
            boolean alone = works.isEmpty();
            long idle = !alone ? 0 : heldUp.keys().isEmpty() ? Long.MAX_VALUE : HeldUp.REST_NANOS;
            works.addAll(queue.take(
                    most,
                    idle,
                    alone && answered > 1 ? answered : 0,
                    room.pause().toNanos()));
        }
        return works;
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
        Interrupts.outlast(writing::join);
        deadlines.ifPresent(Deadlines::close);
        answers.shutdown();
        if (!Thread.currentThread().equals(answering)) {
            Interrupts.outlast(() -> answers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
        }
    }
}
