package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static dev.sluice.sql.Keys.key;
import static dev.sluice.sql.Keys.occurrence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import dev.sluice.contract.ManualClock;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One unit of work, and many of them in one commit. */
class SqlStoreTest {
    private static final int WAITING = 100;

    private static final SqliteSettings SETTINGS = new SqliteSettings(
            WAITING, 512, 2, 1_000, SqliteSettings.Durability.DISK, SqliteSettings.STANDARD.patience());

    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private SqlStore store;

    @BeforeEach
    void open() {
        store = SqlStore.sqlite(directory.resolve("sluice.db"), SETTINGS, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static int note(UnitOfWork unit, String text) throws SQLException {
        unit.step(occurrence(text, 1));
        unit.step(occurrence("shared", text.hashCode()));
        PreparedStatement insert = unit.prepare("INSERT INTO note (text) VALUES (?)");
        insert.setString(1, text);
        return insert.executeUpdate();
    }

    private List<String> notes() {
        return Sql.seenByReader(store, "SELECT text FROM note ORDER BY text");
    }

    private long seen(String subject) {
        return await(store.read(key(subject))).map(State::seen).orElse(0L);
    }

    @Test
    void keysAreCountedByFlowWithItsVariantsAndWithoutItsNeighbours() {
        Rule rule = Rule.allow("5 per 1h").build();
        List<Key> keys = List.of(
                Key.of("errors", "a"),
                Key.of("errors", "b"),
                Key.of("errors", "backfill", "a"),
                Key.of("errors-too", "a"),
                Key.of("errors.x", "a"),
                Key.of("error", "a"));
        for (Key each : keys) {
            await(store.apply(
                    new Command(each, rule, new Event.Offer(1, 2, OptionalDouble.empty(), Event.Settle.NOW))));
        }
        assertThat(store.count("errors")).isEqualTo(3);
        assertThat(store.count("error")).isEqualTo(1);
        assertThat(store.count("nothing")).isZero();
    }

    @Test
    void aWorkThatThrowsUndoesItsOwnStepsAndStatementsOnly() {
        Sql.write(store, "CREATE TABLE note (text TEXT)");
        CompletionStage<Integer> first;
        CompletionStage<Integer> second;
        CompletionStage<Integer> third;
        Hold hold = new Hold(store);
        first = store.transact(unit -> note(unit, "first"));
        second = store.transact(unit -> {
            note(unit, "second");
            throw new IllegalArgumentException("no second");
        });
        third = store.transact(unit -> note(unit, "third"));
        hold.letGo();
        await(first);
        assertThatThrownBy(() -> await(second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no second");
        await(third);
        assertThat(notes()).containsExactly("first", "third");
        assertThat(seen("shared")).isEqualTo(2);
        assertThat(await(store.read(key("second")))).isEmpty();
    }

    @Test
    void aStatementThatFailsUndoesItsWorkAndSaysSo() {
        Sql.write(store, "CREATE TABLE note (text TEXT UNIQUE)");
        await(store.transact(unit -> note(unit, "once")));

        assertThatThrownBy(() -> await(store.transact(unit -> note(unit, "once"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("UNIQUE");
        assertThat(seen("shared")).isEqualTo(1);
    }

    @Test
    void aWorkSeesItsOwnStepsAndTheTimeStandsStill() {
        boolean seen = await(store.transact(unit -> {
            long now = unit.now();
            Outcome outcome = unit.step(occurrence("disk", 1));
            clock.advance(Duration.ofHours(1));
            return unit.read(key("disk")).equals(Optional.of(outcome.state())) && unit.now() == now;
        }));

        assertThat(seen).isTrue();
    }

    @Test
    void aUnitOfWorkEndsWithItsWork() {
        List<UnitOfWork> kept = new ArrayList<>();
        await(store.transact(unit -> {
            return kept.add(unit);
        }));

        assertThatThrownBy(() -> kept.get(0).prepare("SELECT 1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get(0).step(occurrence("disk", 1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHundredOccurrencesOfOneKeyWriteOneRow() {
        AtomicInteger commits = new AtomicInteger();
        long before = rowsWritten();
        List<CompletionStage<Outcome>> all = new ArrayList<>();
        Hold hold = new Hold(store);
        for (int id = 1; id < WAITING; id++) {
            int occurrence = id;
            all.add(store.transact(unit -> {
                unit.gather(Commit.class, () -> new Commit(commits), commit -> {});
                return unit.step(occurrence("disk", occurrence));
            }));
        }
        hold.letGo();
        all.forEach(Keys::await);

        assertThat(seen("disk")).isEqualTo(WAITING - 1);
        assertThat(rowsWritten() - before).isEqualTo(1);
        assertThat(commits).hasValue(1);
    }

    private long rowsWritten() {
        return Long.parseLong(Sql.seenByWriter(store, "SELECT total_changes()").get(0));
    }

    private record Commit(AtomicInteger commits) implements UnitOfWork.Gathered {
        @Override
        public void write(UnitOfWork unit) {
            commits.incrementAndGet();
        }
    }

    @Test
    void aFullQueueRefusesAtOnceAndTakesMoreLater() {
        List<CompletionStage<Outcome>> accepted = new ArrayList<>();
        Hold hold = new Hold(store);
        for (int id = 1; id < WAITING; id++) {
            accepted.add(store.apply(occurrence("disk", id)));
        }
        assertThatThrownBy(() -> await(store.apply(occurrence("disk", WAITING))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("call again later");
        hold.letGo();
        accepted.forEach(Keys::await);
        await(store.apply(occurrence("disk", WAITING)));

        assertThat(seen("disk")).isEqualTo(WAITING);
    }

    @Test
    void aFullQueueTakesTheWorksOfTheProgramItselfAndRunsThemFirst() {
        List<CompletionStage<Outcome>> accepted = new ArrayList<>();
        Hold hold = new Hold(store);
        for (int id = 1; id < WAITING; id++) {
            accepted.add(store.apply(occurrence("disk", id)));
        }
        CompletionStage<Boolean> first =
                store.transactAhead(unit -> unit.read(key("disk")).isEmpty());
        hold.letGo();

        assertThat(await(first)).as("ran before those who waited").isTrue();
        accepted.forEach(Keys::await);
        await(store.apply(occurrence("disk", WAITING)));
    }

    @Test
    void aCallerWhoHoldsUpItsAnswerDoesNotHoldUpTheNextCommit() {
        CountDownLatch let = new CountDownLatch(1);
        AtomicInteger answered = new AtomicInteger();
        Hold hold = new Hold(store);
        store.apply(occurrence("first", 1)).thenRun(() -> {
            answered.incrementAndGet();
            Keys.await(let);
        });
        hold.letGo();
        CountDownLatch written = new CountDownLatch(1);
        CompletionStage<Boolean> second = store.transact(unit -> {
            written.countDown();
            return true;
        });

        Keys.await(written);
        let.countDown();
        assertThat(await(second)).isTrue();
        assertThat(answered).hasValue(1);
    }

    @Test
    void closingCommitsAndAnswersWhatWasAccepted() throws InterruptedException {
        List<CompletionStage<Outcome>> accepted = new ArrayList<>();
        Thread closing = new Thread(store::close, "closing");
        Hold hold = new Hold(store);
        for (int id = 1; id < WAITING; id++) {
            accepted.add(store.apply(occurrence("disk", id)));
        }
        closing.start();
        hold.letGo();
        accepted.forEach(Keys::await);
        closing.join();
        open();

        assertThat(seen("disk")).isEqualTo(WAITING - 1);
    }

    @Test
    void aClosedStoreSaysSo() {
        store.close();
        store.close();

        assertThatThrownBy(() -> await(store.apply(occurrence("disk", 1))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> await(store.read(key("disk")))).hasMessageContaining("closed");
        assertThatThrownBy(() -> await(store.forget(key -> Optional.empty(), 1)))
                .hasMessageContaining("closed");
    }

    @Test
    void aWorkCannotCloseTheStoreThatItRunsIn() {
        CompletionStage<Boolean> closing = store.transact(unit -> {
            store.close();
            return true;
        });

        assertThatThrownBy(() -> await(closing)).isInstanceOf(IllegalStateException.class);
        assertThat(Sql.seenByWriter(store, "SELECT 1")).containsExactly("1");
    }

    @Test
    void theStoreCanBeClosedByWhatHangsOnAnAnswer() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        Hold hold = new Hold(store);
        store.apply(occurrence("disk", 1)).thenRun(() -> {
            store.close();
            closed.countDown();
        });
        hold.letGo();
        Keys.await(closed);

        assertThatThrownBy(() -> await(store.apply(occurrence("disk", 2)))).hasMessageContaining("closed");
    }

    @Test
    void aClockThatIsSetBackPostponesNoTallyByMoreThanItsWindow() {
        for (int id = 1; id <= 6; id++) {
            await(store.apply(occurrence("disk", id)));
        }
        clock.advance(Duration.ofDays(-30));
        Sql.write(store, "SELECT 1");

        assertThat(await(store.due(10))).containsExactly(key("disk"));
        take("disk");
        assertThat(await(store.due(10))).as("was looked at").isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(await(store.due(10))).containsExactly(key("disk"));
        assertThat(take("disk"))
                .isInstanceOfSatisfying(
                        Answer.Taken.class, taken -> assertThat(taken.tally()).isPresent());
    }

    @Test
    void aClockThatJittersMakesNothingDue() {
        for (int id = 1; id <= 6; id++) {
            await(store.apply(occurrence("disk", id)));
        }
        clock.advance(Duration.ofSeconds(-10));
        Sql.write(store, "SELECT 1");

        assertThat(await(store.due(10))).isEmpty();
    }

    private Answer take(String subject) {
        return await(store.apply(new Command(key(subject), Keys.FIVE_PER_HOUR, new Event.Take())))
                .answer();
    }

    @Test
    void aForgottenKeyIsWrittenDownInTheCommitThatDeletesIt() {
        Sql.write(store, "CREATE TABLE note (text TEXT)");
        for (int i = 0; i < WAITING; i++) {
            await(store.apply(occurrence("subject-" + i, 1)));
        }
        clock.advance(Duration.ofHours(1));

        await(store.forget(key -> Optional.of(Keys.FIVE_PER_HOUR), 1_000, (unit, forgotten) -> {
            PreparedStatement insert = unit.prepare("INSERT INTO note (text) VALUES (?)");
            insert.setString(1, forgotten.key().subject());
            insert.executeUpdate();
        }));

        assertThat(notes()).hasSize(WAITING);
        assertThat(await(store.keys("errors", Optional.empty(), 1))).isEmpty();
    }
}
