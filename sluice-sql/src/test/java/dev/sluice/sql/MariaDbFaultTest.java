package dev.sluice.sql;

import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.SqlServer;

class MariaDbFaultTest extends SharedFaultContract {
    MariaDbFaultTest() {
        super(MariaDbServer.start(SqlServer.Durability.DISK));
    }

    @Override
    void cutAll(Database database) {
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        server().execute("BEGIN NOT ATOMIC FOR other IN (SELECT id FROM information_schema.processlist WHERE db = '"
                + name + "') DO KILL other.id; END FOR; END");
    }
}
