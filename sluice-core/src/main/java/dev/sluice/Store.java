package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where the state of keys lives. A store knows keys, state, time and atomicity; it has no policy of its own. Safe for
 * use by many threads. The contract kit proves an implementation.
 *
 * <p>For each command a store locks the key, reads its own clock, reads the state (an absent key is
 * {@link State#absent}), calls {@link Step#apply}, and makes the new state durable, as far as it is a durable store,
 * before the answer is given. Commands of one caller on one key apply in the order of the calls.
 */
public interface Store extends AutoCloseable {
    /**
     * Applies one event to one key, atomically. An event that does not bring an occurrence ({@link Event#brings}) is
     * answered for a key that is not there, makes none, and has no effects.
     *
     * @return the outcome; {@link Answer.Full} to an offer or report for a new key that a bounded store has no room for. The stage
     *     fails with {@link StoreException} if the store cannot answer; the event may then have happened or not, and
     *     the same event with the same id may be repeated
     */
    CompletionStage<Outcome> apply(Command command);

    /** The state of a key as it was last written; time is not advanced. Empty if the store does not hold the key. */
    CompletionStage<Optional<State>> read(Key key);

    /** As {@link #read(Key)}, for somebody who waits at most so many microseconds for a store that may be away. */
    default CompletionStage<Optional<State>> read(Key key, long patience) {
        return read(key);
    }

    /** Keys whose {@link Step#dueAt} is not after the clock of the store, soonest first, at most {@code limit}. */
    CompletionStage<List<Key>> due(int limit);

    /** When the next key is due, in microseconds; {@link Micros#FOREVER} if none is. */
    CompletionStage<Long> nextDue();

    /**
     * Keys of a flow, all variants, in the order of their text.
     *
     * @param after the page begins behind this key; empty for the first
     * @param limit most keys of one page
     */
    CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit);

    /**
     * Deletes states that nobody can observe any more, see {@link Step#forget}.
     *
     * @param rules the rule at hand of a key; a key whose flow is not known stays
     * @param most looks at no more keys than this
     * @return what was deleted and held counts, which the books must keep
     */
    CompletionStage<List<Forgotten>> forget(RuleBook rules, int most);

    /** The clock of the store, in microseconds. */
    long now();

    /** Ends the store; what was answered is durable. Calls after it fail with {@link StoreException}. */
    @Override
    void close();

    /**
     * Whether other processes may decide over the same state. A {@link Gate} then answers denials that it knows by
     * itself ({@link DenialCache}), and does what rules declare while the store is away ({@link OutageDoctrine}).
     */
    default boolean shared() {
        return false;
    }

    /**
     * Of how many parts it is, each of which may be away while the others answer; always the same. One that is there or
     * away as a whole is of one part.
     */
    default int parts() {
        return 1;
    }

    /** In which part a key lies, from 0 to below {@link #parts}; always the same for a key. */
    default int part(Key key) {
        return 0;
    }

    /**
     * Tells {@code listener} what this process cannot see by itself, from now on; it is asked once, before the first
     * command. A store of one process alone has nothing to tell, and this does nothing.
     */
    default void listen(Listener listener) {}

    /**
     * What happens to keys elsewhere. Called in a thread of the store: it must return at once and may not ask the store.
     * What is told may come late or not at all; nobody may build more on it than that they forget sooner.
     */
    interface Listener {
        /** Another process armed the key again: what was known of it is over. */
        void rearmed(Key key);

        /** The connection was lost: what happened since cannot be known. */
        void disconnected();
    }

    /** Which rule is at hand for a key. */
    @FunctionalInterface
    interface RuleBook {
        /** The rule; empty if the flow or variant of the key is not known. */
        Optional<Rule> rule(Key key);
    }

    /** A key that was deleted, with what that moved in the books. */
    record Forgotten(Key key, Books books) {}
}
