package dev.sluice.server.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is shown while it goes on, and at the end. */
class ReportTest {
    private final StringWriter err = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    private Report report(boolean terminal) {
        return new Report(new PrintWriter(err), terminal, () -> nanos.addAndGet(200_000_000));
    }

    private static Finding.Live told(String subject) {
        return new Finding.Live("row 1", subject, Finding.Kind.TOLD, "{}");
    }

    @Test
    void aTerminalShowsHowFarItIs() {
        Report report = report(true);
        report.expect(OptionalLong.of(4));
        report.answered(told("a"), new Outcome.Taken("2026-01-14T09:00:00Z"));
        report.found(new Finding.Skipped("row 2"));

        assertThat(err.toString()).contains("] 25 %", "[###############               ] 50 %  2 read, 1 taken");
    }

    @Test
    void nothingButTroublesIsShownElsewhere() {
        Report report = report(false);
        report.answered(told("a"), new Outcome.Over());
        assertThat(err.toString()).isEmpty();

        report.found(new Finding.Bad("row 2", "is no \u001b[31mtime"));
        assertThat(err.toString()).isEqualToIgnoringNewLines("row 2: is no \\e[31mtime\n".replace("\\e", "\\u001b"));
    }

    @Test
    void ofManyTroublesAndNamesTheFirstAreShownAndTheOthersCounted() {
        Report report = report(false);
        for (int i = 1; i <= 30; i++) {
            report.found(new Finding.Bad("row " + i, "is none"));
            report.found(new Finding.Endless("lock:" + i));
            report.answered(told("subject " + i), new Outcome.Taken("2026-01-14T09:00:00Z"));
        }
        report.end();

        assertThat(err.toString().lines()).hasSize(21).endsWith("... and 10 more like these");
        assertThat(report.table(true).lines())
                .contains(
                        "told, and not over           30  would be taken over",
                        "without expiry               30  listed, and left alone",
                        "not understood               30  left out",
                        "  lock:20",
                        "  ... 10 more",
                        "  subject 10, told, until 2026-01-14T09:00:00Z",
                        "  ... 20 more")
                .doesNotContain("  lock:21", "  subject 11, told, until 2026-01-14T09:00:00Z");
    }

    @Test
    void whatWasNotSentIsNotComplete() {
        Report report = report(false);
        assertThat(report.complete()).isTrue();
        report.answered(told("a"), new Outcome.Unsent("the server could not answer"));
        assertThat(report.complete()).isFalse();
        assertThat(err.toString()).contains("row 1: not sent: the server could not answer");
    }
}
