package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Redis 7.0 on a port of the loopback interface. It keeps nothing on disk, and it ends with this process,
 * however that ends. Not safe for use by several threads, but for the getters.
 */
public final class RedisServer implements RealServer {
    /** Environment variable that points tests at an outside server: a URL. */
    public static final String OUTSIDE = "SLUICE_TEST_REDIS";

    private static final String VERSION = "7.0.15";
    private static final int STARTS = 3;
    private static final long READY_SECONDS = 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int port;
    private final String scheme;
    private final Path directory;
    private final List<String> command;
    private TiedProcess process;

    private RedisServer(int port, String scheme, Path directory, List<String> command) {
        this.port = port;
        this.scheme = scheme;
        this.directory = directory;
        this.command = command;
        this.process = launchOrDelete();
    }

    private TiedProcess launchOrDelete() {
        try {
            return launch();
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    /**
     * Starts a server and waits until it is ready.
     *
     * @param options further ones of the command line, for example {@code "--requirepass", "secret"}, {@code
     *     "--replicaof", "127.0.0.1 7000"}, {@code "--user", "app on >pw ~* +@all"}
     */
    public static RedisServer start(String... options) {
        return start("redis", "--port", List.of(options));
    }

    /** Starts a server that speaks TLS only, with the certificate and key of {@code files}; it asks for none. */
    public static RedisServer startTls(TlsFiles files, String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--port",
                "0",
                "--tls-auth-clients",
                "no",
                "--tls-cert-file",
                files.certificate().toString(),
                "--tls-key-file",
                files.key().toString(),
                "--tls-ca-cert-file",
                files.certificate().toString()));
        all.addAll(List.of(options));
        return start("rediss", "--tls-port", all);
    }

    /** The URL of the outside server if one is named, else of the server that all tests of this JVM share. */
    public static String sharedUrl() {
        return Optional.ofNullable(System.getenv(OUTSIDE))
                .filter(url -> !url.isBlank())
                .orElseGet(() -> shared().url());
    }

    /** The server that all tests of this JVM share. Nobody may stop, pause or flush it. */
    public static RedisServer shared() {
        return SharedServers.get(RedisServer.class, RedisServer::start);
    }

    /** Starts a sentinel, which writes to its configuration file while it runs. */
    static RedisServer startSentinel(Path config) {
        return tried("redis", List.of(config.toString(), "--port"), List.of("--sentinel"));
    }

    private static RedisServer start(String scheme, String portOption, List<String> options) {
        List<String> all = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
        all.addAll(options);
        return tried(scheme, List.of(portOption), all);
    }

    private static RedisServer tried(String scheme, List<String> first, List<String> options) {
        IllegalStateException last = new IllegalStateException("not tried");
        for (int i = 0; i < STARTS; i++) {
            int port = Ports.free();
            List<String> command = new ArrayList<>();
            command.add(Binary.unpacked("redis-server-" + VERSION + "-" + Platform.name())
                    .toString());
            command.addAll(first);
            command.addAll(List.of(Integer.toString(port), "--bind", "127.0.0.1", "--daemonize", "no"));
            command.addAll(options);
            try {
                return new RedisServer(port, scheme, temporary(), command);
            } catch (IllegalStateException e) {
                last = e; // Somebody else may have taken the port in between.
            }
        }
        throw last;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("sluice-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TiedProcess launch() {
        Path output = directory.resolve("output");
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TiedProcess started = TiedProcess.start(command, directory, output);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!isReady(started.output())) {
            boolean failed = started.output().contains("Could not create server TCP listening socket")
                    || started.output().contains("FATAL CONFIG FILE ERROR");
            if (failed || !started.isAlive() || System.nanoTime() - deadline > 0) {
                started.kill();
                throw new IllegalStateException("Redis did not start on port " + port + ":\n" + started.lastOutput());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return started;
    }

    private static boolean isReady(String output) {
        return output.contains("Ready to accept connections") || output.contains("Sentinel ID is");
    }

    /** The port of the loopback interface. */
    @Override
    public int port() {
        return port;
    }

    /** Without user and password: {@code redis://127.0.0.1:port}, or {@code rediss} with TLS. */
    public String url() {
        return scheme + "://127.0.0.1:" + port;
    }

    /** The process id, while it runs. */
    @Override
    public long pid() {
        return process.pid();
    }

    /** What the server wrote since its last start. */
    public String output() {
        return process.output();
    }

    /**
     * Sends one command over a connection of its own and gives the reply as text; not for a server with TLS or password.
     *
     * @throws IllegalStateException if the server does not answer, or answers with an error
     */
    public String ask(String... words) {
        try {
            String reply = Resp.ask(port, words);
            if (reply.startsWith("-")) {
                throw new IllegalStateException(String.join(" ", words) + ": " + reply);
            }
            return reply;
        } catch (IOException e) {
            throw new IllegalStateException(url() + " does not answer; it wrote:\n" + process.lastOutput(), e);
        }
    }

    /** Stops the process with SIGSTOP: connections stay open, nothing is answered. */
    @Override
    public void pause() {
        process.pause();
    }

    /** Lets a paused process go on. */
    @Override
    public void resume() {
        process.resume();
    }

    /** Ends the server in order; what it held is gone. */
    @Override
    public void stop() {
        process.stop();
    }

    /** Ends the server by SIGKILL. */
    @Override
    public void kill() {
        process.kill();
    }

    /** Starts the stopped server again, empty, on the same port. */
    @Override
    public void restart() {
        process.kill();
        process = launch();
    }

    /** Ends the server and deletes its folder. */
    @Override
    public void close() {
        process.kill();
        delete(directory);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(RedisServer::deleteFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteFile(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return url();
    }
}
