package dev.sluice.server.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A program in a process of its own that posts the same error many times, over several connections at once. */
final class CallerProcess implements AutoCloseable {
    private static final int THREADS = 8;
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader out;

    private CallerProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The words that decide. */
    enum Word {
        PASS,
        SUMMARY,
        SUPPRESS
    }

    /** Starts it; it waits for {@link #go}. */
    static CallerProcess start(URI server, String subject, int count) throws IOException {
        return new CallerProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CallerProcess.class.getName(),
                        server.toString(),
                        subject,
                        String.valueOf(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits until it is ready. */
    void awaitReady() throws IOException {
        String line = out.readLine();
        if (!READY.equals(line)) {
            throw new IOException("the caller did not start: " + line);
        }
    }

    /** Lets it post. */
    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Waits for its end; how often each decision was answered. */
    Map<Word, Integer> answers() throws IOException {
        Map<Word, Integer> answers = new EnumMap<>(Word.class);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            String[] parts = line.split(" ");
            answers.put(Word.valueOf(parts[0].toUpperCase(Locale.ROOT)), Integer.parseInt(parts[1]));
        }
        return answers;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        boolean ended = false;
        while (!ended) {
            try {
                ended = process.waitFor(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What runs in the process: server, subject, count. */
    public static void main(String[] args) throws Exception {
        Api api = new Api(() -> URI.create(args[0]));
        api.get("/health/live");
        System.out.println(READY);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (in.readLine() == null) {
            return;
        }
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            threads.execute(() -> answers.merge(decision(api, args[1]), 1, Integer::sum));
        }
        threads.shutdown();
        if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the server does not answer");
        }
        answers.forEach((word, count) -> System.out.println(word + " " + count));
    }

    private static String decision(Api api, String subject) {
        String body = Api.JSON
                .createObjectNode()
                .put("subject", subject)
                .put("title", "The database is down")
                .put(
                        "message",
                        "no answer from process " + ProcessHandle.current().pid())
                .toString();
        try {
            return api.post("/v1/flows/errors/occurrences", body, Map.of("Content-Type", "application/json"))
                    .json()
                    .path("decision")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts several; all are ready. */
    static List<CallerProcess> startAll(int processes, URI server, String subject, int count) throws IOException {
        List<CallerProcess> all = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                all.add(start(server, subject, count));
            }
            for (CallerProcess each : all) {
                each.awaitReady();
            }
            return all;
        } catch (IOException e) {
            all.forEach(CallerProcess::close);
            throw e;
        }
    }
}
