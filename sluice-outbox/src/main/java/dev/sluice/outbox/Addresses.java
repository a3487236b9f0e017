package dev.sluice.outbox;

import dev.sluice.Key;
import java.util.List;

/**
 * Looks up to whom messages about a subject go: asked again before each attempt, so that a new address counts at once.
 * Called by the threads of every channel at the same time; it may block, and is interrupted when the lease of the attempt
 * ends.
 */
@FunctionalInterface
public interface Addresses {
    /**
     * To whom, in the form of the channel; empty if there is nobody now, which is no failure: the message waits for one.
     *
     * @throws Exception if that cannot be known just now; it is asked again, and no attempt is used up
     */
    List<String> of(Key key) throws Exception;
}
