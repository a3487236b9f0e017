package dev.sluice.outbox;

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
 */
public record Occurrence(
        Key key,
        String subjectText,
        Content content,
        List<String> recipients,
        Optional<Request> request,
        dev.sluice.Event.Settle settle) {

    /** The same, with a key whose text every database keeps as it is. */
    Occurrence storable() {
        String subject = Rows.storable(key.subject());
        return subject.equals(key.subject())
                ? this
                : new Occurrence(
                        Key.of(key.flow(), key.variant(), subject), subjectText, content, recipients, request, settle);
    }

    /** A request that may be repeated: its id, and a hash of its body to tell a repetition from a mistake. */
    public record Request(String id, String bodyHash) {}
}
