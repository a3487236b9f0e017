package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
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

    /** A commit on a server takes several times as long; that of a file may not. */
    private static final Duration PAUSE = Duration.ofNanos(150_000);

    private final Database database;
    private final Readers readers;
    private final KeyQueries queries;
    private final GroupCommit writer;
    private final Writer session;
    private final Sweep sweep;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SqlStore(Database database, Readers readers, Writer session, GroupCommit writer) {
        this.database = database;
        this.readers = readers;
        this.session = session;
        this.writer = writer;
        this.queries = new KeyQueries(database.dialect());
        this.sweep = new Sweep(readers, queries);
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
        return open(
                Sqlite.of(file, settings, clock),
                new GroupCommit.Room(settings.waiting(), settings.batch(), Optional.empty(), Duration.ZERO),
                settings.readers(),
                settings.patience());
    }

    /**
     * Opens the database that {@code url} names, with the clock of its server:
     *
     * <ul>
     *   <li>{@code postgresql://USER:PASSWORD@HOST[:5432]/DATABASE[?PARAMETERS]}
     *   <li>{@code mariadb://USER:PASSWORD@HOST[:3306]/DATABASE[?PARAMETERS]}
     *   <li>{@code sqlite:FILE}, with the clock of this process
     * </ul>
     *
     * <p>User and password are percent-encoded; parameters are those of the JDBC driver. Any number of stores, in any
     * number of processes, may have the same database open.
     *
     * @throws IllegalArgumentException if the URL is none of these; what is said does not quote it
     * @throws StoreException if the database cannot be opened, or its tables not be made
     */
    public static SqlStore open(String url, SqlSettings settings) {
        return open(url, settings, Optional.empty());
    }

    /** As {@link #open(String, SqlSettings)}, with a clock of the caller's own: all that share a database need the same. */
    public static SqlStore open(String url, SqlSettings settings, InstantSource clock) {
        return open(url, settings, Optional.of(clock));
    }

    private static SqlStore open(String url, SqlSettings settings, Optional<InstantSource> clock) {
        String sqlite = "sqlite:";
        if (url.startsWith(sqlite)) {
            return sqlite(
                    Path.of(url.substring(sqlite.length())), settings.sqlite(), clock.orElse(InstantSource.system()));
        }
        return open(url, settings, ServerClock.of(clock));
    }

    /** On a server, by any clock. */
    static SqlStore open(String url, SqlSettings settings, ServerClock clock) {
        Database database = new SharedDatabase(SqlUrl.parse(url), settings, clock);
        return open(
                database,
                new GroupCommit.Room(settings.waiting(), settings.batch(), Optional.of(settings.timeout()), PAUSE),
                settings.readers(),
                settings.timeout());
    }

    /** The tables of every store. */
    public static Schema schema() {
        return SCHEMA;
    }

    private static SqlStore open(Database database, GroupCommit.Room room, int mostReaders, Duration patience) {
        try {
            database.install(SCHEMA);
            HeldUp heldUp = new HeldUp(room.waiting() / 2);
            Writer writer = new Writer(database, heldUp, new SplittableRandom());
            try {
                Readers readers = new Readers(database, mostReaders, patience);
                GroupCommit commits = new GroupCommit(writer, heldUp, room, database.toString());
                commits.start();
                return new SqlStore(database, readers, writer, commits);
            } catch (RuntimeException e) {
                writer.close();
                throw e;
            }
        } catch (SQLException e) {
            database.close();
            throw database.explained(e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Which database it is on. */
    public Dialect dialect() {
        return database.dialect();
    }

    /**
     * Brings the tables of another component to their newest version, in this database, and waits for it.
     *
     * @throws StoreException if a newer version wrote them, or a script fails; they are then as before
     */
    public void install(Schema schema) {
        try {
            database.install(schema);
        } catch (SQLException e) {
            throw database.explained(e);
        }
    }

    /**
     * Runs {@code work}, and answers when it is committed. Works that wait at the same time share one commit; they run in
     * the order in which they were handed in.
     *
     * <p>A work for a key that a transaction outside of Sluice holds waits for it, and others overtake it; among
     * themselves works for one key keep their order.
     *
     * @return fails with what the work throws; with {@link StoreException} if a statement or the commit fails, if too
     *     much waits already, if the store is closed, or, on a shared database, if all that takes longer than the time-out
     *     of the settings. If the commit fails, or takes longer, the work may have happened or not
     */
    public <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work) {
        return transact(List.of(), work);
    }

    /**
     * As {@link #transact(Work)}, for a work that is known to step {@code keys}. A shared database reads and locks them
     * with those of all other works of the commit in one statement and in one order. Any other key that the work steps
     * costs a round trip each time, which on a server is most of what a decision takes, and two servers that meet at such
     * keys in opposite orders must both begin again. So declare what you know.
     */
    public <T extends @Nullable Object> CompletionStage<T> transact(Collection<Key> keys, Work<T> work) {
        return writer.add(keys, work, WorkQueue.Rank.CALLER);
    }

    /**
     * As {@link #transact}, ahead of what waits there, and not refused because too much does: for the few threads of the
     * program itself, which wait for an answer before they ask again. What they do must not age behind the callers.
     */
    public <T extends @Nullable Object> CompletionStage<T> transactAhead(Work<T> work) {
        return transactAhead(List.of(), work);
    }

    /** As {@link #transactAhead(Work)}, for a work that is known to step {@code keys}. */
    public <T extends @Nullable Object> CompletionStage<T> transactAhead(Collection<Key> keys, Work<T> work) {
        return writer.add(keys, work, WorkQueue.Rank.OWN);
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
        return transact(List.of(command.key()), unit -> unit.step(command));
    }

    /**
     * A store whose decisions are part of a transaction of yours, on a connection of yours to the same database: they
     * are kept when you commit, and leave no trace when you roll back. {@link dev.sluice.Gate#joined} puts the flows of a
     * gate over it.
     *
     * <p>It answers at once, in the calling thread; a step costs three round trips. From its first step to the end of the
     * transaction a key is locked: everybody else who steps it waits, and fails when that takes longer than the time-out of
     * their store; what others decide about other keys waits for a moment at most. So decide late, commit soon, and call nobody in between. Step
     * keys in the order of their text, or two transactions can wait for each other; the database then ends one of them,
     * which fails with {@link StoreException}: roll back and run it again, as after any other failure. Nothing is
     * decided in the process here, and digests and forgetting are left to this store. A pass is a claim like any other:
     * complete it in the same transaction, or have the rule count it at once.
     *
     * <p>What is handed out is for one thread and one transaction, and needs no closing.
     *
     * @param connection not in auto-commit mode, with isolation READ COMMITTED; you set its time-outs
     * @throws IllegalStateException if it is not so, or this store is on SQLite, which has one connection that writes
     * @throws StoreException if the connection cannot say how it is
     */
    public Store joined(Connection connection) {
        try {
            return database.joined(connection);
        } catch (SQLException e) {
            throw database.explained(e);
        }
    }

    /** {@inheritDoc} On PostgreSQL others are told within a moment; MariaDB tells nothing, and nothing comes from it. */
    @Override
    public void listen(Listener listener) {
        database.listen(listener);
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return stage(() -> query(connection -> queries.read(connection, key)));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return stage(() -> query(connection -> queries.due(connection, now(), limit)));
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return stage(() -> query(queries::nextDue));
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return stage(() -> query(connection -> queries.keys(connection, flow, after, limit)));
    }

    /**
     * How many keys a flow has now, all variants. Goes over all of them, in the calling thread: a matter of milliseconds
     * for 100,000 keys, so ask now and then, not with every request.
     *
     * @throws StoreException as {@link #query} does
     */
    public long count(String flow) {
        return query(connection -> queries.count(connection, flow));
    }

    /**
     * Keys of a flow behind {@code after} with their states, all variants, in the order of their text. Runs in the
     * calling thread; time is not advanced.
     *
     * @throws StoreException if they cannot be read
     */
    public Map<Key, State> states(String flow, Optional<Key> after, int limit) {
        Map<Key, State> states = new LinkedHashMap<>();
        query(connection -> queries.states(connection, flow, after, limit))
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
            for (Sweep.Page page : sweep.next(rules, most, now())) {
                all = all.thenCombine(
                        transactAhead(page.keys(), unit -> page.forget(unit, bookkeeping)), SqlStore::joined);
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

    /** {@inheritDoc} SQLite has one process. */
    @Override
    public boolean shared() {
        return dialect() != Dialect.SQLITE;
    }

    @Override
    public long now() {
        return database.now();
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
        writer.close();
        readers.close();
        try {
            session.close();
        } catch (SQLException e) {
            // What was answered is in the database; of SQLite, in the log that the next opening carries over.
            System.getLogger(SqlStore.class.getName())
                    .log(System.Logger.Level.WARNING, "The store did not close in order", e);
        } finally {
            database.close();
        }
    }
}
