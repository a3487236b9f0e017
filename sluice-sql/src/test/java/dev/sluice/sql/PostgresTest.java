package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What only PostgreSQL does. */
class PostgresTest {
    private static final Key KEY = Key.of("errors", "disk");
    private static final Rule RULE = Rule.allow("2 per 1h").build();

    private static final String UPDATES =
            "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sluice_key'";

    private final Database database = PostgresServer.shared().fresh();

    private static Command offer(Key key, long id) {
        return new Command(key, RULE, new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW));
    }

    /** Keeps what it is told. */
    private record Heard(Queue<Key> rearmed, AtomicInteger cuts) implements Store.Listener {
        @Override
        public void rearmed(Key key) {
            rearmed.add(key);
        }

        @Override
        public void disconnected() {
            cuts.incrementAndGet();
        }
    }

    @Test
    void othersAreToldWhatWasArmedAgainAndThatTheyWereCutOff() {
        Heard heard = new Heard(new ConcurrentLinkedQueue<>(), new AtomicInteger());
        try (SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD);
                SqlStore other = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            other.listen(heard);
            Key odd = Key.of("errors", "it's\0\uD83D\uDE00");
            await(store.apply(offer(KEY, 1)));
            await(store.apply(offer(odd, 2)));
            Awaitility.await().until(() -> {
                await(store.apply(new Command(KEY, RULE, new Event.Reset(OptionalDouble.empty()))));
                return heard.rearmed().contains(KEY);
            });
            await(store.apply(new Command(odd, RULE, new Event.Reset(OptionalDouble.empty()))));
            Awaitility.await().until(() -> heard.rearmed().contains(odd));
            PostgresServer.shared()
                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                            + database.url().substring(database.url().lastIndexOf('/') + 1) + "'");
            Awaitility.await().until(() -> heard.cuts().get() > 0);
        }
    }

    @Test
    void aServerThatMayForgetWhatItCommittedIsToldOfAtTheStart() {
        try (Warnings warnings = new Warnings(SharedDatabase.class);
                SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            boolean forgets = Sql.seenByReader(store, "SHOW fsync").contains("off");
            assertThat(warnings.said())
                    .filteredOn(said -> said.contains("fsync is off, set it to on"))
                    .hasSize(forgets ? 1 : 0)
                    .allSatisfy(said -> assertThat(said).contains("a power cut loses what was answered"));
        }
    }

    @Test
    void aUserWhoOnlyReadsUnlessHeSaysOtherwiseCanHaveAStore() {
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        PostgresServer.shared().execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        try (SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            assertThat(await(store.probe())).isTrue();
        }
    }

    @Test
    void aUserWithoutRightsIsToldWhichToAskFor() throws SQLException {
        String guest = "guest" + System.nanoTime();
        try (Connection owner = DriverManager.getConnection(database.jdbcUrl())) {
            Sql.behindItsBack(owner, "CREATE ROLE " + guest + " LOGIN PASSWORD 'secret'");
            Sql.behindItsBack(owner, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
            assertThatThrownBy(() -> SqlStore.open(
                            database.url().replaceFirst("//.*@", "//" + guest + ":secret@"), SqlSettings.STANDARD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"" + guest + '"');
            Sql.behindItsBack(owner, "DROP ROLE " + guest);
        }
    }

    @Test
    void whatIsHeldWritesNoIndex() {
        try (SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            for (int id = 0; id < 200; id++) {
                await(store.apply(offer(Key.of("errors", "k" + id % 4), id)));
            }
            // What a session did is counted now and then, unless it is asked to.
            Sql.seenByWriter(store, "SELECT pg_stat_force_next_flush()");
            List<String> updates = Sql.seenByReader(store, UPDATES);
            // The first held one of each key makes it due at the end of the window.
            assertThat(updates).containsExactly("196 192");
        }
    }
}
