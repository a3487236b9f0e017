package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    @Test
    void coloursAreForTerminalsWhoseOwnerWantsThem() {
        assertThat(Screen.wantsColour(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Screen.wantsColour(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Screen.wantsColour(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Screen.wantsColour(Map.of("TERM", "dumb"))).isFalse();
    }
}
