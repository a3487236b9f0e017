package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import java.time.Duration;
import java.util.List;

/**
 * An attempt that this process may make: of one delivery, or of those of a group as one.
 *
 * @param parts the deliveries
 * @param route of the first
 * @param idempotencyKey the same for every attempt of them
 * @param startedAt begin of its lease
 * @param length of its lease
 */
record Attempt(List<Part> parts, Deliveries.Route route, String idempotencyKey, long startedAt, Duration length) {
    /** The part of the lease that the channel may use: the rest is for writing the outcome down. */
    private static final double SHARE_OF_CHANNEL = 0.8;

    /**
     * A delivery that is tried.
     *
     * @param number how many attempts of it there were, this one included
     */
    record Part(long delivery, int number, Message message) {}

    /** The delivery that the attempt goes by. */
    long delivery() {
        return parts.get(0).delivery();
    }

    List<Key> keys() {
        return parts.stream().map(part -> part.message().key()).distinct().toList();
    }

    /** End of its lease. */
    long until() {
        return startedAt + Micros.of(length);
    }

    /** How long the channel may take from now on; 0 if too little is left of that to begin at all. */
    Duration left(long now) {
        long whole = Math.round((double) Micros.of(length) * SHARE_OF_CHANNEL);
        long left = Math.min(whole, startedAt + whole - now);
        return left < whole / 2 ? Duration.ZERO : Duration.ofMillis(left / 1000);
    }

    /** The same to another recipient. */
    Attempt to(String recipient) {
        return new Attempt(parts, route.to(recipient), idempotencyKey, startedAt, length);
    }

    /** What is handed to the channel {@code timeout} before it must be done. */
    Outgoing outgoing(Duration timeout) {
        Message first = parts.get(0).message();
        List<Message.Member> members = parts.stream()
                .map(part -> part.message())
                .map(each -> new Message.Member(each.id(), each.key(), each.content(), each.tally()))
                .toList();
        Message message = parts.size() == 1 ? first : first.with(members);
        return new Outgoing(
                message, route.recipient(), idempotencyKey, parts.get(0).number(), timeout);
    }
}
