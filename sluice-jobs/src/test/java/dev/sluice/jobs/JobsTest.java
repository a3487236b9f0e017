package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Backoff;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.jobs.Workshop.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsTest {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Retries RETRIES =
            new Retries(new Backoff(Duration.ofSeconds(5), 2, Duration.ofSeconds(60)), 4, Duration.ofHours(1));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Workshop shop;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void open() {
        shop = new Workshop(directory);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private Worker worker(String name, JobHandler handler) {
        return shop.worker(name, LEASE, RETRIES, handler);
    }

    private Worker worker(String name, Retries retries, JobHandler handler) {
        return shop.worker(name, LEASE, retries, handler);
    }

    private JobStatus status(Worker worker) {
        return worker.jobs().status(Workshop.KIND, "u").orElseThrow();
    }

    private void say(String what) {
        said.add(shop.elapsed().toMillis() + " " + what);
    }

    @Test
    void aTriggerStartsAJobThatIsGoneWhenItIsDone() {
        Worker a = worker("a", run -> {
            say(run.subject() + " " + run.data() + " " + run.attempt() + " " + run.step());
            return StepResult.done();
        });
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Started.class);
        assertThat(status(a).state()).isEqualTo(JobState.QUEUED);
        a.tick();
        assertThat(said).containsExactly("0 u data 1 1");
        assertThat(a.jobs().status(Workshop.KIND, "u")).isEmpty();
        assertThat(shop.key("u").live()).isEmpty();
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Started.class);
    }

    @Test
    void aSecondTriggerIsToldWhatIsInItsWay() {
        List<JobStatus> inTheWay = new ArrayList<>();
        Worker b = worker("b", run -> StepResult.done());
        Worker a = worker("a", run -> {
            inTheWay.add(((Triggered.Already) b.trigger("u")).job());
            throw new IOException("no route");
        });
        a.trigger("u");
        inTheWay.add(((Triggered.Already) b.trigger("u")).job());
        a.tick();
        inTheWay.add(((Triggered.Already) b.trigger("u")).job());
        assertThat(inTheWay)
                .extracting(JobStatus::state)
                .containsExactly(JobState.QUEUED, JobState.RUNNING, JobState.RESTING);
        assertThat(inTheWay).extracting(JobStatus::attempt).containsExactly(1, 1, 2);
        assertThat(inTheWay).extracting(JobStatus::since).containsOnly(Workshop.START);
        assertThat(inTheWay.get(1).holder()).isPresent();
        assertThat(inTheWay.get(2).next()).contains(Workshop.START.plusSeconds(5));
        assertThat(inTheWay.get(2).failure()).contains(new JobStatus.Failure(Workshop.START, "no route"));
    }

    @Test
    void aRunGoesOnStepByStepUnderOneClaim() {
        Worker a = worker("a", run -> {
            say("step " + run.step() + " " + run.isHeld());
            return run.step() < 3 ? StepResult.again(Duration.ofMillis(300)) : StepResult.done();
        });
        a.trigger("u");
        a.tick();
        assertThat(said).containsExactly("0 step 1 true", "300 step 2 true", "600 step 3 true");
        long fence = a.heard(JobEvent.Started.class).get(0).fence();
        JobEvent.Attempt first = new JobEvent.Attempt(Workshop.KIND, "u", "data", 1);
        assertThat(a.events())
                .containsExactly(
                        new JobEvent.Started(first, fence),
                        new JobEvent.Stepped(first, fence, 1),
                        new JobEvent.Stepped(first, fence, 2),
                        new JobEvent.Done(first, fence, 3));
    }

    @Test
    void aFailedJobIsTriedAgainByTimerAndThenIsDead() {
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt());
            throw new IOException("no route");
        });
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofMinutes(30));
        assertThat(said).containsExactly("0 attempt 1", "5000 attempt 2", "15000 attempt 3", "35000 attempt 4");
        assertThat(a.heard(JobEvent.Died.class)).hasSize(1);
        JobStatus dead = status(a);
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.attempt()).isEqualTo(4);
        assertThat(dead.failure().orElseThrow().reason()).contains("no route");
        assertThat(a.jobs().dead(10)).containsExactly(dead);
    }

    @Test
    void aJobIsGivenUpBeforeAnAttemptThatWouldBeTooLate() {
        Worker a = worker("a", new Retries(RETRIES.backoff(), 100, Duration.ofSeconds(14)), run -> {
            say("attempt " + run.attempt());
            throw new IOException("no route");
        });
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofMinutes(1));
        assertThat(said).containsExactly("0 attempt 1", "5000 attempt 2");
        assertThat(status(a).state()).isEqualTo(JobState.DEAD);
    }

    @Test
    void aDeadJobIsStartedAgainByATriggerAfterTheLongestRest() {
        Worker a = worker("a", new Retries(RETRIES.backoff(), 1, Duration.ofHours(1)), run -> {
            say("attempt " + run.attempt());
            throw new IOException("no route");
        });
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofMillis(59_999));
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Already.class);
        shop.work(Duration.ofSeconds(60));
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Started.class);
        assertThat(status(a).since()).isEqualTo(shop.now());
        a.tick();
        assertThat(said).containsExactly("0 attempt 1", "60000 attempt 1");
    }

    @Test
    @DisplayName("S1.9 A is killed at t=1: B starts at 30, and A that comes back at t=40 is refused")
    void theJobOfAKilledProcessRunsElsewhereWithinOneLease() {
        Mortal[] life = new Mortal[1];
        Run[] late = new Run[1];
        List<Long> fences = new ArrayList<>();
        Worker a = worker("a", run -> {
            late[0] = run;
            fences.add(run.fence());
            shop.pass(Duration.ofSeconds(1));
            throw life[0].die();
        });
        life[0] = a.life();
        Worker b = worker("b", run -> {
            say("b " + run.attempt());
            fences.add(run.fence());
            return run.step() < 3 ? StepResult.again(Duration.ofSeconds(10)) : StepResult.done();
        });
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofSeconds(29));
        assertThat(said).isEmpty();
        assertThat(((Triggered.Already) b.trigger("u")).job().state()).isEqualTo(JobState.RESTING);
        shop.work(Duration.ofSeconds(40));
        assertThat(said).containsExactly("30000 b 2", "40000 b 2", "50000 b 2");
        assertThat(fences.get(1)).isGreaterThan(fences.get(0));
        a.life().revive();
        assertThat(late[0].isHeld()).isFalse();
        assertThat(b.heard(JobEvent.TakenOver.class))
                .containsExactly(new JobEvent.TakenOver(new JobEvent.Attempt(Workshop.KIND, "u", "data", 1), "manual"));
        assertThat(b.heard(JobEvent.Done.class)).hasSize(1);
    }

    @Test
    @DisplayName("S1.8 what is triggered before a kill is run by another process")
    void aTriggeredJobOutlivesItsProcess() {
        Worker a = worker("a", run -> StepResult.done());
        worker("b", run -> {
            say("b " + run.attempt());
            return StepResult.done();
        });
        a.trigger("u");
        assertThat(a.life().die()).isNotNull();
        shop.work(Duration.ofSeconds(1));
        assertThat(said).containsExactly("500 b 1");
    }

    @Test
    void aProcessThatStoodStillFinishesWhatNobodyHasTakenFromItYet() {
        Worker b = worker("b", run -> {
            say("b");
            return StepResult.done();
        });
        Worker a = worker("a", run -> {
            // Longer than heartbeats may be missing, shorter than the claim.
            shop.pass(Duration.ofSeconds(20));
            b.tick();
            say("a " + run.isHeld());
            return StepResult.done();
        });
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofMinutes(2));
        assertThat(said).containsExactly("20000 a true");
        assertThat(a.heard(JobEvent.Done.class)).hasSize(1);
        assertThat(b.jobs().status(Workshop.KIND, "u")).isEmpty();
    }

    @Test
    void aStoreThatIsAwayFailsNoJobAndLetsNobodyGoOn() {
        Mortal[] life = new Mortal[1];
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt() + " step " + run.step());
            life[0].loseKeys(said.size() == 1);
            return run.step() < 2 ? StepResult.again(Duration.ofSeconds(1)) : StepResult.done();
        });
        life[0] = a.life();
        a.trigger("u");
        a.tick();
        shop.work(Duration.ofSeconds(5));
        assertThat(a.heard(JobEvent.Stopped.class)).hasSize(1);
        a.life().loseKeys(false);
        shop.work(Duration.ofMinutes(1));
        assertThat(said).containsExactly("0 attempt 1 step 1", "30000 attempt 1 step 1", "31000 attempt 1 step 2");
        assertThat(a.heard(JobEvent.Failed.class)).isEmpty();
    }

    @Test
    void aProcessThatCannotAskForItsClaimSaysThatItLostAJobThatOthersTook() {
        Mortal[] life = new Mortal[1];
        Worker b = worker("b", run -> {
            say("b");
            return StepResult.done();
        });
        Worker a = worker("a", run -> {
            life[0].loseKeys(true);
            for (int i = 0; i < 4; i++) {
                shop.pass(Duration.ofSeconds(10));
                b.tick();
            }
            return StepResult.again(Duration.ZERO);
        });
        life[0] = a.life();
        a.trigger("u");
        a.tick();
        assertThat(said).containsExactly("30000 b");
        assertThat(a.heard(JobEvent.Lost.class)).hasSize(1);
        assertThat(a.heard(JobEvent.Stopped.class)).isEmpty();
        assertThat(b.jobs().status(Workshop.KIND, "u")).isEmpty();
    }

    @Test
    void aJobThatEndsEachProcessIsDeadAfterItsAttempts() {
        List<Worker> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            all.add(worker("w" + i, run -> {
                say("attempt " + run.attempt());
                throw all.get(number).life().die();
            }));
        }
        all.get(0).trigger("u");
        shop.work(Duration.ofMinutes(5));
        assertThat(said).hasSize(4);
        assertThat(status(all.get(4)).state()).isEqualTo(JobState.DEAD);
        assertThat(status(all.get(4)).failure().orElseThrow().reason()).contains("ended, or stood still");
    }

    @Test
    void aClaimThatSomebodyElseHasPutsTheJobOffUntilItsEndAndIsNoFailure() {
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt());
            return StepResult.done();
        });
        JobKind kind = new JobKind(Workshop.KIND, LEASE, RETRIES, run -> StepResult.done());
        new Claims(shop.keys()).take(Key.of(Workshop.KIND, "u"), kind.rule());
        a.trigger("u");
        a.tick();
        JobStatus waits = status(a);
        assertThat(waits.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(waits.next()).contains(Workshop.START.plus(LEASE));
        shop.work(LEASE);
        assertThat(said).containsExactly("30000 attempt 1");
    }

    @Test
    void theResultOfARunThatLostItsClaimIsWrittenNowhere() {
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt());
            if (said.size() == 1) {
                evict(run.fence());
                assertThat(run.isHeld()).isFalse();
            }
            return StepResult.done();
        });
        a.trigger("u");
        a.tick();
        assertThat(said).containsExactly("0 attempt 1", "0 attempt 1");
        assertThat(a.heard(JobEvent.Lost.class)).hasSize(1);
        assertThat(a.heard(JobEvent.Done.class)).hasSize(1);
    }

    private void evict(long fence) {
        JobKind kind = new JobKind(Workshop.KIND, LEASE, RETRIES, run -> StepResult.done());
        shop.keys().apply(new Command(Key.of(Workshop.KIND, "u"), kind.rule(), new Event.Evict(fence)));
    }

    @Test
    void whatRestsOrIsDeadIsTriedNowByHandAndADeadOneHasAllItsAttemptsAgain() {
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt());
            throw new IOException("no route");
        });
        a.trigger("u");
        a.tick();
        assertThat(a.jobs().tryNow(Workshop.KIND, "u")).isEqualTo(ByHand.DONE);
        a.tick();
        assertThat(said).containsExactly("0 attempt 1", "0 attempt 2");
        shop.work(Duration.ofMinutes(30));
        assertThat(a.jobs().list(Workshop.KIND, 10)).containsExactly(status(a));
        assertThat(status(a).state()).isEqualTo(JobState.DEAD);
        said.clear();

        assertThat(a.jobs().tryNow(Workshop.KIND, "u")).isEqualTo(ByHand.DONE);
        assertThat(status(a).attempt()).isEqualTo(1);
        a.tick();
        assertThat(said).singleElement().asString().endsWith("attempt 1");
        assertThat(status(a).state()).isEqualTo(JobState.RESTING);
    }

    @Test
    void whatIsGivenUpByHandIsNotTriedAgainUntilATriggerAfterItsLongestRest() {
        Worker a = worker("a", run -> {
            say("attempt " + run.attempt());
            throw new IOException("no route");
        });
        a.trigger("u");
        a.tick();
        assertThat(a.jobs().giveUp(Workshop.KIND, "u", "given up by ann")).isEqualTo(ByHand.DONE);
        assertThat(a.jobs().giveUp(Workshop.KIND, "u", "twice")).isEqualTo(ByHand.DONE);
        assertThat(status(a).state()).isEqualTo(JobState.DEAD);
        assertThat(status(a).failure().orElseThrow().reason()).isEqualTo("given up by ann");
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Already.class);
        shop.work(Duration.ofHours(1));
        assertThat(said).containsExactly("0 attempt 1");
        assertThat(a.trigger("u")).isInstanceOf(Triggered.Started.class);
    }

    @Test
    void whatRunsIsNotChangedByHandAndNeitherIsWhatIsNotThere() {
        List<ByHand> done = new ArrayList<>();
        Worker b = worker("b", run -> StepResult.done());
        Worker a = worker("a", run -> {
            done.add(b.jobs().tryNow(Workshop.KIND, "u"));
            done.add(b.jobs().giveUp(Workshop.KIND, "u", "why"));
            return StepResult.done();
        });
        a.trigger("u");
        a.tick();
        assertThat(done).containsExactly(ByHand.RUNNING, ByHand.RUNNING);
        assertThat(a.jobs().tryNow(Workshop.KIND, "u")).isEqualTo(ByHand.ABSENT);
        assertThat(a.jobs().giveUp(Workshop.KIND, "u", "why")).isEqualTo(ByHand.ABSENT);
    }

    @Test
    void aRowThatCannotBeReadIsDeadAndKeepsNobodyFromRunning() {
        Worker a = worker("a", run -> {
            say(run.subject());
            return StepResult.done();
        });
        a.trigger("broken");
        a.trigger("whole");
        shop.execute("UPDATE sluice_job SET task_data = x'07' WHERE task_instance = 'broken'");
        a.tick();
        assertThat(said).containsExactly("0 whole");
        assertThat(a.jobs().dead(10)).hasSize(1);
        assertThat(a.heard(JobEvent.Died.class).get(0).reason()).contains("cannot be read");
    }

    @Test
    void whatIsWrongWithATriggerIsSaid() {
        Worker a = worker("a", run -> StepResult.done());
        assertThatThrownBy(() -> a.jobs().trigger("other", "u", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no kind of job 'other'");
        assertThatThrownBy(() -> a.jobs().trigger(Workshop.KIND, "", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.jobs().trigger(Workshop.KIND, "u", "x".repeat(100_001)))
                .hasMessageContaining("100000 characters");
        assertThatThrownBy(() -> new JobKind("Big", LEASE, RETRIES, run -> StepResult.done()))
                .hasMessageContaining("cannot name a kind");
        assertThatThrownBy(() -> new JobKind("big", Duration.ofMillis(999), RETRIES, run -> StepResult.done()))
                .hasMessageContaining("from 1 s to 1 h");
    }

    @Test
    void aSubjectOfAnyLengthAndKindIsOne() {
        Worker a = worker("a", run -> {
            say(Integer.toString(run.subject().length()));
            return StepResult.done();
        });
        String longest = "x".repeat(1_000);
        String odd = "a\0b";
        assertThat(a.trigger(longest)).isInstanceOf(Triggered.Started.class);
        assertThat(a.trigger(longest)).isInstanceOf(Triggered.Already.class);
        assertThat(a.trigger(odd)).isInstanceOf(Triggered.Started.class);
        a.tick();
        assertThat(said).containsExactlyInAnyOrder("0 1000", "0 3");
    }

    @Test
    void whatAListenerThrowsStopsNothing() {
        Worker a = shop.worker("a", LEASE, RETRIES, run -> StepResult.done());
        Jobs jobs = Jobs.over(shop.keys(), new JobDatabase(shop.source(), () -> {}))
                .kind(new JobKind(Workshop.KIND, LEASE, RETRIES, run -> StepResult.done()))
                .listener(event -> {
                    throw new IllegalStateException("ledger away");
                })
                .manual(pause -> {})
                .start();
        jobs.trigger(Workshop.KIND, "u", "");
        jobs.tick();
        assertThat(a.jobs().status(Workshop.KIND, "u")).isEmpty();
        jobs.close();
    }

    @Test
    void itIsAtItsRestThatTimesAreExact() {
        assertThat(RETRIES.next(1, Instant.EPOCH, Instant.EPOCH)).contains(Instant.EPOCH.plusSeconds(5));
        assertThat(RETRIES.next(3, Instant.EPOCH, Instant.EPOCH)).contains(Instant.EPOCH.plusSeconds(20));
        assertThat(RETRIES.next(4, Instant.EPOCH, Instant.EPOCH)).isEmpty();
    }
}
