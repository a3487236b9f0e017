package dev.sluice.server.crash;

import java.time.Instant;

/**
 * A broken promise.
 *
 * @param promise which
 * @param flow of which flow; empty if of none or of all
 * @param what the case
 * @param at when the case began: the next interruption is the one to suspect
 */
record Finding(Promise promise, String flow, String what, Instant at) {
    /** What the checker holds the server to. */
    enum Promise {
        /** An acknowledged pass reached each of its sinks, or the server says that it did not. */
        NOTHING_LOST,
        /** Only an unknown outcome is sent twice, only under {@code retry}, and only under the same id. */
        NOTHING_TWICE,
        /** No more than the limit per window. */
        CAP,
        /** What was held is told, once. */
        DIGESTS,
        /** At rest nothing is under way, and every key can pass again. */
        NEVER_STUCK,
        /** What the server says of itself is what was seen. */
        BOOKS,
        /** No call was answered by anything odd. */
        ANSWERS
    }
}
