package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a level, and what is not known. */
class LevelTest {
    @ParameterizedTest
    @CsvSource({
        "80, 80",
        "80.5, 80.5",
        "-3, -3",
        "' 7 ', 7",
        "+4, 4",
        ".5, 0.5",
        "5., 5",
        "1e3, 1000",
        "2.5E-1, 0.25",
        "0, 0",
        "0.0, 0",
        "'\t99.99\n', 99.99"
    })
    void aNumberIsALevel(String text, double value) {
        assertThat(Level.parse(text)).isEqualTo(new Level.Known(value, Map.of()));
    }

    @ParameterizedTest(name = "S1.7 \"{0}\" is unknown: {1}")
    @CsvSource({
        "'', MISSING",
        "'   ', MISSING",
        "'\t', MISSING",
        "abc, UNPARSABLE",
        "'80,5', UNPARSABLE",
        "80 %, UNPARSABLE",
        "1 000, UNPARSABLE",
        "0x10, UNPARSABLE",
        "80d, UNPARSABLE",
        "80f, UNPARSABLE",
        "--3, UNPARSABLE",
        "., UNPARSABLE",
        "null, UNPARSABLE",
        "nan, NOT_FINITE",
        "NaN, NOT_FINITE",
        "inf, NOT_FINITE",
        "-Infinity, NOT_FINITE",
        "1e999, NOT_FINITE",
        "-1e999, NOT_FINITE"
    })
    void whatIsNoFiniteNumberIsUnknown(String text, Level.Cause cause) {
        assertThat(Level.parse(text)).isInstanceOf(Level.Unknown.class);
        assertThat(((Level.Unknown) Level.parse(text)).cause()).isEqualTo(cause);
    }

    @Test
    void whatIsUnknownSaysWhatWasFoundAndCutsWhatIsLong() {
        assertThat(Level.parse("abc")).isEqualTo(new Level.Unknown(Level.Cause.UNPARSABLE, "'abc' is no number"));
        assertThat(((Level.Unknown) Level.parse("x".repeat(1_000_000))).detail())
                .hasSizeLessThan(100);
    }

    @Test
    void minusZeroIsZero() {
        Level zero = Level.of(0.0);

        assertThat(Level.of(-0.0)).isEqualTo(zero);
        assertThat(Level.parse("-0")).isEqualTo(zero);
        assertThat(1 / ((Level.Known) Level.parse("-0.0")).value()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatIsNotFiniteIsUnknownAndCannotBeKnown(double value) {
        assertThat(((Level.Unknown) Level.of(value)).cause()).isEqualTo(Level.Cause.NOT_FINITE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Level.Known(value, Map.of()))
                .withMessageContaining("'value'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Level.Known(1, Map.of("required", value)))
                .withMessageContaining("'required'");
    }

    @Test
    void aFurtherNumberThatIsUnknownMakesTheLevelUnknown() {
        Level level = Level.of(60).with("required", Level.parse("100"));

        assertThat(level).isEqualTo(new Level.Known(60, Map.of("required", 100.0)));
        assertThat(level.with("stop", Level.parse("abc")))
                .isEqualTo(new Level.Unknown(Level.Cause.UNPARSABLE, "stop: 'abc' is no number"));
        assertThat(Level.missing("no hash").with("stop", Level.of(1)))
                .isEqualTo(new Level.Unknown(Level.Cause.MISSING, "no hash"));
    }

    @Test
    @DisplayName("the words of causes are those outside Java")
    void causesHaveWords() {
        assertThat(Level.Cause.NOT_FINITE.word()).isEqualTo("not-finite");
        assertThat(Level.Cause.STALE.word()).isEqualTo("stale");
    }
}
