package dev.sluice.server.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real server in a process of its own. */
public final class ServerProcess implements AutoCloseable {
    /** Newer releases warn on standard error of a driver that loads a native library without leave. */
    private static final int NATIVE_ACCESS_SINCE = 24;

    private static final Pattern READY =
            Pattern.compile("(?i)(?:ready|listening|serving)\\b.*?(http://127\\.0\\.0\\.1:\\d+)");
    private static final Duration LOOK = Duration.ofMillis(10);

    private final Process process;
    private final Path log;
    private final Instant startedAt = Instant.now();

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code serve} on the data in {@code home}.
     *
     * @param home holds {@code sluice.yaml}, the data and the logs
     * @param properties system properties, as {@code name=value}
     */
    public static ServerProcess start(Path home, List<String> properties) {
        return run(home, command(home, properties));
    }

    /**
     * Starts {@code serve} on the stores that {@code sluice.yaml} names, one of several servers.
     *
     * @param home holds {@code sluice.yaml} and the logs; servers may share it
     * @param skew how far its clock is ahead
     * @param properties further system properties, as {@code name=value}
     */
    public static ServerProcess startShared(Path home, Duration skew, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add(SkewedMain.SKEW + "=" + skew);
        List<String> command = java(all);
        command.add(SkewedMain.class.getName());
        command.addAll(serve(home));
        return run(home, command);
    }

    /** The same, on a disk that takes no file of more than {@code blocks} of 512 bytes. */
    static ServerProcess startOnFullDisk(Path home, int blocks) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f " + blocks + " && exec \"$@\"", "sh"));
        command.addAll(command(home, List.of()));
        return run(home, command);
    }

    private static ServerProcess run(Path home, List<String> command) {
        try {
            Path log = Files.createTempFile(home, "server-", ".log");
            return new ServerProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path home, List<String> properties) {
        List<String> command = java(properties);
        command.add("dev.sluice.server.Main");
        command.addAll(serve(home));
        command.addAll(List.of("--data", home.resolve("data").toString()));
        return command;
    }

    private static List<String> serve(Path home) {
        return List.of("serve", "--config", home.resolve("sluice.yaml").toString(), "--http", "127.0.0.1:0");
    }

    private static List<String> java(List<String> properties) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        properties.forEach(property -> command.add("-D" + property));
        command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path"))));
        return command;
    }

    private static String absolute(String classPath) {
        return String.join(
                File.pathSeparator,
                Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                        .splitAsStream(classPath)
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }

    /**
     * Waits until the server says where it listens.
     *
     * @return empty if the process ended before that
     * @throws IllegalStateException if neither happened within {@code patience}
     */
    public Optional<URI> ready(Duration patience) {
        Instant end = startedAt.plus(patience);
        while (Instant.now().isBefore(end)) {
            Matcher said = READY.matcher(output());
            if (said.find()) {
                return Optional.of(URI.create(said.group(1)));
            }
            if (ended(LOOK)) {
                return Optional.empty();
            }
        }
        throw new IllegalStateException("the server was not ready within " + patience + ":\n" + output());
    }

    /** How long ago it was started. */
    Duration age() {
        return Duration.between(startedAt, Instant.now());
    }

    /** Whether it ends within {@code patience}. */
    public boolean ended(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** What it ended with. */
    public int exitCode() {
        return process.exitValue();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        while (!ended(Duration.ofSeconds(1))) {
            process.destroyForcibly();
        }
    }

    /** {@code kill -TERM}. */
    public void terminate() {
        process.destroy();
    }

    /** The number of its process. */
    public long pid() {
        return process.pid();
    }

    /** What it printed and logged until now. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
