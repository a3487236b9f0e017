package dev.sluice.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A MariaDB server. Its user needs a password. */
public final class MariaDbServer extends SqlServer {
    /** Environment variable that points tests at an outside server: a URL with user and password. */
    public static final String OUTSIDE = "SLUICE_TEST_MARIADB";

    private static final String PASSWORD = "secret";

    private MariaDbServer(Address address, Optional<Launch> process) {
        super(address, process, "&sslMode=disable&connectTimeout=5000&socketTimeout=60000");
    }

    /** The server that the environment names; without that, the one that all tests of this JVM share. */
    public static MariaDbServer shared() {
        return SharedServers.get(
                MariaDbServer.class,
                () -> Optional.ofNullable(System.getenv(OUTSIDE))
                        .map(url -> new MariaDbServer(Address.parse(url), Optional.empty()))
                        .orElseGet(() -> start(Durability.MEMORY)));
    }

    /** Starts one that can be disturbed. */
    public static MariaDbServer start(Durability durability) {
        try {
            Path directory = Directories.fresh("mariadb");
            Path binaries = Binaries.mariaDb();
            Address address = new Address("mariadb", "sluice", PASSWORD, "127.0.0.1", Ports.free(), "mysql");
            initialise(binaries, directory);
            List<String> command = command(binaries, directory);
            command.addAll(List.of("--port=" + address.port(), "--bind-address=127.0.0.1", "--max-connections=300"));
            command.add("--innodb-flush-log-at-trx-commit=" + (durability == Durability.DISK ? 1 : 0));
            return started(address, new Launch(directory, command, "TERM"));
        } catch (IOException e) {
            throw unmade("a MariaDB server", e);
        }
    }

    private static MariaDbServer started(Address address, Launch launch) {
        MariaDbServer server = new MariaDbServer(address, Optional.of(launch));
        try {
            server.restart();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** What its own install script does, without the shell and the programs that need it. */
    private static void initialise(Path binaries, Path directory) throws IOException {
        Files.createDirectory(directory.resolve("data"));
        StringBuilder script = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n");
        for (String part : List.of("system_tables", "performance_tables", "system_tables_data")) {
            script.append(Files.readString(binaries.resolve("share/mariadb_" + part + ".sql")))
                    .append('\n');
        }
        script.append("FLUSH PRIVILEGES;\nCREATE USER 'sluice'@'%' IDENTIFIED BY '")
                .append(PASSWORD)
                .append("';\n");
        script.append("GRANT ALL ON *.* TO 'sluice'@'%' WITH GRANT OPTION;\n");
        Path input = Files.writeString(directory.resolve("install.sql"), script);
        Path log = directory.resolve("install.log");
        List<String> command = command(binaries, directory);
        command.addAll(List.of("--bootstrap", "--log-warnings=0", "--enforce-storage-engine="));
        Process install = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (install.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("installing MariaDB failed:\n" + Files.readString(log));
        }
    }

    private static List<String> command(Path binaries, Path directory) {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + binaries,
                "--datadir=" + directory.resolve("data"),
                "--socket=" + directory.resolve("socket"),
                "--lc-messages-dir=" + binaries.resolve("share"),
                "--innodb-log-file-size=32M",
                "--innodb-buffer-pool-size=128M",
                "--skip-ssl"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        return command;
    }

    /** Deleting few rows is quicker than TRUNCATE, which makes the files of a table anew. */
    @Override
    List<String> empty(List<String> tables) {
        List<String> all = new ArrayList<>(List.of("SET FOREIGN_KEY_CHECKS = 0"));
        tables.forEach(table -> all.add("DELETE FROM " + table));
        return all;
    }

    @Override
    String drop(String name) {
        return "DROP DATABASE IF EXISTS " + name;
    }
}
