package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.DenialCache;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Store;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs works that move keys and rows. There are two forms, and works need not know which: keys and rows in one
 * transaction; or keys at a store beside the database. A work may run more than once before it is kept, so it must do
 * nothing but through its journal.
 */
interface Works {
    /** One work. */
    @FunctionalInterface
    interface Doing<T extends @Nullable Object> {
        T run(Journal journal) throws SQLException;
    }

    /**
     * The step that a work will ask for first.
     *
     * @param atOnce the answer, where the outcome alone gives it and there is nothing to write
     */
    record First<T>(Command command, Function<Outcome, Optional<T>> atOnce) {
        static <T> First<T> of(Command command) {
            return new First<>(command, outcome -> Optional.empty());
        }
    }

    /**
     * Runs a work of a caller.
     *
     * @param keys those that it is known to step
     * @return fails as the stage of the database, or of the store of keys, does
     */
    <T extends @Nullable Object> CompletionStage<T> run(Collection<Key> keys, Doing<T> doing);

    /** As {@link #run(Collection, Doing)}, where it is known what the work asks first. */
    <T> CompletionStage<T> run(First<T> first, Doing<T> doing);

    /** Runs a work of the outbox itself, ahead of those of callers. */
    <T extends @Nullable Object> CompletionStage<T> runAhead(Collection<Key> keys, Doing<T> doing);

    /** As {@link #runAhead(Collection, Doing)}, where it is known what the work asks first. */
    <T> CompletionStage<T> runAhead(First<T> first, Doing<T> doing);

    /** Where the keys are. */
    Store keys();

    /** Deletes states that nobody can observe any more, and what is kept beside them; looks at so many keys. */
    void forget(int most);

    /** The books of all flows: of the keys and of what the outbox moved itself. */
    Map<String, Books> books();

    /** Does what is left over between works, by this process or others; how much that was. */
    int clear();

    /** Waits until what this process owes the store of keys was tried. */
    void awaitPosts();

    /** What this process knows to be held of the key may be over. */
    void doubt(Key key);

    /** What this process answers without the database; empty if nothing, or if the store of keys does that. */
    Optional<DenialCache> denials();

    /** The end begins, in which much is waited for: what only this process knows is made safe. Throws nothing. */
    void ending();

    /** Hands over what was not written yet. */
    void close();
}
