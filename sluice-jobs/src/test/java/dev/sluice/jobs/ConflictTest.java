package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Backoff;
import dev.sluice.jobs.Workshop.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a trigger that finds a job of its subject. */
class ConflictTest {
    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Retries RETRIES =
            new Retries(new Backoff(Duration.ofMinutes(5), 2, Duration.ofMinutes(60)), 3, Duration.ofDays(7));

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

    private Worker worker(JobHandler handler) {
        return shop.worker("w", new JobKind(Workshop.KIND, Duration.ofSeconds(30), RETRIES, handler));
    }

    private Worker noting() {
        return worker(run -> {
            ran.add(shop.elapsed().toSeconds() + " " + run.data());
            return StepResult.done();
        });
    }

    private static Trigger trigger(String data, OnConflict conflict) {
        return Trigger.of("u").withData(data).on(conflict);
    }

    private Optional<JobStatus> status(Worker worker) {
        return worker.jobs().status(Workshop.KIND, "u");
    }

    @Test
    @DisplayName("S5.3 a job due in 30 min is in the way of another one")
    void scheduled() {
        Worker worker = noting();
        worker.trigger(Trigger.of("u").in(HALF_AN_HOUR));
        JobStatus inTheWay = ((Triggered.Already) worker.trigger("u")).job();
        assertThat(inTheWay.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(inTheWay.next()).contains(Workshop.START.plus(HALF_AN_HOUR));
    }

    @Test
    @DisplayName("S5.11 five triggers during a run are one follow-up, with the latest data")
    void oneFollowUp() {
        List<Triggered> done = new ArrayList<>();
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(run.data());
            for (int i = 1; i <= 5 && run.data().equals("first"); i++) {
                done.add(self[0].trigger(trigger("after " + i, OnConflict.AFTER)));
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("first", OnConflict.AFTER));
        shop.work(Duration.ofMinutes(5));
        assertThat(ran).containsExactly("first", "after 5");
        assertThat(done).hasSize(5).allMatch(each -> each instanceof Triggered.Follows);
        JobStatus running = ((Triggered.Follows) done.get(4)).job();
        assertThat(running.state()).isEqualTo(JobState.RUNNING);
        assertThat(running.followUp().map(JobStatus.Origin::data)).contains("after 5");
        assertThat(status(self[0])).isEmpty();
    }

    @Test
    void oneThatWaitsTakesTheDataOfALaterTriggerOverAndKeepsItsTime() {
        Worker worker = noting();
        worker.trigger(trigger("first", OnConflict.AFTER).in(HALF_AN_HOUR));
        assertThat(worker.trigger(trigger("second", OnConflict.AFTER))).isInstanceOf(Triggered.Joined.class);
        shop.work(Duration.ofHours(1));
        assertThat(ran).containsExactly("1800 second");
    }

    @Test
    @DisplayName("S5.12 a trigger with priority takes the place of one that is scheduled, and runs now")
    void preEmpt() {
        Worker worker = noting();
        worker.trigger(trigger("scheduled", OnConflict.REJECT).in(HALF_AN_HOUR));
        Triggered.Replaced done = (Triggered.Replaced) worker.trigger(trigger("urgent", OnConflict.PRE_EMPT));
        assertThat(done.before().state()).isEqualTo(JobState.SCHEDULED);
        assertThat(done.before().data()).isEqualTo("scheduled");
        assertThat(done.job().state()).isEqualTo(JobState.QUEUED);
        shop.work(Duration.ofHours(1));
        assertThat(ran).containsExactly("0 urgent");
    }

    @Test
    @DisplayName("S5.12 a running job is not cancelled: the one with priority follows it")
    void preEmptWhileRunning() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(run.data() + " " + run.isHeld());
            if (run.data().equals("first")) {
                self[0].trigger(trigger("polite", OnConflict.AFTER));
                assertThat(self[0].trigger(trigger("urgent", OnConflict.PRE_EMPT)))
                        .isInstanceOf(Triggered.Follows.class);
                assertThat(run.isHeld()).isTrue();
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("first", OnConflict.REJECT));
        shop.work(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("first true", "urgent true");
    }

    @Test
    void oneWithPriorityGoesBeforeOthersThatAreDueLonger() {
        Worker worker = worker(run -> {
            ran.add(run.subject());
            return StepResult.done();
        });
        for (String subject : List.of("a", "b", "c", "u")) {
            worker.trigger(Trigger.of(subject));
            shop.pass(Duration.ofSeconds(1));
        }
        worker.trigger(trigger("", OnConflict.PRE_EMPT));
        worker.tick();
        assertThat(ran).containsExactly("u", "a", "b", "c");
    }

    @Test
    void aDebouncedJobRunsWhenItHasBeenQuiet() {
        OnConflict debounce = new OnConflict.Debounce(Duration.ofSeconds(10), Duration.ofSeconds(25));
        Worker worker = noting();
        worker.trigger(trigger("1", debounce));
        shop.work(Duration.ofSeconds(6));
        worker.trigger(trigger("2", debounce));
        shop.work(Duration.ofSeconds(12));
        assertThat(ran).isEmpty();
        shop.work(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("16 2");
    }

    @Test
    void aDebouncedJobWaitsNoLongerThanItsLimit() {
        OnConflict debounce = new OnConflict.Debounce(Duration.ofSeconds(10), Duration.ofSeconds(25));
        Worker worker = noting();
        for (int second = 0; second <= 36; second += 6) {
            shop.work(Duration.ofSeconds(second));
            worker.trigger(trigger(String.valueOf(second), debounce));
        }
        shop.work(Duration.ofMinutes(2));
        assertThat(ran).containsExactly("25 24", "46 36");
    }

    @Test
    void aFollowUpOfOneThatFailsIsItsNextAttemptAndKeepsItsRest() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(shop.elapsed().toSeconds() + " " + run.data());
            if (run.data().equals("first")) {
                self[0].trigger(trigger("second", OnConflict.AFTER));
                throw new IOException("no route");
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("first", OnConflict.REJECT));
        shop.work(Duration.ofHours(1));
        assertThat(ran).containsExactly("0 first", "300 second");
    }

    @Test
    void aFollowUpOfOneThatDiesBeginsALifeOfItsOwnAfterTheLongestRest() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(shop.elapsed().toMinutes() + " " + run.data() + " " + run.attempt());
            if (run.data().equals("first")) {
                if (run.attempt() == 3) {
                    self[0].trigger(trigger("second", OnConflict.AFTER));
                }
                throw new IOException("no route");
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("first", OnConflict.REJECT));
        shop.work(Duration.ofHours(2));
        assertThat(ran).containsExactly("0 first 1", "5 first 2", "15 first 3", "75 second 1");
        assertThat(self[0].heard(JobEvent.Died.class)).hasSize(1);
    }

    @Test
    @DisplayName("S5.7 the name of a run is that of its subject and instant, the same in every time zone")
    void names() {
        Worker worker = shop.worker(
                "w",
                new JobKind(Workshop.KIND, Duration.ofSeconds(30), RETRIES, run -> StepResult.done())
                        .withPrefix("email_process"));
        Triggered.Started started = (Triggered.Started) worker.trigger(Trigger.of("123"));
        assertThat(started.job().id()).isEqualTo("email_process_123_1772366400");
    }

    @Test
    void aJobThatWaitsCanBeCancelledAndOneThatRunsCannot() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            assertThat(self[0].jobs().cancel(Workshop.KIND, "u")).isEqualTo(ByHand.RUNNING);
            return StepResult.done();
        });
        self[0].trigger("u");
        self[0].tick();
        assertThat(self[0].heard(JobEvent.Done.class)).hasSize(1);
        self[0].trigger(Trigger.of("u").in(HALF_AN_HOUR));
        assertThat(self[0].jobs().cancel(Workshop.KIND, "u")).isEqualTo(ByHand.DONE);
        assertThat(status(self[0])).isEmpty();
        assertThat(self[0].jobs().cancel(Workshop.KIND, "u")).isEqualTo(ByHand.ABSENT);
    }

    @Test
    void oneThatIsReleasedByForceIsStaleAndBeginsAgain() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(run.data());
            if (ran.size() == 1) {
                assertThat(self[0].jobs().release(Workshop.KIND, "u")).isEqualTo(ByHand.DONE);
                assertThat(run.isHeld()).isFalse();
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("x", OnConflict.REJECT));
        shop.work(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("x", "x");
        assertThat(self[0].heard(JobEvent.Lost.class)).hasSize(1);
        assertThat(self[0].heard(JobEvent.Done.class)).hasSize(1);
        assertThat(self[0].jobs().release(Workshop.KIND, "u")).isEqualTo(ByHand.ABSENT);
    }

    @Test
    void whatJoinedAJobThatWasTakenOverIsNotEndedByItsFirstRun() {
        Worker[] all = new Worker[2];
        JobHandler handler = run -> {
            ran.add(run.data());
            if (run.data().equals("first")) {
                // Long enough without a heartbeat to be taken over, and not so long that the claim is lost.
                shop.pass(Duration.ofSeconds(29));
                all[1].tick();
                assertThat(all[1].trigger(trigger("second", OnConflict.AFTER))).isInstanceOf(Triggered.Joined.class);
            }
            return StepResult.done();
        };
        all[0] = worker(handler);
        all[1] = shop.worker("b", new JobKind(Workshop.KIND, Duration.ofSeconds(30), RETRIES, handler));
        all[0].trigger(trigger("first", OnConflict.REJECT));
        all[0].tick();
        shop.work(Duration.ofMinutes(2));
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void aLaterTriggerDoesNotPutAnUrgentFollowUpOff() {
        Worker[] self = new Worker[1];
        self[0] = worker(run -> {
            ran.add(shop.elapsed().toSeconds() + " " + run.data());
            if (run.data().equals("first")) {
                self[0].trigger(trigger("urgent", OnConflict.PRE_EMPT));
                self[0].trigger(trigger("later", OnConflict.AFTER).in(HALF_AN_HOUR));
            }
            return StepResult.done();
        });
        self[0].trigger(trigger("first", OnConflict.REJECT));
        shop.work(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("0 first", "0 later");
    }
}
