package dev.sluice;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** How people write numbers. */
final class Decimals {
    /** A number, with or without exponent. */
    static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

    /** What machines write in place of a number. */
    static final Pattern NO_NUMBER = Pattern.compile("[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

    private static final int MOST_QUOTED = 40;
    private static final int MOST_DIGITS = 15;

    private Decimals() {}

    /** The product as people reckon it: 110 x 1.05 is 115.5, while that of the doubles lies above. */
    static double product(double one, double other) {
        return BigDecimal.valueOf(one).multiply(BigDecimal.valueOf(other)).doubleValue();
    }

    /** Without a point where there is nothing behind it. */
    static String written(double number) {
        BigDecimal exact = BigDecimal.valueOf(number).stripTrailingZeros();
        return exact.scale() <= 0 && exact.precision() - exact.scale() <= MOST_DIGITS
                ? exact.toPlainString()
                : exact.toString();
    }

    /** In quotes, the beginning if it is long. */
    static String quoted(String text) {
        return text.length() <= MOST_QUOTED ? "'" + text + "'" : "'" + text.substring(0, MOST_QUOTED) + "...'";
    }
}
