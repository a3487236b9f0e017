package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a total is worth. */
class TierTest {
    private static final Tier DISCOUNT = new Tier(
            "total",
            new TreeMap<>(Map.of(
                    new BigDecimal("100"), new BigDecimal("10"),
                    new BigDecimal("500"), new BigDecimal("20"))));

    @ParameterizedTest
    @CsvSource({
        "99.99, 0",
        "100, 10",
        "100.00, 10",
        "499.99, 10",
        "499.999999999999999999, 10",
        "500, 20",
        "1543.00, 20",
        "0, 0",
        "-500, 0",
        "' 500 ', 20",
        "'', 0",
        "NaN, 0",
        "Infinity, 0",
        "1e3, 0",
        "'1,543.00', 0",
        "five hundred, 0"
    })
    @DisplayName("S3.7 a discount begins exactly at its total, and what is no number has none")
    void aDiscountBeginsExactlyAtItsTotal(String total, BigDecimal discount) {
        assertThat(DISCOUNT.in(Map.of("total", total))).isEqualByComparingTo(discount);
    }

    @Test
    @DisplayName("S3.7 numbers of JSON count as their texts do, and nothing else does")
    void numbersOfJsonCountAsTheirTextsDo() {
        assertThat(DISCOUNT.in(Map.of("total", 100))).isEqualByComparingTo("10");
        assertThat(DISCOUNT.in(Map.of("total", new BigDecimal("499.999999999999999999"))))
                .isEqualByComparingTo("10");
        assertThat(DISCOUNT.in(Map.of("total", new BigDecimal("1E+3")))).isEqualByComparingTo("20");
        assertThat(DISCOUNT.in(Map.of())).isZero();
        assertThat(DISCOUNT.in(Map.of("total", true))).isZero();
        assertThat(DISCOUNT.in(Map.of("total", List.of(500)))).isZero();
        assertThat(DISCOUNT.in(Map.of("total", "9".repeat(1_000)))).isZero();
    }
}
