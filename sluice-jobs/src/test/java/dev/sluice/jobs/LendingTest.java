package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Backoff;
import dev.sluice.Claim;
import dev.sluice.Settlement;
import dev.sluice.StoreException;
import dev.sluice.jobs.Workshop.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that somebody outside works on, who has only the token of the claim. */
class LendingTest {
    private static final String KIND = Workshop.KIND;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Retries RETRIES =
            new Retries(new Backoff(Duration.ofSeconds(5), 2, Duration.ofMinutes(1)), 3, Duration.ofHours(1));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Workshop shop;

    @BeforeEach
    void open() {
        shop = new Workshop(directory);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private Worker fetched() {
        return shop.worker("w", JobKind.fetched(KIND, LEASE, RETRIES));
    }

    private static Lending.Lent take(Worker worker) {
        return worker.jobs().lending().take(KIND, "fetcher").orElseThrow();
    }

    private static Optional<JobStatus> status(Worker worker) {
        return worker.jobs().status(KIND, "u");
    }

    @Test
    void aJobThatIsFetchedWaitsForThatAndIsGoneWhenItIsCompleted() {
        Worker worker = fetched();
        worker.trigger("u");
        shop.work(Duration.ofSeconds(5));
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.QUEUED);
        Lending.Lent lent = take(worker);
        assertThat(lent.job().data()).isEqualTo("data");
        assertThat(lent.job().state()).isEqualTo(JobState.RUNNING);
        assertThat(lent.job().holder()).contains("fetcher");
        assertThat(worker.jobs().lending().take(KIND, "other")).isEmpty();
        assertThat(worker.trigger("u")).isInstanceOf(Triggered.Already.class);
        assertThat(worker.jobs().lending().complete(lent.claim(), Optional.of("uid 7")))
                .isEqualTo(Settlement.OK);
        assertThat(status(worker)).isEmpty();
        assertThat(worker.jobs().subjects().find(KIND, "u").orElseThrow().place())
                .isEqualTo("uid 7");
        assertThat(worker.jobs().lending().complete(lent.claim(), Optional.empty()))
                .isEqualTo(Settlement.OK);
    }

    @Test
    void oneThatIsNotSettledWithinItsLeaseIsLentAgainAndTheLateOneIsStale() {
        Worker worker = fetched();
        worker.trigger("u");
        Claim first = take(worker).claim();
        shop.pass(LEASE.plusSeconds(1));
        Lending.Lent second = take(worker);
        assertThat(second.claim().fence()).isGreaterThan(first.fence());
        assertThat(second.job().attempt()).isEqualTo(2);
        assertThat(worker.jobs().lending().complete(first, Optional.of("late"))).isEqualTo(Settlement.STALE);
        assertThat(worker.jobs().lending().fail(first, "late")).isEqualTo(Settlement.STALE);
        assertThat(worker.jobs().lending().extend(first, LEASE)).isEqualTo(Settlement.STALE);
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.RUNNING);
        assertThat(worker.jobs().lending().complete(second.claim(), Optional.empty()))
                .isEqualTo(Settlement.OK);
        assertThat(worker.jobs().subjects().find(KIND, "u")).isEmpty();
    }

    @Test
    void anExtensionKeepsItForAsLongAsItSays() {
        Worker worker = fetched();
        worker.trigger("u");
        Claim claim = take(worker).claim();
        assertThat(worker.jobs().lending().extend(claim, Duration.ofMinutes(5))).isEqualTo(Settlement.OK);
        shop.pass(Duration.ofMinutes(4));
        assertThat(worker.jobs().lending().take(KIND, "other")).isEmpty();
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.RUNNING);
        assertThat(worker.jobs().lending().complete(claim, Optional.empty())).isEqualTo(Settlement.OK);
    }

    @Test
    void aFailureRestsAndTheLastOneIsDead() {
        Worker worker = fetched();
        worker.trigger("u");
        List<JobState> states = new ArrayList<>();
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(worker.jobs().lending().fail(take(worker).claim(), "no route"))
                    .isEqualTo(Settlement.OK);
            states.add(status(worker).orElseThrow().state());
            assertThat(worker.jobs().lending().take(KIND, "early")).isEmpty();
            shop.pass(Duration.ofMinutes(1));
        }
        assertThat(states).containsExactly(JobState.RESTING, JobState.RESTING, JobState.DEAD);
        assertThat(worker.heard(JobEvent.Died.class)).hasSize(1);
    }

    @Test
    void whatCameBehindALentOneFollowsIt() {
        Worker worker = fetched();
        worker.trigger("u");
        Lending.Lent lent = take(worker);
        assertThat(worker.trigger(Trigger.of("u").withData("next").on(OnConflict.AFTER)))
                .isInstanceOf(Triggered.Follows.class);
        worker.jobs().lending().complete(lent.claim(), Optional.empty());
        assertThat(take(worker).job().data()).isEqualTo("next");
    }

    @Test
    void aHandlerThatAnswersLaterLendsItsJob() {
        List<Claim> claims = new ArrayList<>();
        Worker worker = shop.worker("w", LEASE, RETRIES, run -> {
            claims.add(Claim.parse(run.token()));
            return new StepResult.Lent("the service");
        });
        worker.trigger("u");
        worker.tick();
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.RUNNING);
        assertThat(status(worker).orElseThrow().holder()).contains("the service");
        shop.work(Duration.ofSeconds(20));
        assertThat(claims).hasSize(1);
        shop.work(Duration.ofSeconds(60));
        assertThat(claims).as("nobody settled it").hasSizeGreaterThan(1);
        assertThat(worker.jobs().lending().complete(claims.get(0), Optional.empty()))
                .isEqualTo(Settlement.STALE);
        assertThat(worker.jobs().lending().complete(claims.get(claims.size() - 1), Optional.empty()))
                .isEqualTo(Settlement.OK);
        assertThat(status(worker)).isEmpty();
    }

    @Test
    void oneThatIsSettledBeforeItsHandlerHasSaidThatItIsLentIsDone() {
        Worker[] self = new Worker[1];
        self[0] = shop.worker("w", LEASE, RETRIES, run -> {
            self[0].jobs().lending().complete(Claim.parse(run.token()), Optional.empty());
            return new StepResult.Lent("a fast service");
        });
        self[0].trigger("u");
        self[0].tick();
        assertThat(status(self[0])).isEmpty();
        assertThat(self[0].heard(JobEvent.Done.class)).hasSize(1);
        assertThat(self[0].heard(JobEvent.Lost.class)).isEmpty();
    }

    @Test
    void aRepeatedCompletionLeavesTheNextJobOfTheSubjectAlone() {
        Worker worker = fetched();
        worker.trigger("u");
        Claim claim = take(worker).claim();
        worker.trigger(Trigger.of("u").withData("next").on(OnConflict.AFTER));
        worker.jobs().lending().complete(claim, Optional.empty());
        assertThat(worker.jobs().lending().complete(claim, Optional.empty())).isEqualTo(Settlement.OK);
        assertThat(worker.jobs().lending().fail(claim, "late")).isEqualTo(Settlement.STALE);
        assertThat(take(worker).job().data()).isEqualTo("next");
    }

    @Test
    void whoLostAJobByForceChangesNothingForTheNextHolderAndThatCostsNoAttempt() {
        Worker worker = shop.worker("w", JobKind.fetched(KIND, LEASE, new Retries(RETRIES.backoff(), 1, LEASE)));
        worker.trigger("u");
        Claim first = take(worker).claim();
        assertThat(worker.jobs().release(KIND, "u")).isEqualTo(ByHand.DONE);
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.QUEUED);
        Lending.Lent second = take(worker);
        assertThat(second.job().attempt()).isEqualTo(1);
        worker.jobs().lending().fail(first, "late");
        assertThat(status(worker).orElseThrow().state()).isEqualTo(JobState.RUNNING);
        assertThat(worker.jobs().lending().complete(second.claim(), Optional.empty()))
                .isEqualTo(Settlement.OK);
        assertThat(worker.heard(JobEvent.Died.class)).isEmpty();
    }

    @Test
    void anExtensionEndsWithTheLongestRun() {
        Worker worker = shop.worker("w", JobKind.fetched(KIND, LEASE, RETRIES).withLongest(Duration.ofMinutes(2)));
        worker.trigger("u");
        Claim claim = take(worker).claim();
        assertThat(worker.jobs().lending().extend(claim, Duration.ofDays(100))).isEqualTo(Settlement.OK);
        shop.pass(Duration.ofSeconds(121));
        assertThat(take(worker).claim().fence()).isGreaterThan(claim.fence());
    }

    @Test
    void aRowThatCannotBeReadIsLentToNobodyAndKeepsNoOtherFromBeingLent() {
        Worker worker = fetched();
        worker.trigger("broken");
        shop.execute("UPDATE sluice_job SET task_data = x'00'");
        shop.pass(Duration.ofSeconds(1));
        worker.trigger("u");
        assertThat(take(worker).job().subject()).isEqualTo("u");
        JobStatus broken = worker.jobs().status(KIND, "broken").orElseThrow();
        assertThat(broken.state()).isEqualTo(JobState.DEAD);
        assertThat(broken.failure().orElseThrow().reason()).isEqualTo("what its row keeps cannot be read");
    }

    @Test
    void aRepeatedCompletionEndsAJobWhoseRowCouldNotBeWrittenTheFirstTime() {
        Worker worker = fetched();
        worker.trigger("u");
        Claim claim = take(worker).claim();
        shop.execute("CREATE TRIGGER broken BEFORE DELETE ON sluice_job BEGIN SELECT RAISE(ABORT, 'full'); END");
        assertThatThrownBy(() -> worker.jobs().lending().complete(claim, Optional.of("uid 7")))
                .isInstanceOf(StoreException.class);
        shop.execute("DROP TRIGGER broken");
        assertThat(worker.jobs().lending().complete(claim, Optional.of("uid 7")))
                .isEqualTo(Settlement.OK);
        assertThat(status(worker)).isEmpty();
        assertThat(worker.jobs().subjects().find(KIND, "u").orElseThrow().place())
                .isEqualTo("uid 7");
    }
}
