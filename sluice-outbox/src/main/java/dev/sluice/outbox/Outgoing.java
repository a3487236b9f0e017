package dev.sluice.outbox;

import java.time.Duration;

/**
 * One attempt to deliver a message.
 *
 * @param message what to say
 * @param recipient to whom, in the form of the channel; empty if the channel knows
 * @param idempotencyKey the same for every attempt of this delivery, so that the receiver can drop a twin: the local
 *     part of the Message-ID, the Idempotency-Key of a webhook. Letters, digits and dashes only
 * @param attempt 1 for the first
 * @param timeout how long the attempt may take in all
 */
public record Outgoing(Message message, String recipient, String idempotencyKey, int attempt, Duration timeout) {}
