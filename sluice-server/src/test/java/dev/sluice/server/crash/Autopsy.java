package dev.sluice.server.crash;

import dev.sluice.outbox.Channel;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.config.StoreUrl;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Opens the data that a dead server left behind, counts its books again, and has SQLite check the file. */
final class Autopsy {
    private Autopsy() {}

    /** What is wrong with the data, in words; nothing if it is sound. */
    static List<String> of(Path home) {
        ServerConfig config = config(home);
        Map<String, Channel> nobody = config.channels().keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> unused -> new Receipt.Unreachable("nobody is there")));
        List<String> wrong = new ArrayList<>();
        try (SqlStore store = SqlStore.sqlite(file(config), SqliteSettings.STANDARD, InstantSource.system());
                Outbox outbox = new Outbox(
                        store,
                        config.flows().values().stream().map(FlowConfig::plan).toList(),
                        nobody,
                        config.outbox(),
                        new SecureRandom())) {
            outbox.audit().forEach(each -> wrong.add(each.toString()));
            String integrity = integrity(store);
            if (!integrity.equals("ok")) {
                wrong.add(integrity);
            }
        }
        return wrong;
    }

    private static ServerConfig config(Path home) {
        try {
            return new ConfigReader(
                            Optional.of(home.resolve("sluice.yaml")),
                            Map.of(),
                            Optional.of(home.resolve("data")),
                            Optional.empty())
                    .read();
        } catch (ConfigException e) {
            throw new IllegalStateException("the server took this configuration", e);
        }
    }

    private static Path file(ServerConfig config) {
        if (config.store() instanceof StoreUrl.Sqlite sqlite) {
            return sqlite.file();
        }
        throw new IllegalStateException("not a file: " + config.store());
    }

    private static String integrity(SqlStore store) {
        return store.query(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
                return row.next() ? row.getString(1) : "the integrity check gave nothing";
            }
        });
    }
}
