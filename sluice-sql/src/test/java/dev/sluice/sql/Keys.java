package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Short words for what the tests of this module do with keys. */
final class Keys {
    /** Allows five completions in an hour, and tells the rest at the end of it. */
    static final Rule FIVE_PER_HOUR = Rule.allow("5 per 1h").build();

    private static final long PATIENCE_SECONDS = 30;

    private Keys() {}

    static Key key(String subject) {
        return Key.of("errors", subject);
    }

    /** An occurrence that is decided and done in one step. */
    static Command occurrence(String subject, long id) {
        return new Command(
                key(subject), FIVE_PER_HOUR, new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW));
    }

    /** What the stage gives, or what it fails with. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
