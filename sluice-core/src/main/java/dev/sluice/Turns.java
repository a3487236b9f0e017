package dev.sluice;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Whose turn it is to tell the digest of a key, where several processes see that it is due: the one that has the claim on
 * an exclusive key of the engine's own. One that dies while it tells keeps the others from it for one lease.
 */
final class Turns {
    /** Of the keys that belong to the engine itself; longer than any handler should take. */
    static final Rule RULE =
            Rule.allow("exclusive").lease(Duration.ofMinutes(1)).noBackoff().build();

    private final Store store;
    private final boolean shared;
    private final RandomGenerator random;

    /** @param shared whether there may be other processes */
    Turns(Store store, boolean shared, RandomGenerator random) {
        this.store = store;
        this.shared = shared;
        this.random = random;
    }

    /** Tells, if no other process is about to; whether it told. */
    boolean tell(Key key, BooleanSupplier telling) {
        if (!shared) {
            return telling.getAsBoolean();
        }
        Key turn = Key.of(Budget.FLOW, "digest/" + key.text());
        Event.Offer offer = Event.Offer.unnamed(random, Event.Settle.LATER);
        Answer answer = Gate.await(store.apply(new Command(turn, RULE, offer))).answer();
        if (!(answer instanceof Answer.Granted granted)) {
            return false;
        }
        try {
            return telling.getAsBoolean();
        } finally {
            back(turn, granted.claim());
        }
    }

    private void back(Key turn, Live claim) {
        Event release = new Event.Release(claim.fence(), claim.nonce(), Event.Why.WITHDRAWN);
        Gate.await(store.apply(new Command(turn, RULE, release)));
    }
}
