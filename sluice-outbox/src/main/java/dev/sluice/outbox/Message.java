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
 * @param inside what else it tells of
 */
public record Message(long id, Key key, Kind kind, Content content, Tally tally, Window window, Inside inside) {
    /** One that goes out alone. */
    public Message(long id, Key key, Kind kind, Content content, Tally tally, Window window, List<Sample> samples) {
        this(id, key, kind, content, tally, window, new Inside(samples, List.of()));
    }

    /** Examples of what was held, oldest first; empty but for digests and passes that tell held ones. */
    public List<Sample> samples() {
        return inside.samples;
    }

    /** All messages of a group that go out as this one, itself among them; empty if it goes out alone. */
    public List<Member> members() {
        return inside.members;
    }

    /** The same as that of a group. */
    Message with(List<Member> members) {
        return new Message(id, key, kind, content, tally, window, new Inside(samples(), members));
    }

    /**
     * What a message tells of beside its own occurrence.
     *
     * @param samples see {@link Message#samples}
     * @param members see {@link Message#members}
     */
    public record Inside(List<Sample> samples, List<Member> members) {}

    /**
     * One message of a group.
     *
     * @param id its number
     * @param key whose message it is
     * @param content what its occurrence said
     * @param tally the counts it tells
     */
    public record Member(long id, Key key, Content content, Tally tally) {}

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
