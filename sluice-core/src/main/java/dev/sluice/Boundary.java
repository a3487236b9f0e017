package dev.sluice;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a zone ends: at a number, or at a number of the subject itself times a factor. Immutable. */
public sealed interface Boundary {
    /**
     * The same for every subject.
     *
     * @param value finite
     */
    record Fixed(double value) implements Boundary {
        /** @throws IllegalArgumentException if the value is not finite */
        public Fixed {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a boundary must be a finite number, not " + value);
            }
        }

        @Override
        public String toString() {
            return Decimals.written(value);
        }
    }

    /**
     * By a number of the subject. The product is that of decimals: 110 x 1.05 is 115.5.
     *
     * @param name of the number: letters, digits and {@code . _ -}, beginning with a letter or {@code _}
     * @param factor what it is multiplied by, above 0 and finite
     */
    record Field(String name, double factor) implements Boundary {
        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
        private static final Pattern WRITTEN = Pattern.compile("(" + NAME + ")(?:\\s+x\\s+(\\S+))?");

        /** @throws IllegalArgumentException if name or factor is not of its form */
        public Field {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(Decimals.quoted(name) + " cannot name the field of a boundary:"
                        + " letters, digits and . _ -, beginning with a letter or _");
            }
            if (!(factor > 0 && Double.isFinite(factor))) {
                throw new IllegalArgumentException(
                        "the factor of the boundary '" + name + "' must be above 0 and finite, not " + factor);
            }
        }

        @Override
        public String toString() {
            return factor == 1 ? name : name + " x " + Decimals.written(factor);
        }
    }

    /** At {@code value} for every subject. */
    static Boundary at(double value) {
        return new Fixed(value);
    }

    /**
     * Reads what {@code toString} writes: {@code 50}, {@code required}, {@code required x 1.05}.
     *
     * @throws IllegalArgumentException if the text is no boundary
     */
    static Boundary parse(String text) {
        Matcher field = Field.WRITTEN.matcher(text.strip());
        if (Level.parse(text) instanceof Level.Known known) {
            return new Fixed(known.value());
        } else if (!field.matches()
                || Decimals.NO_NUMBER.matcher(field.group(1)).matches()) {
            throw new IllegalArgumentException(Decimals.quoted(text)
                    + " is no boundary; write a finite number, a field, or a field times a factor: required x 1.05");
        } else if (field.group(2) == null) {
            return new Field(field.group(1), 1);
        } else if (Level.parse(field.group(2)) instanceof Level.Known factor) {
            return new Field(field.group(1), factor.value());
        }
        throw new IllegalArgumentException(
                Decimals.quoted(field.group(2)) + " is no factor, in the boundary " + Decimals.quoted(text));
    }

    /** Where it lies for a subject: unknown if its field is missing, or the product is beyond what can be counted. */
    default Level resolve(Level.Known level) {
        if (this instanceof Fixed fixed) {
            return Level.of(fixed.value);
        }
        Field field = (Field) this;
        Double number = level.numbers().get(field.name);
        if (number == null) {
            return Level.missing("the boundary '" + this + "' needs '" + field.name + "', which is not there");
        }
        double product = Decimals.product(number, field.factor);
        return Double.isFinite(product)
                ? Level.of(product)
                : new Level.Unknown(
                        Level.Cause.NOT_FINITE,
                        "the boundary '" + this + "' of " + number + " is beyond what can be counted");
    }
}
