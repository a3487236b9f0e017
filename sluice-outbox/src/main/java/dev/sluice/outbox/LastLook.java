package dev.sluice.outbox;

import dev.sluice.Key;
import java.time.Instant;
import java.util.List;

/**
 * Asked before each attempt of a delivery, the first one included: does it still go out, and to whom? So what has changed
 * since the decision, an address or the reason to send at all, counts at once. Called by the threads of every channel at
 * the same time; it may block, and is interrupted when the lease of the attempt ends.
 */
@FunctionalInterface
public interface LastLook {
    /**
     * How it stands about a delivery now.
     *
     * @throws Exception if that cannot be known just now; it is asked again, and no attempt is used up
     */
    Answer at(Asked asked) throws Exception;

    /**
     * What is asked about.
     *
     * @param key of the message
     * @param recipient to whom the delivery goes, in the form of the channel; empty if that is not known yet
     * @param named whether the occurrence itself said to whom
     * @param decidedAt when it was decided that it may go out
     */
    record Asked(Key key, String recipient, boolean named, Instant decidedAt) {}

    /** What was seen. */
    sealed interface Answer {
        /**
         * It goes out.
         *
         * @param to to whom, in the form of the channel; empty if there is nobody now, which is no failure: the message waits
         *     for one. Without meaning where the occurrence or the channel says to whom
         */
        record Send(List<String> to) implements Answer {
            public Send {
                to = List.copyOf(to);
            }
        }

        /**
         * It is not to go out any more. What may have arrived already is closed as such.
         *
         * @param why as the ledger is to say it
         */
        record Withdraw(String why) implements Answer {}
    }
}
