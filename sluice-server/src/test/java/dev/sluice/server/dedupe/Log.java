package dev.sluice.server.dedupe;

import dev.sluice.server.Clocks;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The log of another system in a database of its own, and the command over it. */
record Log(On on, String url, Path directory) {
    static final String NAMES =
            "--table cart_abandonment_log --by user_id --content cart_hash --at created_at --sent email_sent=1";

    enum On {
        SQLITE,
        MARIADB,
        POSTGRESQL
    }

    /** What the command said. */
    record Called(int code, String out, String err) {
        /** A count of the table. */
        String count(String name) {
            return out.lines()
                    .map(String::strip)
                    .filter(line -> line.matches(name + " +[\\d,]+"))
                    .map(line -> line.substring(name.length()).strip())
                    .collect(Collectors.joining());
        }
    }

    /** An empty one, as {@code create} makes it. */
    static Log with(On on, Path directory, String create) throws Exception {
        String url = switch (on) {
            case SQLITE -> "jdbc:sqlite:" + directory.resolve("shop.db");
            case MARIADB -> MariaDbServer.shared().fresh().jdbcUrl();
            case POSTGRESQL -> PostgresServer.shared().fresh().jdbcUrl();
        };
        Log log = new Log(on, url, directory);
        log.execute(create);
        return log;
    }

    /** As that of the original is. */
    static Log of(On on, Path directory) throws Exception {
        String time = on == On.MARIADB ? "datetime(6)" : on == On.SQLITE ? "text" : "timestamp";
        return with(
                on,
                directory,
                "create table cart_abandonment_log (id int primary key, user_id int, cart_hash varchar(64),"
                        + " email_sent int default 0, created_at " + time + " null, duplicate int)");
    }

    void execute(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** A row of the original's table; {@code at} is a time of day in January 2026, with its day before it. */
    Log row(int id, int user, String content, int sent, String at) throws Exception {
        execute("insert into cart_abandonment_log (id, user_id, cart_hash, email_sent, created_at) values (" + id + ", "
                + user + ", '" + content + "', " + sent + ", '2026-01-" + at + "')");
        return this;
    }

    List<String> query(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    List<String> ids() throws Exception {
        return query("select id from cart_abandonment_log order by id");
    }

    /** The command with the names of the original's table. */
    Called dedupe(String more) {
        return run(NAMES + " " + more);
    }

    Called run(String arguments) {
        List<String> all = new ArrayList<>(List.of("dedupe", "--jdbc", url));
        for (String each : arguments.split(" ", -1)) {
            if (!each.isEmpty()) {
                all.add(each.replace("DIR", directory.toString()));
            }
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = SluiceCommand.line(new Surroundings(Map.of(), directory, Clocks.SYSTEM));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int code = line.execute(all.toArray(String[]::new));
        return new Called(code, out.toString(), err.toString());
    }
}
