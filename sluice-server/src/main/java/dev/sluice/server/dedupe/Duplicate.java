package dev.sluice.server.dedupe;

/**
 * A row that repeats another.
 *
 * @param at in microseconds, as {@link Judge} takes it
 * @param kept the id of the row that stays
 */
record Duplicate(String id, String user, String content, long at, String kept, Why why) {}
