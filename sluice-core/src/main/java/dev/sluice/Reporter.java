package dev.sluice;

/**
 * Somebody who reports to a key, kept to know a report that is sent again.
 *
 * @param id who
 * @param last the highest sequence number of its reports that the key has counted
 */
public record Reporter(long id, long last) {}
