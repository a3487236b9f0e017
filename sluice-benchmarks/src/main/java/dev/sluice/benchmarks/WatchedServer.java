package dev.sluice.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real server in a process of its own, and what can be seen of it from outside. */
final class WatchedServer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("sluice-server", "target", "app", "sluice-server.jar");
    private static final Pattern READY = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Process process;
    private final Path log;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;

    /** Starts it on {@code sluice.yaml} in {@code home}, with so much heap; in the directory of the checkout. */
    WatchedServer(Path home, String heap) throws IOException, InterruptedException {
        if (!Files.exists(PROGRAM)) {
            throw new IllegalStateException("there is no " + PROGRAM + "; build it, and run this in the checkout");
        }
        log = home.resolve("server.log");
        List<String> command = new ArrayList<>();
        command.add(java("java"));
        command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("-jar", PROGRAM.toString(), "serve", "--http", "127.0.0.1:0"));
        command.addAll(List.of("--config", home.resolve("sluice.yaml").toString()));
        command.addAll(List.of("--data", home.resolve("data").toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        address = awaitReady();
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private URI awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            Matcher ready = READY.matcher(Files.readString(log));
            if (ready.find()) {
                return URI.create(ready.group() + "/");
            }
            Thread.sleep(LOOK.toMillis());
        }
        process.destroyForcibly();
        throw new IllegalStateException("the server did not begin:\n" + Files.readString(log));
    }

    /** Where it answers, with a slash at the end. */
    URI address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    /** The sum of a metric over its labels; 0 if there is none yet. */
    double metric(String name) throws IOException, InterruptedException {
        String all = client.send(
                        HttpRequest.newBuilder(address.resolve("metrics")).build(), BodyHandlers.ofString())
                .body();
        return all.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(value -> !Double.isNaN(value))
                .sum();
    }

    /** Bytes of heap that are in use after a full collection, which this asks for. */
    long liveHeap() throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(java("jcmd"), Long.toString(pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        tool.waitFor();
        Matcher total = LIVE.matcher(said);
        if (!total.find()) {
            throw new IllegalStateException("no histogram of the heap: " + said);
        }
        return Long.parseLong(total.group(1));
    }

    /** Lines of its log that warn or complain. */
    List<String> complaints() throws IOException {
        return Files.readString(log)
                .lines()
                .filter(line -> line.contains("WARN") || line.contains("ERROR"))
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
