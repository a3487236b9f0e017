package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The use that the README shows, line by line. */
class GateTenLinesTest {
    private final List<String> mails = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    private void mail(String text) {
        mails.add(text);
    }

    private void log(String text) {
        log.add(text);
    }

    private void fail() {
        Store store = new MemoryStore(100_000, InstantSource.system());
        try (Gate gate = Gate.over(store)
                .flow("errors", Rule.allow("5 per 1h").summaryAt(3).build())
                .onDigest((key, tally) -> mail(key.subject() + ": " + tally.held() + " more were held"))
                .build()) {
            for (int i = 0; i < 100; i++) {
                // The README has this once.
                Decision decision = gate.run(Key.of("errors", "db-down"), () -> mail("The database is down"));
                if (!decision.passes()) {
                    log("held until " + decision.facts().next());
                }
            }
        }
    }

    @Test
    void tenLinesKeepAnErrorFromFloodingAMailbox() {
        fail();

        assertThat(mails).hasSize(5).containsOnly("The database is down");
        assertThat(log).hasSize(95).allMatch(line -> line.startsWith("held until Optional[20"));
    }

    @Test
    void theReadmeShowsTheseLines() throws IOException {
        String test = joined(Files.readString(Path.of("src/test/java/dev/sluice/GateTenLinesTest.java")));
        String readme = Files.readString(Path.of("../README.md"));
        String shown = readme.substring(readme.indexOf("```java") + "```java".length());

        for (String line : shown.substring(0, shown.indexOf("```")).split("\n")) {
            assertThat(test).contains(joined(line));
        }
    }

    private static String joined(String text) {
        return text.lines().map(String::trim).collect(Collectors.joining());
    }
}
