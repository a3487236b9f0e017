package dev.sluice.jobs;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** What a process has of the world. When it is dead, it can no longer change anything outside, as after a kill. */
final class Mortal {
    /** Thrown where the process ends. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private boolean dead;
    private boolean keysAway;

    boolean isDead() {
        return dead;
    }

    /** Ends the process here. */
    Killed die() {
        dead = true;
        return new Killed();
    }

    /** The process was only paused, and goes on. */
    void revive() {
        dead = false;
    }

    /** From now on the store of keys does, or does not, answer this process. */
    void loseKeys(boolean away) {
        keysAway = away;
    }

    DataSource source(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(
                Mortal.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (dead) {
                        throw new SQLException("killed");
                    }
                    try {
                        return method.invoke(source, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    Store store(Store store) {
        return new Store() {
            private <T> CompletionStage<T> alive(CompletionStage<T> answer) {
                return dead ? CompletableFuture.failedFuture(new StoreException("killed")) : answer;
            }

            @Override
            public CompletionStage<Outcome> apply(Command command) {
                return dead || keysAway
                        ? CompletableFuture.failedFuture(new StoreException("away"))
                        : store.apply(command);
            }

            @Override
            public CompletionStage<Optional<State>> read(Key key) {
                return alive(store.read(key));
            }

            @Override
            public CompletionStage<List<Key>> due(int limit) {
                return alive(store.due(limit));
            }

            @Override
            public CompletionStage<Long> nextDue() {
                return alive(store.nextDue());
            }

            @Override
            public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
                return alive(store.keys(flow, after, limit));
            }

            @Override
            public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
                return alive(store.forget(rules, most));
            }

            @Override
            public long now() {
                return store.now();
            }

            @Override
            public void close() {}
        };
    }
}
