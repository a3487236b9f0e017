package dev.sluice.server.race;

import dev.sluice.testbed.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A {@link StoreProcess} in its process. For one thread. */
final class StoreNode implements AutoCloseable {
    /** Of every claim: longer than what is asked for meanwhile takes on a busy machine. */
    private static final String LEASE = "4s";

    private final Process process;
    private final BufferedReader out;

    /**
     * A claim that a process holds.
     *
     * @param fence its number
     * @param nonce proves who holds it
     */
    record Claim(long fence, long nonce) {
        static Claim parse(String text) {
            String[] parts = text.split(":");
            return new Claim(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }
    }

    private StoreNode(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts so many at once, and waits until all are ready. */
    static List<StoreNode> start(int count, String url) {
        List<StoreNode> nodes = Stream.generate(() -> launch(url)).limit(count).toList();
        try {
            nodes.forEach(StoreNode::awaitReady);
            return nodes;
        } catch (RuntimeException e) {
            nodes.forEach(StoreNode::close);
            throw e;
        }
    }

    private static StoreNode launch(String url) {
        try {
            return new StoreNode(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StoreProcess.class.getName(),
                            url)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        String line = read();
        while (!line.equals(StoreProcess.READY)) {
            line = read();
        }
    }

    private String read() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("the process with the store ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets it offer so many at once; {@link #passed} has the answer. */
    void offers(String allow, String subject, int count) {
        tell("offer", allow, LEASE, subject, Integer.toString(count));
    }

    /** The claims of what passed. */
    List<Claim> passed() {
        String line = read();
        return line.isEmpty()
                ? List.of()
                : Stream.of(line.split(" ")).map(Claim::parse).toList();
    }

    /** Whether the store took it: the word of its answer. */
    String complete(String allow, String subject, Claim claim) {
        tell("complete", allow, LEASE, subject, Long.toString(claim.fence()), Long.toString(claim.nonce()));
        return read();
    }

    private void tell(String... words) {
        try {
            process.getOutputStream().write((String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it in the middle of whatever it does. */
    void freeze() {
        Signal.STOP.to(process.pid());
    }

    /** Lets it go on. */
    void thaw() {
        Signal.CONT.to(process.pid());
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
