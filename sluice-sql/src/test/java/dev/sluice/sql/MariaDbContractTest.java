package dev.sluice.sql;

import dev.sluice.testbed.MariaDbServer;

class MariaDbContractTest extends SharedKitContract {
    MariaDbContractTest() {
        super(MariaDbServer.shared(), System.getenv(MariaDbServer.OUTSIDE) == null);
    }
}
