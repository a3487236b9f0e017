package dev.sluice.redis;

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
        CompletableFuture<B> answer = new CompletableFuture<>();
        try {
            command.get().whenComplete((got, fault) -> {
                if (fault != null) {
                    answer.completeExceptionally(refusals.of(fault));
                } else {
                    complete(answer, got, then);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(refusals.of(e));
        }
        return answer;
    }

    private <A, B> void complete(CompletableFuture<B> answer, A got, Function<A, B> then) {
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
