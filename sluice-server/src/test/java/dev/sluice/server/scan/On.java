package dev.sluice.server.scan;

import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisServer;

/** Where the state of keys and the messages of several servers are. */
enum On {
    POSTGRESQL,
    MARIADB,
    REDIS;

    /** A new database: of a shop, or of messages. */
    Database database() {
        return this == MARIADB
                ? MariaDbServer.shared().fresh()
                : PostgresServer.shared().fresh();
    }

    /** The lines of a configuration that name new ones. */
    String stores(RedisServer redis) {
        String database = database().url();
        return this == REDIS ? "store: " + redis.url() + "\ndatabase: " + database : "store: " + database;
    }
}
