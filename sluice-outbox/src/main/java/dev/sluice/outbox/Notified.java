package dev.sluice.outbox;

import java.util.Map;

/** What became of a notification. */
public sealed interface Notified {
    /**
     * It was decided and, if it passes, stored: it goes out even if this process dies now.
     *
     * @param decision pass, summary or suppress, with its reason, counts, and when the next one may pass
     * @param channels how the delivery over each channel stands: {@code waiting}, {@code sending}, {@code accepted},
     *     {@code assumed}, {@code dead} or {@code withdrawn}; of several recipients, what is still under way comes first, then
     *     what arrived. Empty if nothing goes out
     */
    record Decided(Acceptance.Decided decision, Map<String, String> channels) implements Notified {
        /** Whether a message goes out for it. */
        public boolean goesOut() {
            return decision.message().isPresent();
        }
    }

    /**
     * The store did not answer, or does not know the flow. Nobody is told by Sluice, unless the answer alone was lost.
     *
     * @param reason why, for a log
     */
    record Unavailable(String reason) implements Notified {}
}
