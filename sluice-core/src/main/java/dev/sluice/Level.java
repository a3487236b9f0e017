package dev.sluice;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a subject stands, as far as that is known: a margin in percent, an available balance. What is not known is never
 * taken for a number, nor for "all is well": a watch neither tells, nor acts, nor resets by it. Immutable.
 *
 * <p>That 0 may stand for something else, such as an account without positions, is for whoever reads the level to know.
 */
public sealed interface Level {
    /**
     * A level that is known.
     *
     * @param value finite; -0 is taken as 0
     * @param numbers of the same subject, finite, by the names that {@link Boundary.Field} asks for
     */
    record Known(double value, Map<String, Double> numbers) implements Level {
        /** @throws IllegalArgumentException if a number is not finite; {@link Level#of(double)} and {@link #with} ask */
        public Known {
            requireFinite("value", value);
            numbers.forEach(Known::requireFinite);
            value = value == 0 ? 0 : value;
            numbers = Map.copyOf(numbers);
        }

        private static void requireFinite(String name, double number) {
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("a level is known by finite numbers, and '" + name + "' is " + number
                        + "; Level.of makes an unknown one of it");
            }
        }
    }

    /**
     * A level that is not known.
     *
     * @param cause why
     * @param detail what was found, in words for an operator
     */
    record Unknown(Cause cause, String detail) implements Level {}

    /** Why a level is not known. */
    enum Cause {
        /** There is no value, or an empty one. */
        MISSING,
        /** The value is no number. */
        UNPARSABLE,
        /** The value is NaN, infinite, or beyond what a double holds. */
        NOT_FINITE,
        /** Reading it failed. */
        READ_ERROR,
        /** It is too old to go by. */
        STALE,
        /** Its source says itself that it cannot be relied on. */
        DEGRADED,
        /** The boundaries of this subject contradict each other. */
        CONTRADICTORY;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** The word for it outside Java. */
        public String word() {
            return word;
        }
    }

    /** A number as a level: unknown if it is not finite. */
    static Level of(double value) {
        return Double.isFinite(value)
                ? new Known(value, Map.of())
                : new Unknown(Cause.NOT_FINITE, "the value is " + value);
    }

    /**
     * Reads a decimal number, with or without exponent; blanks around it do not count. Anything else is unknown, and so is
     * a number that no double can hold.
     */
    static Level parse(String text) {
        String number = text.strip();
        if (number.isEmpty()) {
            return missing("the value is empty");
        } else if (Decimals.NUMBER.matcher(number).matches()) {
            double value = Double.parseDouble(number);
            return Double.isFinite(value)
                    ? new Known(value, Map.of())
                    : new Unknown(Cause.NOT_FINITE, Decimals.quoted(number) + " is beyond what can be counted");
        } else if (Decimals.NO_NUMBER.matcher(number).matches()) {
            return new Unknown(Cause.NOT_FINITE, "the value is " + Decimals.quoted(number));
        }
        return new Unknown(Cause.UNPARSABLE, Decimals.quoted(number) + " is no number");
    }

    /** A level that is not there. */
    static Level missing(String detail) {
        return new Unknown(Cause.MISSING, detail);
    }

    /** This level with a further number of its subject, by which boundaries may go; unknown if one of the two is. */
    default Level with(String name, Level number) {
        if (!(this instanceof Known known)) {
            return this;
        } else if (number instanceof Known other) {
            Map<String, Double> numbers = new HashMap<>(known.numbers);
            numbers.put(name, other.value);
            return new Known(known.value, numbers);
        }
        Unknown unknown = (Unknown) number;
        return new Unknown(unknown.cause, name + ": " + unknown.detail);
    }
}
