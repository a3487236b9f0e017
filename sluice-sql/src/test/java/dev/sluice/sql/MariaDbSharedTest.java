package dev.sluice.sql;

import dev.sluice.testbed.MariaDbServer;

class MariaDbSharedTest extends SharedStoreContract {
    MariaDbSharedTest() {
        super(MariaDbServer.shared());
    }

    @Override
    Dialect dialect() {
        return Dialect.MARIADB;
    }
}
