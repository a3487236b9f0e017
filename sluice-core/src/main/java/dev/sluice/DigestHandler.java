package dev.sluice;

/** Tells somebody what was held. Called by the gate's timer, one call at a time. */
@FunctionalInterface
public interface DigestHandler {
    /**
     * Tells a closed tally. It counts as told when this returns.
     *
     * @param key what was held
     * @param tally how many, and when; its number is the same if this call is repeated
     * @throws Exception if it could not be told; the same tally is given again later
     */
    void tell(Key key, Out tally) throws Exception;
}
