package dev.sluice.server.config;

import dev.sluice.redis.RedisSettings;
import dev.sluice.sql.SqlSettings;

/**
 * Where state and messages live, and how the server uses what is there. Immutable; prints no secrets.
 *
 * @param store where the state of keys lives
 * @param database where the messages live; the store itself where it {@linkplain StoreUrl#isDatabase is a database}
 * @param redis how a Redis or Valkey is used
 * @param sql how a PostgreSQL or MariaDB is used
 * @param denials most keys that the denial cache of this process remembers, in front of a shared store; 0 for none
 */
public record StoreConfig(StoreUrl store, StoreUrl database, RedisSettings redis, SqlSettings sql, int denials) {
    /** Most keys in the denial cache unless something else is said. */
    static final int DENIALS = 100_000;

    /** A database that holds both, everything else as by default. */
    public static StoreConfig of(StoreUrl database) {
        return new StoreConfig(database, database, RedisSettings.STANDARD, SqlSettings.STANDARD, DENIALS);
    }

    /** Whether the messages live in another place than the state of keys. */
    public boolean isSplit() {
        return !store.equals(database);
    }

    /** In short, for people. */
    @Override
    public String toString() {
        return isSplit() ? store + ", database " + database : store.toString();
    }
}
