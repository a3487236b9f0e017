package dev.sluice.outbox;

import dev.sluice.Event;
import dev.sluice.Ids;
import dev.sluice.Key;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happened and wants to go out.
 *
 * @param key its flow, variant and subject
 * @param subjectText the subject in full, if it is longer than the one of the key; empty otherwise
 * @param content what it says
 * @param recipients to whom; empty for the recipients of the channels
 * @param request the caller's id and a hash of the request's body, if the call may be repeated
 * @param settle who settles the claim where the flow has no channels
 * @param context what it is part of
 */
public record Occurrence(
        Key key,
        String subjectText,
        Content content,
        List<String> recipients,
        Optional<Request> request,
        Event.Settle settle,
        Context context) {
    private static final int MOST_GROUP = 200;

    /** One that stands for itself. */
    public Occurrence(
            Key key,
            String subjectText,
            Content content,
            List<String> recipients,
            Optional<Request> request,
            Event.Settle settle) {
        this(key, subjectText, content, recipients, request, settle, Context.NONE);
    }

    /** The same, found by a watch: kept in the {@link Episodes} of its flow, if that is one of a watch. */
    public Occurrence sighted(Sighting sighting) {
        return in(new Context(Optional.of(sighting), context.group, context.gathered));
    }

    /**
     * The same, as one of a group: what passes of one flow with the same group, to the same recipient over the same
     * channel, goes out as one message.
     *
     * @param group any text but an empty one
     */
    public Occurrence grouped(String group) {
        String text = Rows.storable(group);
        String kept = text.length() <= MOST_GROUP
                ? text
                : text.substring(0, MOST_GROUP - 20) + "~" + Long.toHexString(Ids.number(text));
        return in(new Context(context.sighting, Optional.of(kept), context.gathered));
    }

    /** The same, which waits for the end of its gathering. */
    Occurrence gathered() {
        return in(new Context(context.sighting, context.group, true));
    }

    private Occurrence in(Context other) {
        return new Occurrence(key, subjectText, content, recipients, request, settle, other);
    }

    /** The same, with a key whose text every database keeps as it is. */
    Occurrence storable() {
        String subject = Rows.storable(key.subject());
        return subject.equals(key.subject())
                ? this
                : new Occurrence(
                        Key.of(key.flow(), key.variant(), subject),
                        subjectText,
                        content,
                        recipients,
                        request,
                        settle,
                        context);
    }

    /** A request that may be repeated: its id, and a hash of its body to tell a repetition from a mistake. */
    public record Request(String id, String bodyHash) {}

    /**
     * What an occurrence is part of.
     *
     * @param sighting what a watch read
     * @param group with whom its message goes out
     * @param gathered whether others of its group are still to come; see {@link Outbox#gather}
     */
    public record Context(Optional<Sighting> sighting, Optional<String> group, boolean gathered) {
        /** Nothing. */
        public static final Context NONE = new Context(Optional.empty(), Optional.empty(), false);
    }
}
