package dev.sluice.sql;

import dev.sluice.testbed.Database;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;

class PostgresFaultTest extends SharedFaultContract {
    PostgresFaultTest() {
        super(PostgresServer.start(SqlServer.Durability.DISK));
    }

    @Override
    void cutAll(Database database) {
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        server().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }
}
