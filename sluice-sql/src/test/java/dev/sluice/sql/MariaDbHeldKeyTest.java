package dev.sluice.sql;

import dev.sluice.testbed.MariaDbServer;

class MariaDbHeldKeyTest extends HeldKeyContract {
    MariaDbHeldKeyTest() {
        super(MariaDbServer.shared());
    }
}
