package dev.sluice.sql;

import dev.sluice.testbed.PostgresServer;

class PostgresContractTest extends SharedKitContract {
    PostgresContractTest() {
        super(PostgresServer.shared(), System.getenv(PostgresServer.OUTSIDE) == null);
    }

    @Override
    protected boolean tellsOfResetsElsewhere() {
        return true;
    }
}
