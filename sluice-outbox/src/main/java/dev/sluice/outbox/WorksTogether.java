package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.DenialCache;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Store;
import dev.sluice.sql.SqlStore;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Keys and rows live in one database, and move in one transaction. */
final class WorksTogether implements Works {
    private final SqlStore store;
    private final Plans plans;
    private final BookKeeping books;
    private final Optional<DenialCache> denials;

    /** @param denials how many keys may be known to be full, in front of a database that servers share */
    WorksTogether(SqlStore store, Plans plans, BookKeeping books, Optional<DenialCache.Settings> denials) {
        this.store = store;
        this.plans = plans;
        this.books = books;
        this.denials = denials.filter(settings -> store.shared())
                .map(settings -> DenialCache.around(new KeysOfWorks(store, this), settings));
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> run(Collection<Key> keys, Doing<T> doing) {
        return store.transact(keys, unit -> once(books.journal(unit), doing));
    }

    @Override
    public <T> CompletionStage<T> run(First<T> first, Doing<T> doing) {
        return denials.map(cache -> run(cache.question(first.command()), first, doing))
                .orElseGet(() -> run(List.of(first.command().key()), doing));
    }

    /** What is known to be held needs the database only where something must be written of it. */
    private <T> CompletionStage<T> run(DenialCache.Question question, First<T> first, Doing<T> doing) {
        Optional<T> atOnce = question.known().flatMap(first.atOnce());
        if (atOnce.isPresent()) {
            return CompletableFuture.completedFuture(atOnce.get());
        }
        AtomicReference<@Nullable Outcome> stepped = new AtomicReference<>();
        return store.transact(List.of(first.command().key()), unit -> {
                    StepsKnown steps = new StepsKnown(unit, first.command(), question.known());
                    T done = once(new Journal(unit, steps, books), doing);
                    stepped.set(steps.stepped().orElse(null));
                    return done;
                })
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        Optional.ofNullable(stepped.get()).ifPresent(question::answered);
                    }
                });
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> runAhead(Collection<Key> keys, Doing<T> doing) {
        return store.transactAhead(keys, unit -> once(books.journal(unit), doing));
    }

    @Override
    public <T> CompletionStage<T> runAhead(First<T> first, Doing<T> doing) {
        return runAhead(List.of(first.command().key()), doing);
    }

    private static <T extends @Nullable Object> T once(Journal journal, Doing<T> doing) throws SQLException {
        T done = doing.run(journal);
        journal.close();
        return done;
    }

    @Override
    public Store keys() {
        return store;
    }

    @Override
    public void forget(int most) {
        Desk.await(store.forget(plans, most, (unit, forgotten) -> {
            Journal journal = books.journal(unit);
            journal.move(forgotten.key(), forgotten.books());
            Retention.forget(unit, forgotten.key());
            journal.close();
        }));
    }

    @Override
    public Map<String, Books> books() {
        return BookKeeping.read(store);
    }

    @Override
    public int clear() {
        return 0;
    }

    @Override
    public void awaitPosts() {}

    @Override
    public void doubt(Key key) {
        denials.ifPresent(cache -> cache.doubt(key));
    }

    @Override
    public Optional<DenialCache> denials() {
        return denials;
    }

    /** Everything is in the database already. */
    @Override
    public void ending() {}

    @Override
    public void close() {
        denials.ifPresent(DenialCache::close);
    }
}
