package dev.sluice.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import org.junit.jupiter.api.Test;

class BitsTest {
    private static String written(Key key) {
        StringBuilder out = new StringBuilder();
        Bits.about(key).to(out);
        return out.toString();
    }

    @Test
    void aNoticeIsNotLinkedToPagesThatDoNotExist() {
        assertThat(written(Key.of("operator", "message")))
                .contains("operator/message")
                .doesNotContain("href");
        assertThat(written(Key.of("errors", "s"))).contains("href=\"/flows/errors\"");
    }
}
