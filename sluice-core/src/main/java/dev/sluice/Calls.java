package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls under way to a store, or to a part of it. Each length of patience has a queue, so the first of a queue is always the
 * first that is over. Safe for use by many threads.
 */
final class Calls {
    private static final String TOO_LATE = "it did not answer in time";

    private final Consumer<String> suspect;
    private final Map<Long, Queue<Call<?>>> byPatience = new ConcurrentHashMap<>();

    /** @param suspect hears why a call was not answered */
    Calls(Consumer<String> suspect) {
        this.suspect = suspect;
    }

    /** What is told to whoever asks a store that is known to be away. */
    static StoreException away(String why) {
        return new StoreException("the store is away (" + why + "); it is asked again when it is back");
    }

    <T> CompletionStage<T> ask(long patience, Call<T> call, Supplier<CompletionStage<T>> question) {
        byPatience
                .computeIfAbsent(patience, length -> new ConcurrentLinkedQueue<>())
                .add(call);
        start(question).whenComplete((value, failure) -> {
            if (failure != null) {
                failed(
                        call,
                        failure instanceof CompletionException it && it.getCause() != null ? it.getCause() : failure);
            } else if (call.take()) {
                call.answer().complete(value);
            } else {
                call.late(value);
            }
        });
        return call.answer();
    }

    private static <T> CompletionStage<T> start(Supplier<CompletionStage<T>> question) {
        try {
            return question.get();
        } catch (StoreException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void failed(Call<?> call, Throwable cause) {
        // A key that cannot be read is a fault of its own: the store is there, and nothing is decided about what is not
        // known.
        boolean away = cause instanceof StoreException && !(cause instanceof DamagedStateException);
        if (call.take()) {
            if (away) {
                suspect.accept(String.valueOf(cause.getMessage()));
                call.without((StoreException) cause);
            } else {
                call.answer().completeExceptionally(cause);
            }
        }
        call.ended();
    }

    /** Answers who waits for too long. */
    void look(long tick) {
        if (giveUp(overdue(tick), TOO_LATE)) {
            suspect.accept(TOO_LATE);
        }
    }

    /** Answers all who wait. */
    void giveUp(String why) {
        giveUp(overdue(Long.MAX_VALUE), why);
    }

    private static boolean giveUp(List<Call<?>> overdue, String why) {
        boolean any = false;
        for (Call<?> call : overdue) {
            if (call.take()) {
                call.without(away(why));
                any = true;
            }
        }
        return any;
    }

    private synchronized List<Call<?>> overdue(long tick) {
        List<Call<?>> overdue = new ArrayList<>();
        for (Queue<Call<?>> queue : byPatience.values()) {
            for (@Nullable Call<?> first = queue.peek(); first != null && first.isOver(tick); first = queue.peek()) {
                queue.remove();
                overdue.add(first);
            }
        }
        return overdue;
    }
}
