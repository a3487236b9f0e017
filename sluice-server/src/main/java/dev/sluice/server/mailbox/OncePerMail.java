package dev.sluice.server.mailbox;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.ContentHash;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.OnOutage;
import dev.sluice.Outcome;
import dev.sluice.Reason;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Lets each message of a mailbox out once in 30 days, whoever asks. Safe for use by many threads; all methods throw
 * {@link StoreException} if the store cannot answer.
 */
final class OncePerMail {
    /** The variant of the job's flow that the keys of messages are in. */
    static final String VARIANT = "mail";

    private static final int LEAST_LOOKS = 100;
    private static final int LOOKS_EACH = 2;

    private final String job;
    private final Store keys;
    private final Rule rule;
    private final RandomGenerator random = new SecureRandom();

    /** @param lease for which the outcome of a message is waited for whose worker is gone */
    OncePerMail(String job, Store keys, Duration lease, OnLost onLost) {
        this.job = job;
        this.keys = keys;
        rule = Rule.allow("once per 30d")
                .digest(Digest.OFF)
                .lease(lease)
                .onLost(onLost)
                .noBackoff()
                .onOutage(OnOutage.CLOSED)
                .build();
    }

    /** Whose turn a message is. */
    sealed interface Turn {
        /** It is to be told, and settled, by whoever asked. */
        record Mine(Claim claim) implements Turn {
            /** The same for the same message of the same mailbox, whoever tells it. */
            String idempotencyKey() {
                return ContentHash.of(List.of(List.of(Optional.of(claim.key().text()))));
            }
        }

        /** It was told. */
        record Told() implements Turn {}

        /** Somebody else was telling it, which is known to have come to nothing at {@code until}, if not before. */
        record Elsewhere(Instant until) implements Turn {}
    }

    Turn take(String subject, String messageId) {
        Key key = key(subject, messageId);
        Event.Offer offer = new Event.Offer(
                random.nextLong(),
                random.nextLong(),
                OptionalDouble.empty(),
                Event.Settle.LATER,
                Event.Naming.BY_PROCESS);
        Answer answer = apply(key, offer).answer();
        if (answer instanceof Answer.Granted granted) {
            return new Turn.Mine(new Claim(
                    key,
                    granted.claim().fence(),
                    granted.claim().nonce(),
                    Micros.instant(granted.claim().until())));
        } else if (answer instanceof Answer.Held held) {
            return held.reason() == Reason.IN_FLIGHT
                    ? new Turn.Elsewhere(Micros.instant(held.counts().next()))
                    : new Turn.Told();
        }
        throw new StoreException("the store has no room for " + key + "; it answered " + answer);
    }

    /** It was told, or is given up. */
    Settlement complete(Claim claim) {
        return settle(claim, new Event.Complete(claim.fence(), claim.nonce()));
    }

    /** It was not told, as far as is known, and may be taken again. */
    Settlement release(Claim claim) {
        return settle(claim, new Event.Release(claim.fence(), claim.nonce(), Event.Why.FAILED));
    }

    /** Takes messages out of the store that were told long ago; more of them after a run that brought many in. */
    void forget(int told) {
        await(keys.forget(
                key -> key.flow().equals(job) && key.variant().equals(VARIANT) ? Optional.of(rule) : Optional.empty(),
                LEAST_LOOKS + LOOKS_EACH * told));
    }

    /** By the clock of the keys. */
    Instant now() {
        return Micros.instant(keys.now());
    }

    boolean dropsLost() {
        return rule.onLost() == OnLost.DROP;
    }

    Duration lease() {
        return Micros.duration(rule.lease());
    }

    /** No Message-ID holds a space, so no two pairs share a key. PostgreSQL keeps no U+0000. */
    private Key key(String subject, String messageId) {
        return Key.of(job, VARIANT, (messageId + ' ' + subject).replace('\0', '\uFFFD'));
    }

    private Settlement settle(Claim claim, Event event) {
        return apply(claim.key(), event).answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE;
    }

    private Outcome apply(Key key, Event event) {
        return await(keys.apply(new Command(key, rule, event)));
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreException("the store of keys does not answer: " + cause.getMessage(), cause);
        }
    }
}
