package dev.sluice.server.crash;

import java.time.Instant;

/**
 * A message whose whole body reached a sink and was not refused there.
 *
 * @param channel name of the channel that the sink stands behind
 * @param id what a receiver knows twins by: the Message-ID without its brackets, or the Idempotency-Key
 * @param told what it says
 * @param at when the body was complete
 * @param conduct what the sink did with it
 */
record Arrival(String channel, String id, Told told, Instant at, Conduct conduct) {
    private static final long NONE = -1;

    /** The number of the message, with which the server begins every id. */
    long message() {
        int dash = id.indexOf('-');
        return dash > 0 && id.substring(0, dash).chars().allMatch(Character::isDigit)
                ? Long.parseLong(id.substring(0, dash))
                : NONE;
    }
}
