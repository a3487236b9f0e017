package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.OnConflict;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobReaderTest {
    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    private JobConfig job(String text) {
        return Optional.ofNullable(
                        reading.read("jobs:\n  mailbox: " + text).jobs().get("mailbox"))
                .orElseThrow();
    }

    @Test
    void aJobNeedsNothingButItsAddress() {
        JobConfig job = job("{call: {url: \"http://127.0.0.1:1/\"}}");
        assertThat(job.pace().lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(job.pace().longest()).isEqualTo(Duration.ofMinutes(10));
        assertThat(job.handler())
                .isInstanceOfSatisfying(
                        JobConfig.Handler.Called.class,
                        called -> assertThat(called.call().timeouts().whole()).isEqualTo(Duration.ofMinutes(10)));
        assertThat(job.onConflict()).isEqualTo(OnConflict.REJECT);
        assertThat(job.pace().retries().backoff().first()).isEqualTo(Duration.ofMinutes(5));
        assertThat(job.pace().retries().backoff().max()).isEqualTo(Duration.ofHours(1));
        assertThat(job.words().prefix()).isEqualTo("mailbox");
        assertThat(job.words().pending()).isEqualTo("A job mailbox is already pending for this subject.");
        assertThat(job.plan().tick()).isEqualTo(Duration.ofMinutes(5));
        assertThat(job.plan().subjects()).isEmpty();
    }

    @Test
    void aJobThatIsFetchedNeedsNothingElse() {
        assertThat(job("{fetched: on}").isFetched()).isTrue();
        assertThat(job("{call: {url: \"http://127.0.0.1:1/\"}, fetched: off}").isFetched())
                .isFalse();
    }

    @Test
    void aJobIsEitherCalledOrFetchedAndOneThatIsFetchedHasNoWorkersHere() {
        List<String> mistakes = reading.mistakes("""
                jobs:
                  both:
                    call: {url: "http://127.0.0.1:1/"}
                    fetched: on
                    workers: 2
                  neither: {fetched: off}
                """, Map.of());
        assertThat(mistakes)
                .hasSize(3)
                .anySatisfy(each -> assertThat(each).contains("4: jobs.both.fetched: is on beside 'call'"))
                .anySatisfy(each -> assertThat(each).contains("5: jobs.both.workers: stands beside 'fetched'"))
                .anySatisfy(each ->
                        assertThat(each).contains("6: jobs.neither.call: is missing; write", "or 'fetched: on'"));
    }

    @Test
    void conflictsAndSchedulesAreReadAsTheyAreWritten() {
        JobConfig job = job("""
                {call: {url: "http://127.0.0.1:1/"}, on-conflict: {debounce: 30s, at-most: 5m}, subjects: [
                    {subject: "123", every: 1h, data: {box: INBOX}},
                    {subject: "124", cron: "0 30 8 * * MON-FRI", zone: Europe/Berlin, enabled: off}]}
                """);
        assertThat(job.onConflict()).isEqualTo(new OnConflict.Debounce(Duration.ofSeconds(30), Duration.ofMinutes(5)));
        assertThat(job.plan().subjects())
                .containsExactly(
                        new Planned(
                                "123",
                                Optional.of(new Schedule.Every(Duration.ofHours(1))),
                                true,
                                "{\"box\":\"INBOX\"}"),
                        new Planned(
                                "124",
                                Optional.of(new Schedule.Cron("0 30 8 * * MON-FRI", ZoneId.of("Europe/Berlin"))),
                                false,
                                ""));
    }

    @Test
    void allMistakesOfJobsComeAtOnce() {
        List<String> mistakes = reading.mistakes("""
                jobs:
                  errors:
                    call: {url: "http://127.0.0.1:1/"}
                  mailbox:
                    lease: 1m
                    timeout: 30s
                    on-conflict: {debounce: 5m, at-most: 30s}
                    subjects:
                      - {subject: "123", every: 1h, cron: x}
                flows:
                  errors: {allow: 5 per 1h}
                """, Map.of());
        assertThat(mistakes)
                .anySatisfy(each -> assertThat(each).contains("2: jobs: 'errors' names a flow"))
                .anySatisfy(each -> assertThat(each).contains("jobs.mailbox.call: is missing"))
                .anySatisfy(each -> assertThat(each).contains("6: jobs.mailbox.timeout: is shorter than lease (1m)"))
                .anySatisfy(each ->
                        assertThat(each).contains("7: jobs.mailbox.on-conflict", "at-most is shorter than debounce"))
                .anySatisfy(each -> assertThat(each).contains("9: jobs.mailbox.subjects[0].cron"))
                .hasSizeBetween(5, 6);
    }
}
