package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.DenialCache;
import dev.sluice.Key;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import dev.sluice.sql.Work;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys live at a store beside the database. A work runs in a transaction; where it asks for a step that was not taken
 * yet, its run is taken back, the step is taken while nobody waits for it, and the work runs again with the answer. So no
 * transaction is open while the store of keys is asked. What follows from rows is posted with them.
 */
final class WorksApart implements Works {
    private static final System.Logger LOG = System.getLogger(WorksApart.class.getName());
    private static final String CONFLICT_CLASS = "23";

    private final SqlStore database;
    private final GateStore gate;
    private final Plans plans;
    private final BookKeeping books;
    private final Postman postman;
    private final Arrears arrears;
    private final GateBooks gateBooks;
    private final Leftovers leftovers;
    private final CrashPoints crashes;

    WorksApart(SqlStore database, GateStore gate, Plans plans, BookKeeping books, CrashPoints crashes) {
        this.database = database;
        this.gate = gate;
        this.plans = plans;
        this.books = books;
        this.crashes = crashes;
        this.leftovers = new Leftovers(database, gate.keys());
        this.gateBooks = new GateBooks(database, gate);
        this.postman = new Postman(database, gate.keys(), plans, books, crashes, gate.absence());
        this.arrears =
                new Arrears(work -> Desk.await(database.transactAhead(work)), database::now, gate.absence(), postman);
    }

    /** How a transaction is begun. */
    @FunctionalInterface
    private interface Begin {
        <T extends @Nullable Object> CompletionStage<T> transact(Work<T> work);
    }

    /** A work that ran to its end, and what it posted. */
    private record Done<T extends @Nullable Object>(T answer, List<Posts.Post> posted) {}

    @Override
    public <T extends @Nullable Object> CompletionStage<T> run(Collection<Key> keys, Doing<T> doing) {
        return run(database::transact, new Script(), doing);
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> runAhead(Collection<Key> keys, Doing<T> doing) {
        return run(database::transactAhead, new Script(), doing);
    }

    @Override
    public <T> CompletionStage<T> run(First<T> first, Doing<T> doing) {
        return run(database::transact, first, doing);
    }

    @Override
    public <T> CompletionStage<T> runAhead(First<T> first, Doing<T> doing) {
        return run(database::transactAhead, first, doing);
    }

    private <T> CompletionStage<T> run(Begin begin, First<T> first, Doing<T> doing) {
        Script script = new Script();
        return script.patience().apply(gate.keys(), first.command()).thenCompose(outcome -> {
            crashes.pass(CrashPoints.Point.APART_STEP_TAKEN);
            Optional<T> atOnce = first.atOnce().apply(outcome);
            if (atOnce.isPresent()) {
                return CompletableFuture.completedFuture(atOnce.get());
            }
            script.answered(Script.first(first.command()), outcome);
            return run(begin, script, doing);
        });
    }

    private <T extends @Nullable Object> CompletionStage<T> run(Begin begin, Script script, Doing<T> doing) {
        return begin.<Done<T>>transact(unit -> once(unit, script, doing))
                .handle((done, failure) ->
                        failure == null ? kept(done) : this.<T>again(failure, script, () -> run(begin, script, doing)))
                .thenCompose(Function.identity());
    }

    private <T extends @Nullable Object> Done<T> once(UnitOfWork unit, Script script, Doing<T> doing)
            throws SQLException {
        StepsAhead steps = new StepsAhead(unit, script.begin(), gate.keys().now());
        Journal journal = new Journal(unit, steps, books);
        T answer = doing.run(journal);
        journal.close();
        return new Done<>(answer, steps.posted());
    }

    private <T extends @Nullable Object> CompletionStage<T> kept(Done<T> done) {
        postman.deliver(done.posted());
        return CompletableFuture.completedFuture(done.answer());
    }

    @FunctionalInterface
    private interface Again<T extends @Nullable Object> {
        CompletionStage<T> run();
    }

    /** Answers the question that ended the run; anything else is a failure. */
    private <T extends @Nullable Object> CompletionStage<T> again(Throwable failure, Script script, Again<T> again) {
        Throwable why = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (why instanceof Script.OpenStep open) {
            return script.patience().apply(gate.keys(), open.command()).thenCompose(outcome -> {
                crashes.pass(CrashPoints.Point.APART_STEP_TAKEN);
                script.answered(open, outcome);
                return again.run();
            });
        } else if (why instanceof Script.OpenRead open) {
            return read(open, script.patience()).thenCompose(state -> {
                script.answered(open, state);
                return again.run();
            });
        }
        return isConflict(why) && script.mayTryAgain() ? again.run() : CompletableFuture.failedFuture(why);
    }

    /** Another server wrote the same row first: what the work finds now is another case. */
    private static boolean isConflict(Throwable why) {
        return why.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && cause.getSQLState().startsWith(CONFLICT_CLASS);
    }

    private CompletionStage<Optional<State>> read(Script.OpenRead open, Patience patience) {
        return open.glance()
                .map(rule -> patience.spend(() -> gate.keys().read(open.key(), patience.left(rule)))
                        .exceptionally(away -> Optional.empty()))
                .orElseGet(() -> gate.keys().read(open.key()));
    }

    @Override
    public Store keys() {
        return gate.keys();
    }

    /**
     * A key that another process or time itself deleted leaves its notes; {@link Leftovers} finds them. All of that can wait
     * until all of the store is there.
     */
    @Override
    public void forget(int most) {
        if (gate.absence().lasts()) {
            return;
        }
        List<Store.Forgotten> forgotten = Desk.await(gate.keys().forget(plans, most));
        if (!forgotten.isEmpty()) {
            Desk.await(database.transactAhead(unit -> {
                for (Store.Forgotten each : forgotten) {
                    Retention.forget(unit, each.key());
                }
                return forgotten.size();
            }));
        }
        leftovers.drop();
    }

    @Override
    public Map<String, Books> books() {
        return gateBooks.all();
    }

    @Override
    public int clear() {
        arrears.keep();
        int cleared = postman.clear();
        if (!gate.absence().lasts()) {
            gateBooks.keep();
        }
        return cleared;
    }

    @Override
    public void awaitPosts() {
        postman.await();
    }

    /** The store of keys sees what arms them. */
    @Override
    public void doubt(Key key) {}

    @Override
    public Optional<DenialCache> denials() {
        return Optional.empty();
    }

    @Override
    public void ending() {
        try {
            arrears.ending();
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "What was held in place of the store of keys cannot be written yet: {0}",
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            arrears.finish();
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "What was held, and the store of keys did not take at the end, is lost: {0}",
                    e.getMessage());
        }
    }
}
