package dev.sluice.sql;

import dev.sluice.testbed.PostgresServer;

class PostgresSharedTest extends SharedStoreContract {
    PostgresSharedTest() {
        super(PostgresServer.shared());
    }

    @Override
    Dialect dialect() {
        return Dialect.POSTGRESQL;
    }
}
