package dev.sluice.server.config;

import java.math.BigDecimal;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A number that goes by the height of another: a discount by the total of a cart. Immutable.
 *
 * @param of name of the value in the data of an occurrence
 * @param at what it is from each height on; below the lowest it is 0
 */
public record Tier(String of, NavigableMap<BigDecimal, BigDecimal> at) {
    private static final int MOST_DIGITS = 50;

    public Tier {
        at = java.util.Collections.unmodifiableNavigableMap(new TreeMap<>(at));
    }

    /** What it is for these data; 0 where the value is missing or no number. Exact: decimals are never rounded. */
    public BigDecimal in(Map<?, ?> data) {
        return Optional.ofNullable(data.get(of))
                .flatMap(Tier::number)
                .flatMap(height -> Optional.ofNullable(at.floorEntry(height)))
                .map(Map.Entry::getValue)
                .orElse(BigDecimal.ZERO);
    }

    /** The number that a value of JSON says; texts such as {@code "1543.00"} are numbers, too. */
    static Optional<BigDecimal> number(Object value) {
        String text = value.toString().strip();
        boolean plain = text.length() <= MOST_DIGITS && text.matches("-?\\d+(\\.\\d+)?");
        boolean number = value instanceof Number && text.length() <= MOST_DIGITS && text.matches("[-+0-9.eE]+");
        return plain || number ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }
}
