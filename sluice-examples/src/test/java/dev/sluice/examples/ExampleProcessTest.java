package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command from outside, as a process. */
@Timeout(300)
class ExampleProcessTest {
    /** The jar says so in its manifest; a class path of directories has none. */
    private static final int NATIVE_ACCESS_IS_ASKED_FOR = 21;

    /** Real servers, unpacked once for each user and used again. */
    private static final String PROGRAMS = "sluice-testbed-";

    @TempDir
    Path temporary;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void theStoryIsToldAndNothingIsLeftBehind() throws Exception {
        Process process = start("error-flood");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        assertThat(out)
                .contains("600 = 90 sent + 510 told in 18 digests")
                .contains("the last mail came after               18:20:24        0:07:12")
                .contains("mails that carry an error                    90            600")
                .contains("[AGGREGATED x3]", "[HELD x29]", "29 held from 2026-01-15T03:19:48Z to 2026-01-15T04:10:12Z.")
                .doesNotContain("\u001b", "WARN", "Exception");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void theMarginCallIsToldAndNothingIsLeftBehind() throws Exception {
        isToldAndNothingIsLeftBehind("margin-call");
    }

    @Test
    void theMarginShortfallIsToldAndNothingIsLeftBehind() throws Exception {
        isToldAndNothingIsLeftBehind("margin-shortfall");
    }

    private void isToldAndNothingIsLeftBehind(String name) throws Exception {
        Process process = start(name);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        assertThat(out).contains("-> ").doesNotContain("\u001b", "WARN", "Exception");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void theConsoleStaysUntilTheProcessIsStopped() throws Exception {
        Process process = start("error-flood", "--console");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            URI console = URI.create(lineWith(out, "Ctrl-C").strip().split(" ")[0]);
            assertThat(get(console)).contains("errors");
            assertThat(get(console.resolve("v1/flows"))).contains("\"reported\":1020");

            process.toHandle().destroy();
            assertThat(out.lines().filter(line -> !line.isBlank())).isEmpty();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void whatIsKeptIsWhereItSays() throws Exception {
        Process process = start("error-flood", "--keep", "--json");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Path kept = Path.of(out.substring(out.indexOf("Kept: ") + 6).strip());
        assertThat(kept.resolve("data").resolve("sluice.db")).isNotEmptyFile();
        assertThat(kept.resolve("sluice.yaml")).isNotEmptyFile();
    }

    private static String lineWith(BufferedReader out, String part) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("no line with " + part);
    }

    private List<String> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("sluice-") && !name.startsWith(PROGRAMS))
                    .toList();
        }
    }

    private static String get(URI address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary));
        if (Runtime.version().feature() >= NATIVE_ACCESS_IS_ASKED_FOR) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }
}
