package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundaryTest {
    private static Level resolve(String boundary, String field, double number) {
        return Boundary.parse(boundary).resolve(new Level.Known(0, Map.of(field, number)));
    }

    @ParameterizedTest
    @CsvSource({"50, 50", "-3.5, -3.5", "1e3, 1000", "required, required", "required x 1.05, required x 1.05"})
    void whatIsWrittenIsReadAndWrittenAgain(String text, String written) {
        Boundary boundary = Boundary.parse(text);

        assertThat(boundary).hasToString(written);
        assertThat(Boundary.parse(boundary.toString())).isEqualTo(boundary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nan",
                "inf",
                "1e999",
                "required x",
                "required x 0",
                "required x -1",
                "required x nan",
                "required x 1e999",
                "required x abc",
                "required * 2",
                "1.05 x required",
                "50 %",
                "two words"
            })
    void whatIsNoBoundaryIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Boundary.parse(text));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aBoundaryIsFinite(double value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Boundary.at(value));
        assertThatIllegalArgumentException().isThrownBy(() -> new Boundary.Field("required", value));
    }

    @ParameterizedTest(name = "{0} x {1} is {2}")
    @CsvSource({
        "100, 1.05, 105",
        "110, 1.05, 115.5",
        "1.1, 1.1, 1.21",
        "0, 1.05, 0",
        "-100, 1.05, -105",
        "19.99, 3, 59.97"
    })
    void aProductIsThatOfDecimals(double number, String factor, double product) {
        assertThat(resolve("required x " + factor, "required", number)).isEqualTo(Level.of(product));
    }

    @Test
    void withoutItsFieldItIsUnknown() {
        Level.Unknown unknown = (Level.Unknown) resolve("required x 1.05", "other", 1);

        assertThat(unknown.cause()).isEqualTo(Level.Cause.MISSING);
        assertThat(unknown.detail()).contains("'required x 1.05'", "'required'");
    }

    @Test
    void beyondWhatCanBeCountedItIsUnknown() {
        assertThat(((Level.Unknown) resolve("required x 1000", "required", Double.MAX_VALUE)).cause())
                .isEqualTo(Level.Cause.NOT_FINITE);
    }
}
