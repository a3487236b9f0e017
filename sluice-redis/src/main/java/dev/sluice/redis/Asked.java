package dev.sluice.redis;

import dev.sluice.DamagedStateException;
import dev.sluice.Key;
import dev.sluice.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** What is asked of the server, with every failure in the words of {@link Refusals}. */
final class Asked {
    private final Refusals refusals;

    Asked(Refusals refusals) {
        this.refusals = refusals;
    }

    /** The answer to one or more commands, made into what the caller wants. */
    <A, B> CompletableFuture<B> of(Supplier<? extends CompletionStage<A>> command, Function<A, B> then) {
        return of(command, then, refusals::of);
    }

    /** As {@link #of(Supplier, Function)}, about one key: what cannot be read is a fault of its state. */
    <A, B> CompletableFuture<B> of(Key key, Supplier<? extends CompletionStage<A>> command, Function<A, B> then) {
        return of(command, found -> read(key, found, then), fault -> refusals.of(fault, key));
    }

    private static <A, B> CompletableFuture<B> of(
            Supplier<? extends CompletionStage<A>> command,
            Function<A, B> then,
            Function<Throwable, StoreException> refused) {
        CompletableFuture<B> answer = new CompletableFuture<>();
        try {
            command.get().whenComplete((got, fault) -> {
                if (fault != null) {
                    answer.completeExceptionally(refused.apply(fault));
                } else {
                    complete(answer, got, then);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(refused.apply(e));
        }
        return answer;
    }

    private static <A, B> B read(Key key, A found, Function<A, B> then) {
        try {
            return then.apply(found);
        } catch (IllegalArgumentException e) {
            throw new DamagedStateException(key.text(), e);
        }
    }

    private static <A, B> void complete(CompletableFuture<B> answer, A got, Function<A, B> then) {
        try {
            answer.complete(then.apply(got));
        } catch (StoreException e) {
            answer.completeExceptionally(e);
        } catch (RuntimeException e) {
            answer.completeExceptionally(
                    new StoreException("what Redis answered cannot be read: " + e.getMessage(), e));
        }
    }

    /** As {@link #of}, and waits for the answer; not in a thread of the connection. */
    <A> A await(Supplier<? extends CompletionStage<A>> command) {
        try {
            return of(command, it -> it).join();
        } catch (CompletionException e) {
            throw refusals.of(e);
        }
    }

    /** All answers, once the last is there. */
    static <A> CompletableFuture<List<A>> all(List<? extends CompletionStage<A>> commands) {
        CompletableFuture<?>[] futures =
                commands.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(futures).thenApply(done -> {
            List<A> answers = new ArrayList<>(commands.size());
            commands.forEach(
                    command -> answers.add(command.toCompletableFuture().join()));
            return answers;
        });
    }
}
