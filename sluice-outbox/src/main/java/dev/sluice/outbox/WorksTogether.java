package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Key;
import dev.sluice.Store;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keys and rows live in one database, and move in one transaction. */
final class WorksTogether implements Works {
    private final SqlStore store;
    private final Plans plans;
    private final BookKeeping books;

    WorksTogether(SqlStore store, Plans plans, BookKeeping books) {
        this.store = store;
        this.plans = plans;
        this.books = books;
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> run(Collection<Key> keys, Doing<T> doing) {
        return store.transact(keys, unit -> once(unit, doing));
    }

    @Override
    public <T> CompletionStage<T> run(First<T> first, Doing<T> doing) {
        return run(List.of(first.command().key()), doing);
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> runAhead(Collection<Key> keys, Doing<T> doing) {
        return store.transactAhead(keys, unit -> once(unit, doing));
    }

    @Override
    public <T> CompletionStage<T> runAhead(First<T> first, Doing<T> doing) {
        return runAhead(List.of(first.command().key()), doing);
    }

    private <T extends @Nullable Object> T once(UnitOfWork unit, Doing<T> doing) throws SQLException {
        Journal journal = books.journal(unit);
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
}
