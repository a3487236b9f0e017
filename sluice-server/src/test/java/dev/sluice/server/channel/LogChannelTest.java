package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that go no further than this process. */
class LogChannelTest {
    private final Lines lines = new Lines();
    private final LogChannel log =
            new LogChannel(new ChannelConfig.Log(System.Logger.Level.INFO), new Rendering(Optional.empty()), lines);

    @Test
    void aMessageIsOneLineWithAllFacts() {
        assertThat(log.send(Example.outgoing(Example.DIGEST))).isInstanceOf(Receipt.Accepted.class);

        assertThat(lines.written)
                .singleElement()
                .asString()
                .startsWith(
                        "INFO [HELD x95] Database down"
                                + " | 95 held from 2026-03-04T11:10:00Z to 2026-03-04T11:50:00Z. | Flow: errors | Variant: critical");
    }

    @Test
    void whatLooksLikeAnotherLineStaysOnThisOne() {
        log.send(Example.outgoing(Example.saying("a\nb", "first\r\nINFO forged\u001b[2J {0} %s")));

        assertThat(lines.written)
                .singleElement()
                .asString()
                .startsWith("INFO a b |")
                .endsWith("first\\nINFO forged\uFFFD[2J {0} %s");
    }

    @Test
    void aLineIsBounded() {
        log.send(Example.outgoing(Example.saying("t", "m".repeat(1 << 20))));

        assertThat(lines.written).singleElement().asString().hasSizeLessThan(2_100);
    }

    @Test
    void theInboxKeepsWhatItIsSent() {
        assertThat(new InboxChannel().send(Example.outgoing(Example.PASS)))
                .isEqualTo(new Receipt.Accepted("kept in the inbox"));
    }

    private static final class Lines implements System.Logger {
        private final List<String> written = new ArrayList<>();

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            throw new AssertionError("a message is no failure");
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Object... values) {
            assertThat(values).as("the text must not be taken for a pattern").isNullOrEmpty();
            written.add(level + " " + text);
        }
    }
}
