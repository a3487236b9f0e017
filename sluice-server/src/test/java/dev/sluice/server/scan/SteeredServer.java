package dev.sluice.server.scan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** A {@link SteeredMain} in its process. For one thread. */
final class SteeredServer implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private SteeredServer(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one on the {@code sluice.yaml} in {@code home}; {@link #listens} waits until it is ready. */
    static SteeredServer start(Path home, Instant begin) {
        try {
            return new SteeredServer(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SteeredMain.class.getName(),
                            home.resolve("sluice.yaml").toString(),
                            Long.toString(begin.getEpochSecond()))
                    .redirectError(home.resolve("errors.log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, once it does. */
    URI listens() {
        return URI.create(line(SteeredMain.LISTENS).substring(SteeredMain.LISTENS.length()));
    }

    /** Begins to do what is due at that time; {@link #done} waits for it. */
    void at(Instant time) {
        try {
            process.getOutputStream().write((time.getEpochSecond() + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void done() {
        line(SteeredMain.DONE);
    }

    /** The next line that begins so; those between are of the log. */
    private String line(String beginning) {
        try {
            String line = out.readLine();
            while (line != null && !line.startsWith(beginning)) {
                line = out.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("the process ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
