package dev.sluice.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The grouping can be seen before anything is sent. */
@Timeout(120)
class FingerprintCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName("S4.8 lines that differ only in numbers have one subject, and every line has its own")
    void everyLineHasItsSubject() throws IOException {
        String file = file("app.log", "Order 17 failed\nOrder 18 FAILED\n\nno route to host\n");

        assertThat(execute(file)).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "unknown/error/order <*> failed",
                        "unknown/error/order <*> failed",
                        "unknown/error/no route to host");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void columnsAreMapped() throws IOException {
        String file =
                file("log.csv", "Id,Component,Content\n1,Kernel,\"disk \"\"sda\"\" is full\"\n2,Net,eth0 is down\n");

        assertThat(execute("--map", "message=Content,processor=Component", file))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly("kernel/error/disk \"<*>\" is full", "net/error/<*> is down");
    }

    @Test
    void whereNoRowHasAMessageTheColumnsThatThereAreAreNamed() throws IOException {
        String file = file("log.csv", "Id,Component,Content\n1,Kernel,disk is full\n2,Net,eth0 is down\n");
        String json = file("log.ndjson", "{\"MESSAGE\": \"disk is full\", \"fields\": {\"processor\": \"p\"}}\n");

        assertThat(execute("--groups", file)).isZero();
        assertThat(execute(file)).isZero();
        assertThat(execute(json)).isZero();

        String warning = "No row has a 'message', which tells one error from another: name its column with --map"
                + " message=COLUMN. There are: ";
        assertThat(err.toString().lines())
                .containsExactly(
                        warning + "Id, Component, Content",
                        warning + "Id, Component, Content",
                        warning + "MESSAGE, processor");
    }

    @Test
    void occurrencesInJsonAreReadAsTheApiTakesThem() throws IOException {
        String file = file("log.ndjson", """
                {"fields": {"processor": "P", "error_type": 404}, "message": "page 7 is away"}
                {"subject": "user-7", "message": "x"}
                not an object
                """);

        assertThat(execute(file)).isZero();

        assertThat(out.toString().lines()).containsExactly("p/404/page <*> is away", "user-7");
        assertThat(err.toString()).startsWith("line 3: not JSON");
    }

    @Test
    void theCutAndTheNormalFormCanBeSwitchedOff() throws IOException {
        String file = file("app.log", "Order 17 " + "went wrong ".repeat(20) + "\n");

        assertThat(execute("--normalise", "off", file)).isZero();
        assertThat(execute("--chars", "0", file)).isZero();
        assertThat(execute("--chars", "9", "--normalise", "off", file)).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "unknown/error/order 17 " + "went wrong ".repeat(20).substring(0, 91),
                        "unknown/error/order <*> " + "went wrong ".repeat(20).strip(),
                        "unknown/error/order 17");
    }

    @Test
    void groupsComeLargestFirstWithAnExample() throws IOException {
        String file = file("app.log", "disk sda1 is full\nOrder 17 failed\nOrder 18 failed\n");

        assertThat(execute("--groups", file)).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "         2  unknown/error/order <*> failed",
                        "            line 2: Order 17 failed",
                        "         1  unknown/error/disk <*> is full",
                        "            line 1: disk sda1 is full",
                        "         3  occurrences, 2 subjects");
    }

    @Test
    void nothingThatATerminalObeysIsPrinted() throws IOException {
        String file = file("app.log", "a\u001b]0;owned\u0007b \u202ec\u009b31m\r x\n");

        assertThat(execute(file)).isZero();
        assertThat(execute("--normalise", "off", file)).isZero();
        assertThat(execute("--groups", file)).isZero();

        assertThat(out.toString().chars().filter(c -> c != '\n'))
                .allMatch(c -> !Character.isISOControl(c) && c != 0x202e);
        assertThat(out.toString()).contains("\\u001b", "\\u202e");
    }

    @Test
    void mistakesAreTold() throws IOException {
        String file = file("log.csv", "a,b\n1,2\n");

        assertThat(execute("--chars", "-1", file)).isEqualTo(2);
        assertThat(execute("--map", "message=Content", file)).isEqualTo(2);
        assertThat(execute("--normalise", "perhaps", file)).isEqualTo(2);
        assertThat(execute(directory.resolve("none").toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains("--chars must be at least 1, or 0 for all")
                .contains("the header has no column Content; it has a, b")
                .contains("Cannot read ");
    }

    @Test
    void aReaderThatHasSeenEnoughEndsTheCommandQuietly() throws Exception {
        String file = file("app.log", "Order 17 failed\n".repeat(300_000));

        Process process = process("--chars", "0", file);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("unknown/error/order <*> failed");
        }

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void standardInputIsAnsweredLineByLine() throws Exception {
        Process process = process("-");
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            process.getOutputStream().write("Größe 17 passt nicht\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            assertThat(lines.readLine()).isEqualTo("unknown/error/größe <*> passt nicht");
            process.getOutputStream().close();
            assertThat(lines.readLine()).isNull();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static Process process(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.server.Main",
                "fingerprint"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private int execute(String... arguments) {
        return new CommandLine(new FingerprintCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }
}
