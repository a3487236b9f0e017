package dev.sluice.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL server. Its texts sort by the rules of a language unless a column says otherwise, as they do on most
 * servers, and its user needs a password.
 */
public final class PostgresServer extends SqlServer {
    /** Environment variable that points tests at an outside server: a URL with user and password. */
    public static final String OUTSIDE = "SLUICE_TEST_POSTGRESQL";

    private static final String PASSWORD = "secret";

    private PostgresServer(Address address, Optional<Launch> process) {
        super(address, process, "&connectTimeout=5&socketTimeout=60");
    }

    /** The server that the environment names; without that, the one that all tests of this JVM share. */
    public static PostgresServer shared() {
        return SharedServers.get(
                PostgresServer.class,
                () -> Optional.ofNullable(System.getenv(OUTSIDE))
                        .map(url -> new PostgresServer(Address.parse(url), Optional.empty()))
                        .orElseGet(() -> start(Durability.MEMORY)));
    }

    /** Starts one that can be disturbed. */
    public static PostgresServer start(Durability durability) {
        try {
            Path directory = Directories.fresh("postgresql");
            Path binaries = Binaries.postgres().resolve("bin");
            Address address = new Address("postgresql", "sluice", PASSWORD, "127.0.0.1", Ports.free(), "postgres");
            initialise(binaries, directory);
            return started(
                    address, new Launch(directory, command(binaries, directory, address.port(), durability), "INT"));
        } catch (IOException e) {
            throw unmade("a PostgreSQL server", e);
        }
    }

    private static PostgresServer started(Address address, Launch launch) {
        PostgresServer server = new PostgresServer(address, Optional.of(launch));
        try {
            server.restart();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void initialise(Path binaries, Path directory) throws IOException {
        Path password = Files.writeString(directory.resolve("password"), PASSWORD);
        List<String> command = unprivileged(binaries.resolve("initdb"));
        command.addAll(List.of("-D", data(directory), "-U", "sluice", "--pwfile", password.toString()));
        command.addAll(List.of("-A", "scram-sha-256", "-E", "UTF8", "--no-sync"));
        command.addAll(List.of("--locale=C", "--locale-provider=icu", "--icu-locale=en"));
        Path log = directory.resolve("initdb.log");
        Process initdb = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (initdb.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("initdb failed:\n" + Files.readString(log));
        }
    }

    private static List<String> command(Path binaries, Path directory, int port, Durability durability) {
        List<String> command = unprivileged(binaries.resolve("postgres"));
        command.addAll(List.of("-D", data(directory), "-p", Integer.toString(port), "-h", "127.0.0.1"));
        String commit = durability == Durability.DISK ? "on" : "off";
        for (String setting : List.of(
                "unix_socket_directories=",
                "dynamic_shared_memory_type=mmap",
                "max_connections=300",
                "fsync=" + commit,
                "synchronous_commit=" + commit,
                "full_page_writes=" + commit,
                "log_lock_waits=on")) {
            command.addAll(List.of("-c", setting));
        }
        return command;
    }

    private static String data(Path directory) {
        return directory.resolve("data").toString();
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody. */
    private static List<String> unprivileged(Path program) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(program.toString());
        return command;
    }

    @Override
    List<String> empty(List<String> tables) {
        String all = String.join(", ", tables);
        return all.isEmpty() ? List.of() : List.of("TRUNCATE " + all + " RESTART IDENTITY CASCADE");
    }

    @Override
    String drop(String name) {
        return "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)";
    }
}
