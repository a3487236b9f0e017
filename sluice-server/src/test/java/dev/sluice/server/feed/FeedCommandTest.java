package dev.sluice.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.server.HostileText;
import dev.sluice.server.Server;
import dev.sluice.server.config.HttpConfig;
import dev.sluice.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole way: a file, the command, a server. */
@Timeout(120)
class FeedCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName("S4.1 ten equal errors in a file: five are delivered, five are held")
    void tenEqualErrors() throws IOException {
        Path file = Files.writeString(directory.resolve("app.log"), "database down\n".repeat(10));

        try (Server server = server()) {
            assertThat(run(server, file.toString())).isZero();
        }

        assertThat(out.toString()).isEqualToIgnoringNewLines("""
                occurrences            10
                subjects                1
                delivered               5
                held                    5
                """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aCsvFileIsMappedAndItsBadLinesAreTold() throws IOException {
        Path file = Files.writeString(directory.resolve("log.csv"), """
                LineId,Level,Component,Content
                1,error,kernel,"disk ""sda"",
                full"
                2,error
                3,error,kernel,disk sdb
                """);

        try (Server server = server()) {
            assertThat(run(server, file.toString(), "--map", "message=Content,processor=Component,severity=Level"))
                    .isZero();
        }

        assertThat(out.toString())
                .contains("occurrences             2", "subjects                2", "bad lines               1");
        assertThat(err.toString()).isEqualToIgnoringNewLines("line 4: 2 values where the header names 4\n");
    }

    @Test
    void feedingANamedRunAgainChangesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("app.log"), "database down\n".repeat(3));

        try (Server server = server()) {
            run(server, file.toString(), "--run", "monday");
            run(server, file.toString(), "--run", "monday");
            run(server, file.toString());
        }

        assertThat(out.toString().lines().filter(line -> line.startsWith("delivered")))
                .as("three, the same three again, and the two that are left of five")
                .containsExactly("delivered               3", "delivered               3", "delivered               2");
    }

    @Test
    void mistakesOfTheCommandLineAreTold() throws IOException {
        Path file = Files.writeString(directory.resolve("log.csv"), "a,b\n1,2\n");

        assertThat(execute("--flow", "errors", "--map", "message=Content", file.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("the header has no column Content; it has a, b");
        assertThat(execute("--flow", "no flow", file.toString())).isEqualTo(2);
        assertThat(execute("--flow", "errors", "--server", "localhost:8420", file.toString()))
                .isEqualTo(2);
        assertThat(execute("--flow", "errors", directory.resolve("none").toString()))
                .isEqualTo(1);
    }

    @Test
    void hostileTextInAFileDoesNothingToATerminal() throws IOException {
        ObjectMapper json = new ObjectMapper();
        StringBuilder lines = new StringBuilder();
        StringBuilder columns = new StringBuilder("a");
        for (HostileText hostile : HostileText.values()) {
            String text = json.writeValueAsString(hostile.text());
            lines.append("{\"message\": " + text + ", \"severity\": " + text + "}\n")
                    .append("{\"message\": {" + text + ": " + text + "}}\n")
                    .append("{\"message\" " + hostile.text().replaceAll("\\R", "") + "\n");
            columns.append(",\"").append(hostile.text().replace("\"", "\"\"")).append('"');
        }
        Path ndjson = Files.writeString(directory.resolve("hostile.ndjson"), lines);
        Path csv = Files.writeString(directory.resolve("hostile.csv"), columns + "\n1,2\n=1+1,@x\n");

        try (Server server = server()) {
            run(server, ndjson.toString());
            run(server, csv.toString(), "--map", "message=a");
            run(server, csv.toString(), "--map", "message=none");
        }
        assertThat(out.toString()).contains("occurrences");
        assertThat(err.toString()).contains("line 2");
        HostileText.assertHarmless(out.toString());
        HostileText.assertHarmless(err.toString());
    }

    @Test
    void anUnknownFlowIsTold() throws IOException {
        Path file = Files.writeString(directory.resolve("app.log"), "x\n");

        try (Server server = server()) {
            assertThat(execute("--flow", "none", "--server", server.address().toString(), file.toString()))
                    .isEqualTo(1);
        }

        assertThat(err.toString()).contains("refuses: 404");
        assertThat(out.toString()).isEmpty();
    }

    private int run(Server server, String file, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--flow", "errors", "--server", server.address().toString()));
        arguments.addAll(List.of(more));
        arguments.add(file);
        return execute(arguments.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return new CommandLine(new FeedCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    private Server server() {
        return Server.start(ServerConfig.standard(directory.resolve("data")).withHttp(HttpConfig.STANDARD.withPort(0)));
    }
}
