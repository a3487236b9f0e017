package dev.sluice.outbox;

import dev.sluice.Key;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as a channel tells it.
 *
 * @param id its number
 * @param key whose message it is
 * @param kind what kind
 * @param content what the occurrence said; for a digest, the first sample's
 * @param tally the counts it tells
 * @param window when it was decided, and until when further ones are held
 * @param samples examples of what was held, oldest first; empty but for digests and passes that tell held ones
 */
public record Message(long id, Key key, Kind kind, Content content, Tally tally, Window window, List<Sample> samples) {

    /** What a message is. */
    public enum Kind {
        /** One occurrence. */
        PASS,
        /** One occurrence that says how many there were. */
        SUMMARY,
        /** What was held, told when the window closed. */
        DIGEST,
        /** To the operator. */
        NOTICE,
        /** A zone of a watch is over, of which the same receivers were told. */
        RESOLVED;

        /** Whether it tells something that happened; all others tell of such. */
        public boolean isOccurrence() {
            return this != DIGEST && this != RESOLVED;
        }
    }

    /**
     * The counts that a message tells.
     *
     * @param occurrences seen in the window, this one included; for a digest equal to {@code held}; of an episode that is
     *     over, its checks
     * @param held held since the last telling; of an episode that is over, in all of it, told or not
     * @param first when the first held one came; of an episode, when it began
     * @param last when the last held one came; of an episode, when it was seen last
     */
    public record Tally(long occurrences, long held, Optional<Instant> first, Optional<Instant> last) {}

    /**
     * Where a message stands in its window.
     *
     * @param decidedAt when
     * @param heldUntil on the last pass of a window: until when further ones are held, as far as it is known
     */
    public record Window(Instant decidedAt, Optional<Instant> heldUntil) {}
}
