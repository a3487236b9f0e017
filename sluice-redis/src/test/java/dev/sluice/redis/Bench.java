package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Store;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of the store say, in words. */
final class Bench {
    static final Rule FIVE = Rule.allow("5 per 1h").build();
    static final Rule JOB = Rule.allow("exclusive").build();
    static final Key DB_DOWN = Key.of("errors", "db-down");

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PATIENCE_SECONDS = 30;
    private static final AtomicLong IDS = new AtomicLong(1_000);

    private Bench() {}

    /** Settings with a prefix that no other test has, and patience with a busy machine. */
    static RedisSettings fresh() {
        return RedisSettings.STANDARD.withPrefix("test-" + UUID.randomUUID()).withTimeout(PATIENCE);
    }

    static Event.Offer occurrence(Event.Settle settle) {
        long id = IDS.incrementAndGet() * 0x9E3779B97F4A7C15L;
        return new Event.Offer(id, ~id, OptionalDouble.empty(), settle);
    }

    /** Offers something new. */
    static CompletionStage<Outcome> offer(Store store, Key key, Rule rule) {
        return store.apply(new Command(key, rule, occurrence(Event.Settle.LATER)));
    }

    /** Offers something new, and is done with it if it passes. */
    static Answer decide(Store store, Key key, Rule rule) {
        return await(store.apply(new Command(key, rule, occurrence(Event.Settle.NOW))))
                .answer();
    }

    static Live claim(Store store, Key key, Rule rule) {
        Answer answer = await(offer(store, key, rule)).answer();
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).claim();
    }

    static Answer complete(Store store, Key key, Rule rule, Live claim) {
        return await(store.apply(new Command(key, rule, new Event.Complete(claim.fence(), claim.nonce()))))
                .answer();
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
