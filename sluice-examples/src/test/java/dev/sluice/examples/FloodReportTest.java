package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown on which screen. */
class FloodReportTest {
    private final StringWriter shown = new StringWriter();

    @Test
    void onATerminalThereAreColours() {
        report(true, true, true);
        assertThat(shown.toString())
                .contains("\u001b[32m●\u001b[0m", "\u001b[33m[AGGREGATED x3] x", "\u001b[36m[HELD x29] x");
    }

    @Test
    void whereColoursAreNotWantedThereAreNone() {
        report(true, false, true);
        assertThat(shown.toString()).contains("●  ▲  ▲").doesNotContain("\u001b");
    }

    @Test
    void whatIsNotUtf8GetsAscii() {
        report(false, false, false);
        assertThat(shown.toString())
                .matches("[\\p{ASCII}&&[^\u001b]]*")
                .contains("    o  A  A  A", "    o  .  .  .", "600 = 90 sent + 510 told in 18 digests");
    }

    @Test
    void theBarIsForTerminalsAndIsTakenAway() {
        Screen screen = new Screen(new PrintWriter(shown), true, false, false, Screen.USUAL_WIDTH);
        screen.progress(300, 600, "half");
        screen.endProgress();
        screen.plain().progress(301, 600, "not shown");
        assertThat(shown.toString()).isEqualTo("\r\u001b[K  " + "#".repeat(16) + "-".repeat(16) + "  half\r\u001b[K");
    }

    private void report(boolean terminal, boolean colour, boolean unicode) {
        new FloodReport(new Screen(new PrintWriter(shown), terminal, colour, unicode, Screen.USUAL_WIDTH))
                .end(List.of(FloodTest.asTold(), FloodTest.asTold()));
    }
}
