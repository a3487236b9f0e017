package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.Event;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTextTest {
    /** The column is 255 wide. */
    private static final int MOST_CHARS = 255;

    static Event[] posted() {
        return new Event[] {
            new Event.Complete(1, -7),
            new Event.Release(1, -7, Event.Why.DEAD),
            new Event.Extend(1, -7, 9),
            Event.Report.passed(Long.MIN_VALUE),
            Event.Report.held(-7, 3, 5, 6),
            new Event.Report(
                    Long.MIN_VALUE,
                    (1L << 53) - 1,
                    OptionalLong.empty(),
                    Integer.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    Long.MIN_VALUE),
            new Event.Told(8)
        };
    }

    @ParameterizedTest
    @MethodSource("posted")
    void whatIsPostedReadsBackAsItWasWritten(Event event) {
        String text = EventText.encode(event);
        assertThat(EventText.decode(text)).isEqualTo(event);
        assertThat(text).hasSizeLessThan(MOST_CHARS);
    }

    @Test
    void aReportThatNamedNoReporterIsOneByItsId() {
        assertThat(EventText.decode("report -7 1 0 5 5")).isEqualTo(Event.Report.passed(-7));
        assertThat(EventText.decode("report -7 0 3 5 6")).isEqualTo(Event.Report.held(-7, 3, 5, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "explode 1 2", "report 1 1 - 1", "report 1 0 - 1 0 0 0", "report 1 1 x 1 0 0 0"})
    void whatIsNoEventIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> EventText.decode(text));
    }
}
