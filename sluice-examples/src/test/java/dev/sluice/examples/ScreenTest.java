package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final StringWriter shown = new StringWriter();

    @Test
    void coloursAreForTerminalsWhoseOwnerWantsThem() {
        assertThat(Screen.wantsColour(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Screen.wantsColour(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Screen.wantsColour(Map.of("NO_COLOR", "1"))).isFalse();
    }

    @Test
    void aDumbTerminalGetsWhatAFileGets() {
        Screen dumb = Screen.of(new PrintWriter(shown), true, true, Map.of("TERM", "dumb"));
        dumb.progress(1, 2, "half");
        dumb.line(dumb.ink(Screen.Ink.BAD, "text"));
        assertThat(shown.toString()).isEqualTo("text" + System.lineSeparator());
    }

    @Test
    void whatIsDrawnAnewFitsIntoOneLine() {
        for (int width : new int[] {1, 5, 20, 40, 45, 50, 67, 80, 200}) {
            StringWriter drawn = new StringWriter();
            Map<String, String> environment = Map.of("COLUMNS", Integer.toString(width), "NO_COLOR", "1");
            Screen.of(new PrintWriter(drawn), true, false, environment)
                    .progress(300, 600, "600 errors, 108 mails, 18:00:00");
            String line = drawn.toString().replace("\r\u001b[K", "");
            assertThat(line.length()).isLessThan(Math.max(width, 3));
            assertThat(line.contains("#")).isEqualTo(width > 39);
        }
        assertThat(Screen.of(new PrintWriter(shown), true, false, Map.of("COLUMNS", "wide"))
                        .width())
                .isEqualTo(Screen.USUAL_WIDTH);
    }
}
