package dev.sluice;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Somebody who waits for the store, for so long and no longer.
 *
 * @param <T> what is waited for
 */
class Call<T> {
    private final long deadline;
    private final AtomicBoolean waits = new AtomicBoolean(true);
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** @param deadline the tick at which the caller is answered in any case */
    Call(long deadline) {
        this.deadline = deadline;
    }

    /** Whether the one who asks is the first who may answer. */
    final boolean take() {
        return waits.compareAndSet(true, false);
    }

    final boolean isOver(long tick) {
        return !waits.get() || tick >= deadline;
    }

    final CompletableFuture<T> answer() {
        return answer;
    }

    /** The store answered after somebody else did. */
    void late(T value) {}

    /** Nothing more is to come from the store. */
    void ended() {}

    /** Nobody knows what the store did; the caller is answered without it. */
    void without(StoreException why) {
        answer.completeExceptionally(why);
    }
}
