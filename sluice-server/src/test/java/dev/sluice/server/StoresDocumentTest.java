package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The statements of docs/stores.md, run on real servers: with no more rights than they give, a server starts. */
class StoresDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "stores.md");

    @Test
    void onPostgresqlTheRightsOfTheDocumentAreEnoughAndTheTablesCanBeMadeByHand() throws Exception {
        PostgresServer server = PostgresServer.shared();
        Database database = server.fresh();
        String user = "g" + Long.toHexString(System.nanoTime());
        server.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'change me'");

        assertThatThrownBy(() -> start(database, user).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("schema");
        run(database, script("postgresql"));
        statements("postgresql", 1).forEach(each -> run(database, each.replace("TO gate", "TO " + user)));
        start(database, user).close();
    }

    @Test
    void onMariaDbTheRightsOfTheDocumentAreEnoughAndTheTablesCanBeMadeByHand() throws Exception {
        MariaDbServer server = MariaDbServer.shared();
        Database database = server.fresh();
        String user = "g" + Long.toHexString(System.nanoTime());
        String name = database.url().replaceAll(".*/", "");
        server.execute("CREATE USER " + user + " IDENTIFIED BY 'change me'");
        statements("mariadb", 1)
                .forEach(each ->
                        server.execute(each.replace("sluice.*", name + ".*").replace("TO gate", "TO " + user)));

        assertThatThrownBy(() -> start(database, user).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("schema");
        for (String each : script("mariadb").split(";\\s*\\n")) {
            run(database, each);
        }
        start(database, user).close();
    }

    private static Server start(Database database, String user) throws ConfigException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("SLUICE_STORE", database.url().replaceAll("//.*@", "//" + user + "@"));
        environment.put("SLUICE_SQL_PASSWORD", "change me");
        environment.put("SLUICE_SQL_SCHEMA", "check");
        return Server.start(new ConfigReader(Optional.empty(), environment, Optional.empty(), Optional.of("0")).read());
    }

    private static String script(String dialect) {
        StringWriter out = new StringWriter();
        SluiceCommand.line(new Surroundings(Map.of(), Path.of(""), Clocks.SYSTEM))
                .setOut(new PrintWriter(out, true))
                .execute("schema", "--dialect", dialect);
        return out.toString();
    }

    /** The statements of one of the blocks of a language. */
    private static List<String> statements(String language, int block) throws IOException {
        List<String> blocks = Pattern.compile("(?s)```" + language + "\\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(each -> each.group(1))
                .toList();
        return List.of(blocks.get(block).strip().split(";\\s*"));
    }

    private static void run(Database database, String sql) {
        String bare = sql.replaceAll("(?m)^--.*$", "").strip();
        if (bare.isEmpty()) {
            return;
        }
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(bare);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot execute " + bare, e);
        }
    }
}
