package dev.sluice.testbed;

/**
 * An empty database of its own for one test.
 *
 * @param url as Sluice is configured: {@code postgresql://user:password@host:port/name}
 * @param jdbcUrl the same for a driver, with user and password in it
 */
public record Database(String url, String jdbcUrl) {}
