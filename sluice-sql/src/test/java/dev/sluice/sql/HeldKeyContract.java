package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.SqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While a transaction of a caller's own holds a key, who asks for that key waits, and nobody else. */
abstract class HeldKeyContract {
    /** So long that whoever is answered while the key is held cannot have waited for it. */
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private static final Duration IMPATIENT = Duration.ofSeconds(3);

    private static final Rule FIVE = Rule.allow("5 per 1h").digest(Digest.OFF).build();
    private static final Key HELD = Key.of("mail", "held");
    private static final int OTHERS = 30;

    private final Database database;
    private final List<SqlStore> open = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private Connection mine;

    HeldKeyContract(SqlServer server) {
        this.database = server.fresh();
    }

    @BeforeEach
    void begin() throws SQLException {
        mine = DriverManager.getConnection(database.jdbcUrl());
        mine.setAutoCommit(false);
        mine.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    @AfterEach
    void close() throws SQLException {
        mine.close();
        open.forEach(SqlStore::close);
    }

    private SqlStore store(Duration timeout) {
        return store(timeout, 10_000);
    }

    private SqlStore store(Duration timeout, int waiting) {
        SqlStore store =
                SqlStore.open(database.url(), new SqlSettings(waiting, 512, 3, timeout, SqlSettings.Tables.CREATE));
        open.add(store);
        return store;
    }

    private Command offer(Key key) {
        long id = ids.incrementAndGet();
        return new Command(key, FIVE, new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW));
    }

    /** The key is held until the transaction ends. */
    private void hold(SqlStore store) {
        Gate gate = Gate.over(store).flow("mail", FIVE).manualTimer().build();
        assertThat(gate.joined(store.joined(mine)).tryPass(HELD)).isTrue();
    }

    private static Key other(int number) {
        return Key.of("mail", "other-" + number);
    }

    private static List<Integer> others() {
        return IntStream.range(0, OTHERS).boxed().toList();
    }

    private static long counted(SqlStore store, Key key) {
        State state = await(store.read(key)).orElseThrow();
        return state.done() + state.held();
    }

    @Test
    void othersOfTheSameCommitAreDecidedWhileAKeyThatWasThereIsHeld() throws SQLException {
        SqlStore store = store(PATIENT);
        await(store.apply(offer(HELD)));
        othersAreDecidedWhileItIsHeld(store, 1);
    }

    @Test
    void othersOfTheSameCommitAreDecidedWhileAKeyIsHeldThatIsNew() throws SQLException {
        othersAreDecidedWhileItIsHeld(store(PATIENT), 0);
    }

    private void othersAreDecidedWhileItIsHeld(SqlStore store, int before) throws SQLException {
        await(store.apply(offer(other(0))));
        hold(store);
        Hold commit = new Hold(store);
        List<CompletionStage<Outcome>> free = new ArrayList<>();
        List<CompletionStage<Outcome>> held = new ArrayList<>();
        for (int i : others()) {
            free.add(store.apply(offer(other(i))));
            held.add(store.apply(offer(HELD)));
        }
        commit.letGo();
        free.forEach(Keys::await);
        others().forEach(i -> await(store.apply(offer(other(OTHERS + i)))));
        assertThat(held).noneMatch(each -> each.toCompletableFuture().isDone());

        mine.commit();
        held.forEach(Keys::await);
        assertThat(counted(store, HELD)).isEqualTo(before + 1 + OTHERS);
        assertThat(counted(store, other(0))).isEqualTo(2);
    }

    @Test
    void aTransactionThatIsRolledBackLetsTheKeyGo() throws SQLException {
        SqlStore store = store(PATIENT);
        hold(store);
        CompletionStage<Outcome> held = store.apply(offer(HELD));
        await(store.apply(offer(other(0))));
        mine.rollback();
        await(held);
        assertThat(counted(store, HELD)).isEqualTo(1);
    }

    @Test
    void whoAsksForTheKeyIsToldWhenTheTimeIsOver() throws SQLException {
        SqlStore store = store(IMPATIENT);
        hold(store);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> await(store.apply(offer(HELD))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("mail:held is held by another transaction");
        }
        mine.commit();
        await(store.apply(offer(HELD)));
        assertThat(counted(store, HELD)).isEqualTo(2);
    }

    @Test
    void worksThatDidNotSayThatTheyStepTheKeyHoldUpNobodyEither() throws SQLException {
        SqlStore store = store(PATIENT);
        execute("CREATE TABLE written (number INT)");
        await(store.apply(offer(HELD)));
        hold(store);
        Hold commit = new Hold(store);
        List<CompletionStage<Outcome>> free = new ArrayList<>();
        List<CompletionStage<Outcome>> held = new ArrayList<>();
        for (int i : others()) {
            held.add(writing(store, List.of(other(i)), HELD, i));
            free.add(writing(store, List.of(), other(i), OTHERS + i));
        }
        commit.letGo();
        free.forEach(Keys::await);
        assertThat(Sql.seenByReader(store, "SELECT number FROM written")).hasSize(OTHERS);

        mine.commit();
        held.forEach(Keys::await);
        assertThat(counted(store, HELD)).isEqualTo(2 + OTHERS);
        assertThat(Sql.seenByReader(store, "SELECT number FROM written")).hasSize(2 * OTHERS);
    }

    private CompletionStage<Outcome> writing(SqlStore store, List<Key> declared, Key key, int number) {
        Command command = offer(key);
        return store.transact(declared, unit -> {
            unit.prepare("INSERT INTO written VALUES (" + number + ")").executeUpdate();
            return unit.step(command);
        });
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void worksOfTheKeyRunInTheOrderOfTheirComing() throws SQLException {
        SqlStore store = store(PATIENT);
        hold(store);
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        List<CompletionStage<Integer>> held = new ArrayList<>();
        for (int i : others()) {
            held.add(store.transact(List.of(HELD), unit -> {
                unit.read(HELD);
                ran.add(i);
                return i;
            }));
            await(store.apply(offer(other(i))));
        }
        mine.commit();
        held.forEach(Keys::await);
        assertThat(ran.subList(ran.size() - OTHERS, ran.size())).isEqualTo(others());
    }

    @Test
    void aFloodForTheKeyLeavesRoomForOthers() throws SQLException {
        SqlStore store = store(PATIENT, 20);
        hold(store);
        List<CompletionStage<Outcome>> held = new ArrayList<>();
        for (int i : others()) {
            held.add(store.apply(offer(HELD)));
            await(store.apply(offer(other(i))));
        }
        List<CompletionStage<Outcome>> refused = held.stream()
                .filter(each -> each.toCompletableFuture().isDone())
                .toList();
        assertThat(refused)
                .hasSize(OTHERS - 10)
                .allSatisfy(each -> assertThatThrownBy(() -> await(each))
                        .hasMessageContaining("mail:held is held by another transaction")
                        .hasMessageContaining("too many wait for it"));
        mine.commit();
        held.stream().filter(each -> !refused.contains(each)).forEach(Keys::await);
        assertThat(counted(store, HELD)).isEqualTo(11);
    }

    @Test
    void aStoreThatIsClosedAnswersWhoWaitsForTheKey() {
        SqlStore store = store(IMPATIENT);
        hold(store);
        CompletionStage<Outcome> held = store.apply(offer(HELD));
        await(store.apply(offer(other(0))));
        store.close();
        assertThatThrownBy(() -> await(held)).hasMessageContaining("mail:held is held by another transaction");
    }
}
