package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Answer;
import dev.sluice.Command;
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
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a store on a shared database does beside other stores, on the clock of the server. */
abstract class SharedStoreContract {
    private static final Rule ONCE = Rule.allow("once per 1h").build();
    private static final Rule FIVE =
            Rule.allow("5 per 1h").digest(dev.sluice.Digest.OFF).build();

    final Database database;
    private final List<SqlStore> open = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();

    SharedStoreContract(SqlServer server) {
        this.database = server.fresh();
    }

    SqlStore store() {
        SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD);
        open.add(store);
        return store;
    }

    @AfterEach
    void close() {
        open.forEach(SqlStore::close);
    }

    private Command offer(Key key, Rule rule) {
        long id = ids.incrementAndGet();
        return new Command(key, rule, new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW));
    }

    private static long passes(List<? extends CompletionStage<Outcome>> outcomes) {
        return outcomes.stream()
                .filter(outcome -> await(outcome).answer() instanceof Answer.Passed)
                .count();
    }

    @Test
    void oneOfManyStoresWinsANewKey() {
        List<SqlStore> stores = List.of(store(), store(), store(), store());
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int subject = 0; subject < 50; subject++) {
            Key key = Key.of("errors", "new-" + subject);
            stores.forEach(store -> outcomes.add(store.apply(offer(key, ONCE))));
        }
        assertThat(passes(outcomes)).isEqualTo(50);
        assertThat(stores.get(0).count("errors")).isEqualTo(50);
    }

    @Test
    void nothingIsCountedTwiceOrNotAtAllWhereBatchesCrossEachOther() {
        List<SqlStore> stores = List.of(store(), store());
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int round = 0; round < 100; round++) {
            for (int subject = 0; subject < 10; subject++) {
                Key one = Key.of("errors", "cross-" + subject);
                Key other = Key.of("errors", "cross-" + (9 - subject));
                outcomes.add(stores.get(0).apply(offer(one, FIVE)));
                outcomes.add(stores.get(1).apply(offer(other, FIVE)));
            }
        }
        assertThat(passes(outcomes)).isEqualTo(50);
        for (int subject = 0; subject < 10; subject++) {
            State state = await(stores.get(0).read(Key.of("errors", "cross-" + subject)))
                    .orElseThrow();
            assertThat(state.done()).isEqualTo(5);
            assertThat(state.held()).isEqualTo(195);
        }
    }

    @Test
    void worksThatStepKeysInOppositeOrdersAreRunAgain() {
        SqlStore one = store();
        SqlStore other = store();
        Key a = Key.of("errors", "a");
        Key b = Key.of("errors", "b");
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outcomes.add(both(one, a, b));
            outcomes.add(both(other, b, a));
        }
        outcomes.forEach(Keys::await);
        for (Key key : List.of(a, b)) {
            State state = await(one.read(key)).orElseThrow();
            assertThat(state.done() + state.held()).isEqualTo(80);
        }
    }

    private CompletionStage<Outcome> both(SqlStore store, Key first, Key second) {
        Command one = offer(first, FIVE);
        Command two = offer(second, FIVE);
        return store.transact(unit -> {
            unit.step(one);
            return unit.step(two);
        });
    }

    @Test
    void aWorkThatFailsTakesNobodyElseWithIt() {
        SqlStore store = store();
        write("CREATE TABLE note (id INT PRIMARY KEY)");
        CompletableFuture<?> before =
                store.apply(offer(Key.of("errors", "a"), ONCE)).toCompletableFuture();
        CompletableFuture<?> broken = store.transact(unit -> {
                    unit.step(offer(Key.of("errors", "broken"), ONCE));
                    unit.prepare("INSERT INTO note (id) VALUES (1)").executeUpdate();
                    return unit.prepare("INSERT INTO note (id) VALUES (1)").executeUpdate();
                })
                .toCompletableFuture();
        CompletableFuture<?> behind = store.transact(
                        unit -> unit.prepare("INSERT INTO note (id) VALUES (2)").executeUpdate())
                .toCompletableFuture();
        before.join();
        behind.join();
        assertThatThrownBy(() -> await(broken)).isInstanceOf(StoreException.class);
        assertThat(Sql.seenByReader(store, "SELECT id FROM note")).containsExactly("2");
        assertThat(await(store.keys("errors", Optional.empty(), 10))).containsExactly(Key.of("errors", "a"));
    }

    @Test
    void aKeyThatComesBackBeginsAboveAllItsFences() {
        SqlStore one = store();
        SqlStore other = store();
        Rule job =
                Rule.allow("exclusive").lease(java.time.Duration.ofMillis(50)).build();
        Key key = Key.of("jobs", "nightly");
        long before = fence(one, key, job);
        org.awaitility.Awaitility.await().until(() -> forgets(other, job));
        assertThat(fence(one, key, job)).isGreaterThan(before);
    }

    private boolean forgets(SqlStore store, Rule rule) {
        return !await(store.forget(key -> Optional.of(rule), 100)).isEmpty();
    }

    private long fence(SqlStore store, Key key, Rule rule) {
        long id = ids.incrementAndGet();
        Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.LATER);
        long fence = await(store.apply(new Command(key, rule, offer))).state().fence();
        await(store.apply(new Command(key, rule, new Event.Release(fence, id, Event.Why.WITHDRAWN))));
        return fence;
    }

    @Test
    void anySubjectIsAKeyOfItsOwn() {
        SqlStore store = store();
        List<String> subjects = List.of("a", "a ", "A", "ä", "a\0b", "\uE000", "\uD83D\uDE00", "'", "\\", "%");
        for (String subject : subjects) {
            assertThat(await(store.apply(offer(Key.of("errors", subject), ONCE)))
                            .answer())
                    .isInstanceOf(Answer.Passed.class);
        }
        assertThat(await(store.keys("errors", Optional.empty(), 100)))
                .containsExactlyInAnyOrderElementsOf(subjects.stream()
                        .map(subject -> Key.of("errors", subject))
                        .toList());
    }

    @Test
    void theClockIsThatOfTheServer() {
        SqlStore store = store();
        await(store.apply(offer(Key.of("errors", "now"), ONCE)));
        assertThat(Math.abs(store.now() - dev.sluice.Micros.of(java.time.Instant.now())))
                .isLessThan(TimeUnit.SECONDS.toMicros(2));
    }

    @Test
    void twoServersThatStartAtOnceMakeTheTablesOnce() {
        List<CompletableFuture<SqlStore>> starting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> SqlStore.open(database.url(), SqlSettings.STANDARD)));
        }
        starting.forEach(each -> open.add(each.join()));
        assertThat(Sql.seenByReader(open.get(0), "SELECT version FROM sluice_schema"))
                .containsExactly("1");
    }

    @Test
    void tablesThatMayNotBeMadeMustBeThere() {
        SqlSettings check = new SqlSettings(10, 10, 3, SqlSettings.STANDARD.timeout(), SqlSettings.Tables.CHECK);
        assertThatThrownBy(() -> SqlStore.open(database.url(), check))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("run the scripts of the schema");
        for (String statement :
                SqlStore.schema().text(dialect()).replaceAll("--.*", "").split(";")) {
            if (!statement.isBlank()) {
                write(statement);
            }
        }
        SqlStore store = SqlStore.open(database.url(), check);
        open.add(store);
        assertThat(await(store.probe())).isTrue();
    }

    abstract Dialect dialect();

    final void write(String sql) {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    Connection own() throws SQLException {
        Connection connection = DriverManager.getConnection(database.jdbcUrl());
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    @Test
    void aDecisionInMyTransactionLeavesNoTraceIfIRollBack() throws SQLException {
        write("CREATE TABLE mine (id INT)");
        SqlStore store = store();
        Gate gate = Gate.over(store).flow("mail", FIVE).manualTimer().build();
        Key key = Key.of("mail", "ann");
        try (Connection mine = own()) {
            for (boolean commit : new boolean[] {false, true}) {
                try (PreparedStatement insert = mine.prepareStatement("INSERT INTO mine VALUES (1)")) {
                    insert.executeUpdate();
                }
                assertThat(gate.joined(store.joined(mine)).tryPass(key)).isTrue();
                assertThat(await(store.read(key))).isEmpty();
                if (commit) {
                    mine.commit();
                } else {
                    mine.rollback();
                }
            }
        }
        assertThat(await(store.read(key)).orElseThrow().done()).isEqualTo(1);
        assertThat(Sql.seenByReader(store, "SELECT id FROM mine")).containsExactly("1");
    }

    @Test
    void twoTransactionsThatDecideTheSameNewKeyCountBoth() throws Exception {
        SqlStore store = store();
        Gate gate = Gate.over(store).flow("mail", FIVE).manualTimer().build();
        Key key = Key.of("mail", "bob");
        try (Connection first = own();
                Connection second = own()) {
            assertThat(gate.joined(store.joined(first)).tryPass(key)).isTrue();
            CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(
                    () -> gate.joined(store.joined(second)).tryPass(key));
            assertThat(waits.completeOnTimeout(false, 100, TimeUnit.MILLISECONDS)
                            .copy()
                            .isDone())
                    .isFalse();
            first.commit();
            waits.get(5, TimeUnit.SECONDS);
            second.commit();
        }
        assertThat(await(store.read(key)).orElseThrow().done()).isEqualTo(2);
    }

    @Test
    void transactionsThatWaitForEachOtherAreToldToBeginAgain() throws Exception {
        SqlStore store = store();
        Gate gate = Gate.over(store).flow("mail", FIVE).manualTimer().build();
        Key a = Key.of("mail", "a");
        Key b = Key.of("mail", "b");
        gate.tryPass(a);
        gate.tryPass(b);
        try (Connection first = own();
                Connection second = own()) {
            gate.joined(store.joined(first)).tryPass(a);
            gate.joined(store.joined(second)).tryPass(b);
            List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
            CompletableFuture<Boolean> crossing =
                    CompletableFuture.supplyAsync(() -> tries(gate, store, first, b, failed));
            tries(gate, store, second, a, failed);
            crossing.get(10, TimeUnit.SECONDS);
            assertThat(failed)
                    .singleElement()
                    .satisfies(why -> assertThat(why).hasMessageContaining("roll this one back and run it again"));
        }
    }

    private static boolean tries(Gate gate, SqlStore store, Connection mine, Key key, List<Throwable> failed) {
        try {
            boolean passes = gate.joined(store.joined(mine)).tryPass(key);
            mine.commit();
            return passes;
        } catch (StoreException e) {
            failed.add(e);
            rollBack(mine);
            return false;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rollBack(Connection mine) {
        try {
            mine.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aConnectionThatCannotBeJoinedIsRefused() throws SQLException {
        SqlStore store = store();
        try (Connection mine = own()) {
            mine.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThatThrownBy(() -> store.joined(mine)).hasMessageContaining("TRANSACTION_READ_COMMITTED");
            mine.setAutoCommit(true);
            assertThatThrownBy(() -> store.joined(mine)).hasMessageContaining("setAutoCommit(false)");
        }
    }
}
