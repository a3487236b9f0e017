package dev.sluice.benchmarks;

import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.SqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What {@code sluice dedupe --apply remove} takes for a large log, in a process with a small heap: once to the end, and
 * once over a copy, killed when half of the duplicates are gone and run again. Both must leave the same rows, and write
 * down the same duplicates.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks,sluice-server -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.DedupeLoad [sqlite|mariadb] [rows] [heap]
 * </pre>
 */
public final class DedupeLoad {
    private static final Path PROGRAM = Path.of("sluice-server", "target", "app", "sluice-server.jar");
    private static final int BATCH = 10_000;
    private static final int ROWS_OF_A_CART = 10;
    private static final long LOOK_MILLIS = 200;
    private static final int BUSY_MILLIS = 120_000;

    private static final String TABLE = "create table cart_abandonment_log (id int primary key, user_id int,"
            + " cart_hash varchar(64), email_sent int, created_at %s)";

    private final Path home;
    private final String heap;

    private DedupeLoad(Path home, String heap) {
        this.home = home;
        this.heap = heap;
    }

    /** Runs it; see above. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        boolean mariadb = args.length > 0 && args[0].equals("mariadb");
        int rows = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        String heap = args.length > 2 ? args[2] : "64m";
        Path home = Files.createTempDirectory("sluice-dedupe-load-");
        DedupeLoad load = new DedupeLoad(home, heap);
        System.out.printf(Locale.ROOT, "%,d rows, heap %s, %s%n", rows, heap, home);
        if (mariadb) {
            try (MariaDbServer server = MariaDbServer.start(SqlServer.Durability.MEMORY)) {
                load.play(server.fresh().jdbcUrl(), server.fresh().jdbcUrl(), rows);
            }
        } else {
            load.play("jdbc:sqlite:" + home.resolve("whole.db"), "jdbc:sqlite:" + home.resolve("killed.db"), rows);
        }
    }

    private void play(String whole, String killed, int rows) throws IOException, InterruptedException, SQLException {
        fill(whole, rows);
        fill(killed, rows);
        run("to the end", whole, "whole", 0);
        long left = count(whole);
        run("killed", killed, "killed", (rows + left) / 2);
        run("again", killed, "again", 0);
        System.out.printf(
                Locale.ROOT,
                "%,d rows are left; the same rows: %s, the same duplicates written down: %s%n",
                left,
                ids(whole).equals(ids(killed)),
                Files.mismatch(home.resolve("whole.csv"), home.resolve("killed.csv")) < 0);
    }

    /** Ten rows of each cart, of which the third and the seventh were sent: one stays, and of every third cart two. */
    private static void fill(String url, int rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE.formatted(url.startsWith("jdbc:sqlite:") ? "text" : "datetime"));
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into cart_abandonment_log values (?, ?, ?, ?, ?)")) {
                for (int id = 1; id <= rows; id++) {
                    row(insert, id);
                    if (id % BATCH == 0) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
                insert.executeBatch();
                connection.commit();
            }
        }
    }

    private static void row(PreparedStatement insert, int id) throws SQLException {
        // What belongs together lies far apart.
        int cart = (int) (id * 7_919L % 100_003);
        int turn = id / 100_003 % ROWS_OF_A_CART;
        int day = turn == ROWS_OF_A_CART - 1 && cart % 3 == 0 ? 12 : 10;
        insert.setInt(1, id);
        insert.setInt(2, cart / 4);
        insert.setString(3, String.format(Locale.ROOT, "%064x", cart * 2_654_435_761L));
        insert.setInt(4, turn % 4 == 2 || day == 12 ? 1 : 0);
        insert.setString(5, String.format(Locale.ROOT, "2026-01-%02d %02d:%02d:00", day, turn, id % 60));
        insert.addBatch();
    }

    /** Runs the command; ended as soon as no more than so many rows are left. */
    private void run(String what, String url, String csv, long until)
            throws IOException, InterruptedException, SQLException {
        Path log = home.resolve(csv + ".gc");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xlog:gc:file=" + log));
        command.addAll(List.of("-jar", PROGRAM.toString(), "dedupe", "--jdbc", url, "--table", "cart_abandonment_log"));
        command.addAll(List.of("--by", "user_id", "--content", "cart_hash", "--at", "created_at"));
        command.addAll(List.of("--sent", "email_sent=1", "--apply", "remove"));
        command.addAll(List.of("--csv", home.resolve(csv + ".csv").toString()));
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(csv + ".out").toFile())
                .start();
        long resident = 0;
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            resident = Math.max(resident, resident(process.pid()));
            if (until > 0 && Files.exists(home.resolve(csv + ".csv")) && count(url) <= until) {
                process.destroyForcibly();
            }
        }
        if (process.exitValue() != 0 && until == 0) {
            throw new IllegalStateException(Files.readString(home.resolve(csv + ".out")));
        }
        System.out.printf(
                Locale.ROOT,
                "%-10s exit %d, %s in %.1f s, at most %d MB resident, at most %d MB of heap after a collection%n",
                what,
                process.exitValue(),
                removed(home.resolve(csv + ".out")),
                (System.nanoTime() - began) / 1e9,
                resident / 1_000,
                heapAfterCollection(log));
    }

    /** What it says of it; nothing where it was killed. */
    private static String removed(Path output) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return lines.filter(line -> line.startsWith("removed"))
                    .map(line -> line.replaceAll(" +", " "))
                    .findFirst()
                    .orElse("nothing said");
        }
    }

    /** The most that was resident until now, in kB; 0 where the system does not say. */
    private static long resident(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** In MB, of lines that end in {@code 17M->9M(61M) 3.1ms}. */
    private static long heapAfterCollection(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.matches(".*->\\d+M\\(.*"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll(".*->(\\d+)M\\(.*", "$1")))
                    .max()
                    .orElse(0);
        }
    }

    /** It waits for a writer of SQLite, which waits for nobody else. */
    private static long count(String url) throws SQLException {
        String patient = url.startsWith("jdbc:sqlite:") ? url + "?busy_timeout=" + BUSY_MILLIS : url;
        try (Connection connection = DriverManager.getConnection(patient);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from cart_abandonment_log")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static List<Integer> ids(String url) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from cart_abandonment_log order by id")) {
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
        }
        return ids;
    }
}
