package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Backoff;
import dev.sluice.jobs.Workshop.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedules, pauses, and where handlers go on. */
class SubjectsTest {
    private static final String KIND = Workshop.KIND;
    private static final Retries RETRIES = new Retries(
            new Backoff(Duration.ofMinutes(5), 2, Duration.ofMinutes(60)), Integer.MAX_VALUE, Duration.ofDays(3650));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Workshop shop;

    private final List<String> ran = new ArrayList<>();

    @BeforeEach
    void open() {
        shop = new Workshop(directory);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private Worker worker(String name, JobHandler handler) {
        return shop.worker(name, new JobKind(KIND, Duration.ofSeconds(30), RETRIES, handler));
    }

    private Worker noting() {
        return worker("w", run -> {
            ran.add(shop.elapsed().toMinutes() + " " + run.subject());
            return StepResult.done();
        });
    }

    private static Planned hourly(String subject) {
        return new Planned(subject, Optional.of(new Schedule.Every(Duration.ofHours(1))), true, "");
    }

    private Subjects.Ticked tick(Worker worker) {
        return worker.jobs().subjects().tick(KIND);
    }

    @Test
    @DisplayName("S5.9 twelve ticks without a worker schedule one job")
    void oneJob() {
        Worker worker = noting();
        worker.jobs().subjects().plan(KIND, hourly("u"));
        int scheduled = 0;
        for (int i = 0; i < 12; i++) {
            scheduled += tick(worker).scheduled();
            shop.pass(Duration.ofMinutes(5));
        }
        assertThat(scheduled).isEqualTo(1);
        assertThat(worker.jobs().list(KIND, 10)).hasSize(1);
    }

    @Test
    @DisplayName("S5.5 a job of 11 min under a tick of 300 s runs once, and the ticks at 300 and 600 skip it")
    void skipped() {
        Worker[] self = new Worker[1];
        List<String> pending = new ArrayList<>();
        // Nobody renews a claim here, so that it lasts.
        self[0] = shop.worker("w", Duration.ofMinutes(15), RETRIES, run -> {
            ran.add(shop.elapsed().toSeconds() + "");
            for (int tick = 0; tick < 2; tick++) {
                shop.pass(Duration.ofMinutes(5));
                Subjects.Ticked done = tick(self[0]);
                pending.add(shop.elapsed().toSeconds() + " " + done.pending() + " " + done.scheduled());
            }
            shop.pass(Duration.ofMinutes(1));
            return StepResult.done();
        });
        self[0].jobs().subjects().plan(KIND, hourly("u"));
        tick(self[0]);
        self[0].tick();
        assertThat(ran).containsExactly("0");
        assertThat(pending).containsExactly("300 1 0", "600 1 0");
    }

    @Test
    void itRunsAnIntervalAfterItsLastRunAndNowIfThatIsPast() {
        Worker worker = noting();
        worker.jobs().subjects().plan(KIND, hourly("u"));
        for (int minute = 0; minute <= 125; minute += 5) {
            shop.work(Duration.ofMinutes(minute));
            tick(worker);
        }
        assertThat(ran).containsExactly("0 u", "60 u", "120 u");
        shop.pass(Duration.ofHours(5));
        tick(worker);
        worker.tick();
        assertThat(ran).hasSize(4);
    }

    @Test
    void aSubjectThatIsNotEnabledIsNotScheduledAndATriggerIsToldSo() {
        Worker worker = noting();
        Subjects subjects = worker.jobs().subjects();
        subjects.takeOver(KIND, "u", "", shop.now());
        subjects.plan(KIND, hourly("u"));
        tick(worker);
        assertThat(worker.jobs().status(KIND, "u").flatMap(JobStatus::next))
                .contains(Workshop.START.plus(Duration.ofHours(1)));
        subjects.plan(KIND, new Planned("u", hourly("u").schedule(), false, ""));
        assertThat(worker.jobs().status(KIND, "u")).isEmpty();
        assertThat(tick(worker).scheduled()).isZero();
        assertThat(worker.trigger("u")).isEqualTo(new Triggered.Paused("it is not enabled"));
    }

    @Test
    void anotherScheduleMovesWhatWaits() {
        Worker worker = noting();
        Subjects subjects = worker.jobs().subjects();
        subjects.takeOver(KIND, "u", "", shop.now());
        subjects.plan(KIND, hourly("u"));
        tick(worker);
        subjects.plan(KIND, new Planned("u", Optional.of(Schedule.parse("daily")), true, ""));
        assertThat(worker.jobs().status(KIND, "u").flatMap(JobStatus::next))
                .contains(Workshop.START.plus(Duration.ofDays(1)));
    }

    @Test
    void aPausedSubjectSaysWhyAndRunsAgainWhenItIsResumed() {
        Worker worker = noting();
        Subjects subjects = worker.jobs().subjects();
        subjects.plan(KIND, hourly("u"));
        subjects.pause(KIND, "u", "its password is refused");
        assertThat(tick(worker)).isEqualTo(new Subjects.Ticked(0, 0));
        assertThat(worker.trigger("u")).isEqualTo(new Triggered.Paused("its password is refused"));
        subjects.resume(KIND, "u");
        assertThat(tick(worker)).isEqualTo(new Subjects.Ticked(1, 0));
    }

    @Test
    void aRunGoesOnWhereTheLastOneEnded() {
        List<String> places = new ArrayList<>();
        Worker worker = worker("w", run -> {
            places.add(run.place());
            return StepResult.done("uid " + places.size());
        });
        for (int i = 0; i < 3; i++) {
            worker.trigger("u");
            worker.tick();
        }
        assertThat(places).containsExactly("", "uid 1", "uid 2");
    }

    @Test
    @DisplayName("S5.10 a worker that was taken over cannot move the place back")
    void latePlace() {
        Worker[] other = new Worker[1];
        Worker late = worker("late", run -> {
            shop.pass(Duration.ofSeconds(60));
            // Its lease is over: another one takes the job over, and comes further.
            other[0].tick();
            other[0].tick();
            return StepResult.done("early");
        });
        other[0] = worker("other", run -> StepResult.done("later"));
        late.trigger("u");
        late.tick();
        assertThat(late.heard(JobEvent.Lost.class)).hasSize(1);
        assertThat(late.jobs().subjects().find(KIND, "u").orElseThrow().place()).isEqualTo("later");
    }

    @Test
    @DisplayName("S5.14 a failing job rests 5, 10, 20, 40, 60, 60 min with the reason, and a success ends that")
    void backOff() {
        List<Long> minutes = new ArrayList<>();
        Worker worker = worker("w", run -> {
            minutes.add(shop.elapsed().toMinutes());
            if (minutes.size() < 7 || minutes.size() == 8) {
                throw new IOException("the mailbox is away");
            }
            return StepResult.done();
        });
        worker.trigger("u");
        shop.work(Duration.ofMinutes(1));
        JobStatus resting = worker.jobs().status(KIND, "u").orElseThrow();
        assertThat(resting.state()).isEqualTo(JobState.RESTING);
        assertThat(resting.failure().orElseThrow().reason()).isEqualTo("the mailbox is away");
        shop.work(Duration.ofMinutes(200));
        worker.trigger("u");
        shop.work(Duration.ofMinutes(210));
        assertThat(minutes).containsExactly(0L, 5L, 15L, 35L, 75L, 135L, 195L, 200L, 205L);
    }

    @Test
    void aCronScheduleIsReadInItsZone() {
        Schedule berlin = Schedule.parse("0 30 8 * * MON-FRI in Europe/Berlin");
        Instant friday = Instant.parse("2026-03-27T12:00:00Z");
        assertThat(berlin.next(Optional.of(friday), friday)).isEqualTo(Instant.parse("2026-03-30T06:30:00Z"));
        assertThat(Schedule.parse(berlin.text())).isEqualTo(berlin);
    }

    @Test
    void whatWasMissedIsMadeUpForOnce() {
        Schedule hourly = new Schedule.Every(Duration.ofHours(1));
        Instant now = Workshop.START;
        assertThat(hourly.next(Optional.empty(), now)).isEqualTo(now);
        assertThat(hourly.next(Optional.of(now.minus(Duration.ofHours(1))), now))
                .isEqualTo(now);
        assertThat(hourly.next(Optional.of(now.minus(Duration.ofDays(9))), now)).isEqualTo(now);
    }

    @Test
    @DisplayName("S5.14 a handler that pauses its subject and fails is not called again until that is resumed")
    void pausedByItsHandler() {
        Worker[] self = new Worker[1];
        self[0] = worker("w", run -> {
            ran.add(run.subject());
            self[0].jobs().subjects().pause(KIND, "u", "its password is refused");
            throw new IOException("authentication failed");
        });
        self[0].jobs().subjects().plan(KIND, hourly("u"));
        tick(self[0]);
        shop.work(Duration.ofHours(3));
        assertThat(ran).containsExactly("u");
        assertThat(self[0].jobs().status(KIND, "u")).isEmpty();
        self[0].jobs().subjects().resume(KIND, "u");
        tick(self[0]);
        shop.work(Duration.ofHours(4));
        assertThat(ran).hasSize(2);
    }

    @Test
    void aScheduleThatCannotBeReadKeepsNoOtherSubjectFromItsTurn() {
        Worker worker = noting();
        worker.jobs().subjects().plan(KIND, hourly("a"));
        worker.jobs().subjects().plan(KIND, hourly("b"));
        shop.execute("UPDATE sluice_job_subject SET schedule = '0 0 8 * * * in Atlantis/Port' WHERE subject = 'a'");
        tick(worker);
        assertThat(worker.jobs().list(KIND, 10)).extracting(JobStatus::subject).containsExactly("b");
        assertThat(worker.trigger("a"))
                .isEqualTo(new Triggered.Paused("its schedule '0 0 8 * * * in Atlantis/Port' cannot be read"));
    }

    @Test
    void aCronExpressionThatNeverComesRoundIsRefused() {
        assertThatThrownBy(() -> Schedule.parse("- in UTC"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'-' is no cron expression");
    }

    @Test
    void aJobIsGivenUpByTheTimeForWhichItWasScheduledNotByTheTick() {
        Worker worker = shop.worker("w", Duration.ofSeconds(30), Retries.STANDARD, run -> {
            ran.add(run.attempt() + "");
            if (run.attempt() == 1) {
                throw new IOException("no route");
            }
            return StepResult.done();
        });
        worker.jobs().subjects().takeOver(KIND, "u", "", shop.now());
        worker.jobs().subjects().plan(KIND, new Planned("u", Optional.of(Schedule.parse("daily")), true, ""));
        tick(worker);
        shop.pass(Duration.ofDays(1));
        shop.work(Duration.ofDays(1).plusSeconds(30));
        assertThat(ran).containsExactly("1", "2");
    }

    @Test
    void aDeadJobOfAScheduleBeginsAgainWithATickAfterTheLongestRest() {
        Retries once = new Retries(RETRIES.backoff(), 1, Duration.ofDays(1));
        Worker worker = shop.worker("w", Duration.ofSeconds(30), once, run -> {
            ran.add(shop.elapsed().toMinutes() + "");
            throw new IOException("no route");
        });
        worker.jobs().subjects().plan(KIND, hourly("u"));
        for (int minute = 0; minute <= 70; minute += 5) {
            shop.work(Duration.ofMinutes(minute));
            tick(worker);
            worker.tick();
        }
        assertThat(ran).containsExactly("0", "60");
    }
}
