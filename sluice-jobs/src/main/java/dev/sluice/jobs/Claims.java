package dev.sluice.jobs;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Exclusive claims at the store of keys. They fence runs; they do not admit them. Safe for use by many threads. */
final class Claims {
    private final Store store;
    private final RandomGenerator random = new SecureRandom();
    private final Set<Held> live = ConcurrentHashMap.newKeySet();

    Claims(Store store) {
        this.store = store;
    }

    /** What became of the wish for a claim. */
    sealed interface Taken {
        /** Here it is; it is renewed from now on. */
        record Granted(Held held) implements Taken {}

        /** Somebody has it, until this time at the latest. */
        record Refused(Instant until) implements Taken {}
    }

    /** @throws StoreException if the store cannot answer; a claim may then have been given out, which nobody has */
    Taken take(Key key, Rule rule) {
        Event offer = new Event.Offer(
                random.nextLong(),
                random.nextLong(),
                OptionalDouble.empty(),
                Event.Settle.LATER,
                Event.Naming.BY_PROCESS);
        Answer answer = await(store.apply(new Command(key, rule, offer))).answer();
        if (answer instanceof Answer.Granted granted) {
            Claim claim = new Claim(
                    key,
                    granted.claim().fence(),
                    granted.claim().nonce(),
                    Micros.instant(granted.claim().until()));
            Held held = new Held(store, rule, claim);
            live.add(held);
            return new Taken.Granted(held);
        } else if (answer instanceof Answer.Held refused) {
            return new Taken.Refused(Micros.instant(refused.counts().next()));
        }
        throw new StoreException("the store has no room for the claim of " + key + "; it answered " + answer);
    }

    /** Takes the claims of a key away from whoever has them. */
    void evict(Key key, Rule rule) {
        State state = answered(store.read(key)).orElse(State.EMPTY);
        for (Live claim : state.live()) {
            await(store.apply(new Command(key, rule, new Event.Evict(claim.fence()))));
        }
    }

    /** Whether it is in force now. */
    boolean isLive(Claim claim) {
        return answered(store.read(claim.key())).orElse(State.EMPTY).live().stream()
                .anyMatch(live -> live.fence() == claim.fence() && live.nonce() == claim.nonce());
    }

    /** One that somebody outside has; it is not renewed here. */
    Held held(Claim claim, Rule rule) {
        return new Held(store, rule, claim);
    }

    /** It is settled, or somebody else's: it is no longer renewed. */
    void forget(Held held) {
        live.remove(held);
    }

    /** Renews what is due; does not wait for it. */
    void renew() {
        live.forEach(Held::renewIfDue);
    }

    static Outcome await(CompletionStage<Outcome> stage) {
        return answered(stage);
    }

    private static <T> T answered(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreException("the store of keys does not answer: " + cause.getMessage(), cause);
        }
    }
}
