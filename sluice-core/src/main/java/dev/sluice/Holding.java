package dev.sluice;

import java.lang.System.Logger;
import java.time.Duration;

/**
 * An exclusive claim that is held for as long as an action runs: see {@link Gate#hold}. Safe for use by many threads.
 *
 * <p>Ask {@link #isHeld} before each step. A process that stood still for longer than a lease learns there that its claim
 * is lost and somebody else may have the key; a step that was already on its way by then is for its receiver to refuse,
 * who compares {@link #fence fences}.
 */
public final class Holding {
    private static final Logger LOG = System.getLogger(Holding.class.getName());

    private final Gate gate;
    private final Claim claim;
    private final Duration lease;
    private volatile boolean lost;

    /**
     * What is done under a claim that is held.
     *
     * @param <E> what it may fail with
     */
    @FunctionalInterface
    public interface Action<E extends Exception> {
        /** Does it. */
        void run(Holding holding) throws E;
    }

    Holding(Gate gate, Claim claim, Duration lease) {
        this.gate = gate;
        this.claim = claim;
        this.lease = lease;
    }

    /** The key that is held. */
    public Key key() {
        return claim.key();
    }

    /** Higher than that of every holder of the key before. */
    public long fence() {
        return claim.fence();
    }

    /** The claim as text, by which others may ask for it. */
    public String token() {
        return claim.token();
    }

    /**
     * Whether the claim is held, and will be for a lease from now: asks the store, by extending it. False for ever once
     * it was lost.
     *
     * @throws StoreException if the store cannot answer: nobody knows then, and no further step may be taken
     */
    public boolean isHeld() {
        if (!lost) {
            heard(gate.extend(claim, lease));
        }
        return !lost;
    }

    Claim claim() {
        return claim;
    }

    Duration lease() {
        return lease;
    }

    /** What the store said to an extension. */
    void heard(Settlement extension) {
        if (extension == Settlement.STALE && !lost) {
            lost = true;
            LOG.log(
                    Logger.Level.WARNING,
                    "The claim of {0} was lost while it was held: another holder may be at work. The action under it"
                            + " ends where it asks next whether it is held",
                    key());
        }
    }
}
