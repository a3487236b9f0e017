package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.sql.SqlStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The keys of a database, of which each step is a work: so that the books move with it. The database stays open. */
final class KeysOfWorks implements Store {
    private final SqlStore store;
    private final Works works;

    KeysOfWorks(SqlStore store, Works works) {
        this.store = store;
        this.works = works;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return works.runAhead(
                List.of(command.key()), journal -> journal.step(command.key(), command.rule(), command.event()));
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return store.read(key);
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return store.due(limit);
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return store.nextDue();
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return store.keys(flow, after, limit);
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return store.forget(rules, most);
    }

    @Override
    public void listen(Listener listener) {
        store.listen(listener);
    }

    @Override
    public long now() {
        return store.now();
    }

    @Override
    public void close() {}
}
