package dev.sluice;

import java.util.OptionalLong;

/**
 * What was decided of a key without its store, and the store must be told.
 *
 * @param occurrence the id of the one that passed, if this is one pass by itself
 * @param done how many passed
 * @param held how many were held
 * @param first time of the first held one
 * @param last time of the last held one
 */
record Owed(Key key, Rule rule, OptionalLong occurrence, int done, long held, long first, long last) {
    /** A pass that the store shall know by the id of its offer. */
    static Owed passed(Command offer, long id) {
        return new Owed(offer.key(), offer.rule(), OptionalLong.of(id), 1, 0, 0, 0);
    }

    /** A pass like any other. */
    static Owed passedOpenly(Key key, Rule rule) {
        return new Owed(key, rule, OptionalLong.empty(), 1, 0, 0, 0);
    }

    static Owed held(Key key, Rule rule, long held, long first, long last) {
        return new Owed(key, rule, OptionalLong.empty(), 0, held, first, last);
    }

    /** Whether another one may be added to it. */
    boolean isSum() {
        return occurrence.isEmpty();
    }

    /** The sum of both, under the rule of the later one. */
    Owed plus(Owed more) {
        if (held == 0 || more.held == 0) {
            Owed times = held == 0 ? more : this;
            return sum(more, times.first, times.last);
        }
        return sum(more, Math.min(first, more.first), Math.max(last, more.last));
    }

    private Owed sum(Owed more, long from, long to) {
        return new Owed(key, more.rule, OptionalLong.empty(), done + more.done, held + more.held, from, to);
    }

    /** The same, owed to the key that counts what a bounded store has no room for. */
    Owed overflowed() {
        return new Owed(key.overflow(), rule, occurrence, done, held, first, last);
    }

    Command report(long reporter, long sequence) {
        return new Command(key, rule, new Event.Report(reporter, sequence, occurrence, done, held, first, last));
    }

    /** How many occurrences. */
    long occurrences() {
        return done + held;
    }
}
