package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps the state of keys in a SQL database. */
public final class SqlStore implements Store {
    private SqlStore() {}

    /** Runs {@code work}, and answers when it is committed. Works share commits (group commit). */
    public <T> CompletionStage<T> transact(Work<T> work) {
        return later(work.toString());
    }

    /** Runs a read outside of any unit of work, in the calling thread, on a connection that cannot write. */
    public <T> T query(Query<T> query) {
        return later(query.toString());
    }

    /** Reads with a connection of its own. */
    @FunctionalInterface
    public interface Query<T> {
        /** Reads; the connection is closed by the caller. */
        T run(java.sql.Connection connection) throws java.sql.SQLException;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return transact(unit -> unit.step(command));
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return later("");
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return later("");
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return later("");
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return later("");
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return later("");
    }

    @Override
    public long now() {
        return later("");
    }

    @Override
    public void close() {}

    @SuppressWarnings({"TypeParameterUnusedInFormals", "DoNotCallSuggester"})
    private static <T> T later(Object what) {
        throw new UnsupportedOperationException(what.toString());
    }
}
