package dev.sluice.outbox;

import java.time.Instant;

/**
 * Writes what becomes of the messages of a flow where somebody else reads it. What it is told is committed before, and it
 * changes nothing: whatever it does or fails to do, messages go out as they would without it.
 *
 * <p>Each fact is written at least once, those of one message in their order: after a crash in between, the same may come
 * again. One that fails is tried again for up to 7 days, or as long as the message is kept, and is dropped then. Called by
 * one thread at a time in a process; it may block.
 */
@FunctionalInterface
public interface WriteBack {
    /**
     * Writes a fact.
     *
     * @throws Exception if it could not be written; what its message says is shown to operators
     */
    void write(Fact fact) throws Exception;

    /**
     * What became of a message.
     *
     * @param message which
     * @param state where it is since then: pending when it was let out, or what it ended as
     * @param at when, by the clock of the database of the messages
     * @param reason why it was not delivered; empty if it was, or may still be
     */
    record Fact(Message message, MessageState state, Instant at, String reason) {}
}
