package dev.sluice;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Everything that can move the state of a key besides time. Ids are numbers that name an occurrence (the first 64 bits
 * of a hash of the caller's id, or random); the engine answers a repeated id without counting it again.
 */
public sealed interface Event {
    /**
     * May this go out now?
     *
     * @param id names the occurrence
     * @param nonce random; becomes part of the claim's token, so that nobody can guess it
     * @param mark a number kept with the completed claim while its window is open, to compare resets with
     * @param settle whether the claim stays open or is completed in the same step
     * @param naming where the id comes from
     */
    record Offer(long id, long nonce, OptionalDouble mark, Settle settle, Naming naming) implements Event {
        /** One whose id anybody may repeat. */
        public Offer(long id, long nonce, OptionalDouble mark, Settle settle) {
            this(id, nonce, mark, settle, Naming.BY_CALLER);
        }

        /** @throws IllegalArgumentException if the mark is not a number */
        public Offer {
            requireNumber("mark", mark);
        }

        /** One of an occurrence that this process has named itself. */
        static Offer unnamed(RandomGenerator random, Settle settle) {
            return new Offer(random.nextLong(), random.nextLong(), OptionalDouble.empty(), settle, Naming.BY_PROCESS);
        }

        /** The same, with a mark. */
        Offer marked(double number) {
            return new Offer(id, nonce, OptionalDouble.of(number), settle, naming);
        }

        /** The same, completed at another time. */
        Offer settling(Settle when) {
            return new Offer(id, nonce, mark, when, naming);
        }
    }

    /** Who named an occurrence. */
    enum Naming {
        /** Its caller, who may repeat the id in another process, and is given the same claim there. */
        BY_CALLER,
        /** This process, at random: nobody else can ever have a claim under the id. */
        BY_PROCESS
    }

    /** When the claim of an offer is completed. */
    enum Settle {
        /** Later, by its holder. */
        LATER,
        /** In the same step: decide and done, at most once. */
        NOW
    }

    /** The effect of the claim happened. */
    record Complete(long fence, long nonce) implements Event {}

    /** The effect of the claim did not happen. */
    record Release(long fence, long nonce, Why why) implements Event {}

    /** Why a claim is released. */
    enum Why {
        /** The attempt failed: the key rests as its back-off says. */
        FAILED,
        /** As FAILED, and nobody will try this occurrence again: it is counted as dead. */
        DEAD,
        /** It is no longer wanted. */
        WITHDRAWN,
        /** A budget refused it: it is held. */
        BUDGET,
        /** A budget refused it and holds it itself: nothing more, and its id is a new one if it comes again. */
        REFUSED
    }

    /** The holder needs the claim until another time. */
    record Extend(long fence, long nonce, long until) implements Event {}

    /** An operator takes the claim away from its holder. */
    record Evict(long fence) implements Event {}

    /** The condition is over, at the given level if there is one. */
    record Reset(OptionalDouble level) implements Event {
        /** @throws IllegalArgumentException if the level is not a number: what is not known resets nothing */
        public Reset {
            requireNumber("level", level);
        }
    }

    /**
     * What was decided elsewhere: by a denial cache, or while the store was away. A key counts each report once: its
     * reporter sends the next one only when the last one was answered, and until then that again, unchanged.
     *
     * @param reporter who reports, a number that nobody else has: random, or the id of what is reported
     * @param sequence rises with each new report of this reporter to a key; from 1 to below 2^53
     * @param occurrence id of the offer that passed elsewhere, if that is all that is reported: if the key itself has
     *     granted it a claim, the report completes that, and if the offer comes again, it is a repeated one
     * @param done completions, at least 0
     * @param held held occurrences, at least 0
     * @param first time of the first held one; used only if held is above 0; now, if the clock of its process is ahead
     * @param last time of the last held one; used only if held is above 0; now, if the clock of its process is ahead
     */
    record Report(long reporter, long sequence, OptionalLong occurrence, int done, long held, long first, long last)
            implements Event {
        private static final long MOST_SEQUENCE = (1L << 53) - 1;

        /** @throws IllegalArgumentException if the sequence is out of range, or an occurrence is not one pass alone */
        public Report {
            if (sequence < 1 || sequence > MOST_SEQUENCE) {
                throw new IllegalArgumentException(
                        "the sequence of a report is 1 to " + MOST_SEQUENCE + ", not " + sequence);
            }
            if (occurrence.isPresent() && (done != 1 || held != 0)) {
                throw new IllegalArgumentException(
                        "a report that names an occurrence is of one pass and nothing else, not " + done + " and "
                                + held + " held");
            }
        }

        /** The pass of one occurrence, under its id: the only report that there will be of it. */
        public static Report passed(long occurrence) {
            return new Report(occurrence, 1, OptionalLong.of(occurrence), 1, 0, 0, 0);
        }

        /** Held ones, under an id of their own: the only report that there will be of them. */
        public static Report held(long id, long held, long first, long last) {
            return new Report(id, 1, OptionalLong.empty(), 0, held, first, last);
        }

        /** The same with fewer held ones, because so many are counted already. */
        Report without(long counted) {
            return new Report(reporter, sequence, occurrence, done, held - counted, first, last);
        }

        /** What a digest would have told, refused by a budget: under the key of that digest and the number of its tally. */
        public static Report untold(Key key, Out tally, long held) {
            long reporter = Ids.number(key.text());
            return new Report(reporter, tally.number(), OptionalLong.empty(), 0, held, tally.first(), tally.last());
        }
    }

    /**
     * Somebody else told the subject of this, before the key came here. Opens the window that a pass completed then would
     * have opened, if that is not over; never makes a window shorter, and counts no occurrence. May be repeated.
     *
     * @param id names the telling; if it was taken over as {@link InHandSince in hand} before, that is completed
     * @param at when, in microseconds; now, if it is later than that
     */
    record ToldBefore(long id, long at) implements Event {}

    /**
     * Somebody else has had an occurrence of this in hand, and it is not known whether they told. A claim as if it had been
     * given to them then: if nobody settles it, it is lost one lease after {@code since}. May be repeated.
     *
     * @param id names the occurrence
     * @param nonce random; becomes part of the claim's token
     * @param since when they began, in microseconds; now, if it is later than that
     */
    record InHandSince(long id, long nonce, long since) implements Event {}

    /** Which closed tally waits to be told? Also the event that only lets time pass. */
    record Take() implements Event {}

    /** The closed tally of this number is safely on its way. */
    record Told(long number) implements Event {}

    /**
     * Whether the event can bring a key into being. All others leave an absent key empty, so a store may apply them
     * without keeping anything.
     */
    default boolean brings() {
        return this instanceof Offer
                || this instanceof Report
                || this instanceof ToldBefore
                || this instanceof InHandSince;
    }

    private static void requireNumber(String what, OptionalDouble value) {
        if (value.isPresent() && Double.isNaN(value.getAsDouble())) {
            throw new IllegalArgumentException("the " + what + " is not a number");
        }
    }
}
