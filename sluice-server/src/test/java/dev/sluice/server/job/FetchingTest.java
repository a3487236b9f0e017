package dev.sluice.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Claim;
import dev.sluice.Key;
import dev.sluice.StoreException;
import dev.sluice.jobs.JobState;
import dev.sluice.jobs.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers that wait, with jobs out of a queue. */
class FetchingTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Queue<String> subjects = new ConcurrentLinkedQueue<>();
    private volatile boolean away;
    private final Fetching fetching = new Fetching("index", this::take);

    @AfterEach
    void close() {
        fetching.close();
    }

    private Optional<FetchedJob> take(String holder) {
        if (away) {
            throw new StoreException("the database is away");
        }
        return Optional.ofNullable(subjects.poll()).map(subject -> job(subject, holder));
    }

    private static FetchedJob job(String subject, String holder) {
        Instant now = Instant.EPOCH;
        JobStatus status = new JobStatus(
                "index",
                subject,
                JobState.RUNNING,
                new JobStatus.Origin("id", "", now, "api"),
                new JobStatus.Progress(1, Optional.empty(), Optional.empty(), Optional.of(holder)),
                Optional.empty());
        return new FetchedJob(status, new Claim(Key.of("index", subject), 1, 1, now), Optional.empty());
    }

    private static String given(CompletableFuture<Optional<FetchedJob>> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS)
                .map(found ->
                        found.job().subject() + " to " + found.job().holder().orElseThrow())
                .orElse("nothing");
    }

    @Test
    void whoDoesNotWaitGetsWhatIsThereOrNothing() throws Exception {
        subjects.add("a");
        assertThat(given(fetching.next("ann", Duration.ZERO))).isEqualTo("a to ann");
        assertThat(given(fetching.next("ann", Duration.ZERO))).isEqualTo("nothing");
    }

    @Test
    void whoWaitsFirstIsServedFirst() throws Exception {
        CompletableFuture<Optional<FetchedJob>> ann = fetching.next("ann", LONG);
        CompletableFuture<Optional<FetchedJob>> bob = fetching.next("bob", LONG);
        subjects.add("a");
        fetching.look();
        assertThat(given(ann)).isEqualTo("a to ann");
        assertThat(bob).isNotDone();
        subjects.add("b");
        fetching.look();
        assertThat(given(bob)).isEqualTo("b to bob");
    }

    @Test
    void whatIsDueWithoutAnybodySayingSoIsFoundByLooking() throws Exception {
        CompletableFuture<Optional<FetchedJob>> ann = fetching.next("ann", LONG);
        subjects.add("a");
        assertThat(given(ann)).isEqualTo("a to ann");
    }

    @Test
    void whoWentAwayIsGivenNothing() throws Exception {
        fetching.next("ann", LONG).complete(Optional.empty());
        CompletableFuture<Optional<FetchedJob>> bob = fetching.next("bob", LONG);
        subjects.add("a");
        fetching.look();
        assertThat(given(bob)).isEqualTo("a to bob");
    }

    @Test
    void moreThanTheMostAreRefusedUntilOneLeaves() throws Exception {
        List<CompletableFuture<Optional<FetchedJob>>> all = new ArrayList<>();
        for (int i = 0; i < Fetching.MOST_WAITING; i++) {
            all.add(fetching.next("worker", LONG));
        }
        assertThatThrownBy(() -> fetching.next("late", LONG))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("200 workers wait already");
        all.get(0).complete(Optional.empty());
        assertThat(given(fetching.next("late", Duration.ZERO))).isEqualTo("nothing");
    }

    @Test
    void whileTheDatabaseIsAwayNobodyIsLeftWaiting() throws Exception {
        away = true;
        assertThatThrownBy(() -> given(fetching.next("ann", LONG)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.class);
        away = false;
        subjects.add("a");
        assertThat(given(fetching.next("ann", LONG))).isEqualTo("a to ann");
    }

    @Test
    void whoWaitsWhileItStopsIsToldThatThereIsNothing() throws Exception {
        CompletableFuture<Optional<FetchedJob>> ann = fetching.next("ann", LONG);
        fetching.close();
        assertThat(given(ann)).isEqualTo("nothing");
        assertThat(given(fetching.next("bob", LONG))).isEqualTo("nothing");
    }
}
