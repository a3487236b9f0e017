package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of keys in a SQL database; what was answered survives a crash and a power cut. Works of many callers
 * share commits. Safe for use by many threads.
 *
 * <p>Stages complete in a thread of the store, or at once in the caller's: what hangs on them must not wait, least of all
 * for another answer of the store. Reads run in the calling thread, and see what is committed.
 */
public final class SqlStore implements Store {
    private static final Schema SCHEMA = Schema.of("store", SqlStore.class);

    private final Ownership ownership;
    private final Connection connection;
    private final Readers readers;
    private final GroupCommit writer;
    private final InstantSource clock;
    private final Sweep sweep;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SqlStore(
            Ownership ownership, Connection connection, Readers readers, GroupCommit writer, InstantSource clock) {
        this.ownership = ownership;
        this.connection = connection;
        this.readers = readers;
        this.writer = writer;
        this.clock = clock;
        this.sweep = new Sweep(readers);
    }

    /**
     * Opens or creates the SQLite database {@code file}, and the directories above it. One process at a time can have it
     * open; a lock file beside it sees to that.
     *
     * @param clock the time of the store
     * @throws StoreException if the file is in use, damaged, no database, written by a newer version, not writable, or
     *     on a disk that cannot promise to keep what was committed; nothing is then overwritten
     */
    public static SqlStore sqlite(Path file, SqliteSettings settings, InstantSource clock) {
        Path database = located(file);
        Ownership ownership = Ownership.of(database);
        try {
            return open(ownership, new Sqlite(database, settings), settings, clock);
        } catch (RuntimeException e) {
            ownership.close();
            throw e;
        }
    }

    /** The file under its one real name, so that two names of it cannot be opened side by side. */
    private static Path located(Path file) {
        try {
            if (Files.exists(file)) {
                return file.toRealPath();
            }
            Path absolute = file.toAbsolutePath();
            Path directory = absolute.getParent();
            if (directory == null) {
                throw new StoreException(file + " is no file");
            }
            return Files.createDirectories(directory).toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new StoreException("the directory of " + file + " cannot be made; check its path and permissions", e);
        }
    }

    private static SqlStore open(Ownership ownership, Sqlite sqlite, SqliteSettings settings, InstantSource clock) {
        try {
            Connection connection = sqlite.openWriter();
            try {
                install(SCHEMA, connection);
                GroupCommit writer =
                        new GroupCommit(new Writer(sqlite, connection, clock, settings.hotKeys()), settings);
                SqlStore store = new SqlStore(ownership, connection, new Readers(sqlite, settings), writer, clock);
                writer.start();
                return store;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw sqlite.explained(e);
        }
    }

    private static void install(Schema schema, Connection connection) throws SQLException {
        Sqlite.begin(connection);
        try {
            schema.apply(connection);
            Sqlite.commit(connection);
        } catch (SQLException | RuntimeException e) {
            Sqlite.rollback(connection);
            throw e;
        }
    }

    /**
     * Brings the tables of another component to their newest version, in this database, and waits for it.
     *
     * @throws StoreException if a newer version wrote them, or a script fails; they are then as before
     */
    public void install(Schema schema) {
        await(transact(unit -> {
            ((Unit) unit).install(schema);
            return true;
        }));
    }

    /**
     * Runs {@code work}, and answers when it is committed. Works that wait at the same time share one commit; they run in
     * the order in which they were handed in.
     *
     * @return fails with what the work throws; with {@link StoreException} if a statement or the commit fails, if too
     *     much waits already, or if the store is closed. If the commit fails, the work may have happened or not
     */
    public <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work) {
        return writer.add(work, WorkQueue.Rank.CALLER);
    }

    /**
     * As {@link #transact}, ahead of what waits there, and not refused because too much does: for the few threads of the
     * program itself, which wait for an answer before they ask again. What they do must not age behind the callers.
     */
    public <T extends @Nullable Object> CompletionStage<T> transactAhead(Work<T> work) {
        return writer.add(work, WorkQueue.Rank.OWN);
    }

    /**
     * Asks whether the store can still write, by a commit that changes a row of its own.
     *
     * @return true, always; fails as {@link #transact} does where it cannot
     */
    public CompletionStage<Boolean> probe() {
        return transact(unit -> {
            ((Unit) unit).probe();
            return true;
        });
    }

    /**
     * Runs a read outside of any unit of work, in the calling thread, on a connection that cannot write.
     *
     * @throws StoreException if it fails, or no connection is free within the patience of the settings
     */
    public <T extends @Nullable Object> T query(Query<T> query) {
        return readers.query(query);
    }

    /** Reads with a connection of its own. */
    @FunctionalInterface
    public interface Query<T extends @Nullable Object> {
        /** Reads; the connection is closed by the caller. */
        T run(Connection connection) throws SQLException;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return transact(unit -> unit.step(command));
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return stage(() -> query(connection -> KeyQueries.read(connection, key)));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return stage(() -> query(connection -> KeyQueries.due(connection, now(), limit)));
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return stage(() -> query(KeyQueries::nextDue));
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return stage(() -> query(connection -> KeyQueries.keys(connection, flow, after, limit)));
    }

    /**
     * How many keys a flow has now, all variants. Goes over all of them, in the calling thread: a matter of milliseconds
     * for 100,000 keys, so ask now and then, not with every request.
     *
     * @throws StoreException as {@link #query} does
     */
    public long count(String flow) {
        return query(connection -> KeyQueries.count(connection, flow));
    }

    /**
     * Keys of a flow behind {@code after} with their states, all variants, in the order of their text. Runs in the
     * calling thread; time is not advanced.
     *
     * @throws StoreException if they cannot be read
     */
    public Map<Key, State> states(String flow, Optional<Key> after, int limit) {
        Map<Key, State> states = new LinkedHashMap<>();
        query(connection -> KeyQueries.states(connection, flow, after, limit))
                .forEach(row -> states.put(Key.parse(row.key()), row.state()));
        return states;
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return forget(rules, most, (unit, forgotten) -> {});
    }

    /** As {@link #forget(RuleBook, int)}, and {@code bookkeeping} writes down each key in the transaction that deletes it. */
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most, Bookkeeping bookkeeping) {
        CompletableFuture<List<Forgotten>> all = CompletableFuture.completedFuture(List.of());
        try {
            for (Work<List<Forgotten>> work : sweep.next(rules, most, now(), bookkeeping)) {
                all = all.thenCombine(transactAhead(work), SqlStore::joined);
            }
            return all;
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Writes down what a forgotten key leaves. */
    @FunctionalInterface
    public interface Bookkeeping {
        /** Called in the unit of work that deletes the key. */
        void forgotten(UnitOfWork unit, Forgotten key) throws SQLException;
    }

    private static List<Forgotten> joined(List<Forgotten> some, List<Forgotten> more) {
        List<Forgotten> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static <T> CompletionStage<T> stage(Supplier<T> read) {
        try {
            return CompletableFuture.completedFuture(read.get());
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public long now() {
        return Micros.of(clock.instant());
    }

    /** Commits and answers what was accepted, then closes the file. A second call does nothing. */
    @Override
    public void close() {
        if (writer.isWriting()) {
            throw new IllegalStateException("a work cannot close the store that it runs in");
        }
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (ownership;
                Connection toClose = connection) {
            writer.close();
            readers.close();
            Sqlite.checkpoint(toClose);
        } catch (SQLException e) {
            // What was answered is in the log; the next opening carries it over.
            System.getLogger(SqlStore.class.getName())
                    .log(System.Logger.Level.WARNING, "The last checkpoint failed", e);
        }
    }
}
