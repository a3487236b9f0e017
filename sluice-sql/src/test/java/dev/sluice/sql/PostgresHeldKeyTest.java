package dev.sluice.sql;

import dev.sluice.testbed.PostgresServer;

class PostgresHeldKeyTest extends HeldKeyContract {
    PostgresHeldKeyTest() {
        super(PostgresServer.shared());
    }
}
