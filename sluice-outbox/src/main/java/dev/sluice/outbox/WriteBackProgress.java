package dev.sluice.outbox;

import java.util.Optional;

/**
 * How far the facts of a flow are written back.
 *
 * @param flow which
 * @param written by this process since its start
 * @param failed attempts of this process since its start that failed
 * @param dropped by this process since its start, because they failed for too long
 * @param failure why the last attempt failed; empty if it did not
 */
public record WriteBackProgress(String flow, long written, long failed, long dropped, Optional<String> failure) {}
