package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** One small letter for each letter, in time in proportion. */
class LowerCaseTest {
    @Test
    void everyLetterKeepsItsLengthAndIsSmallOnceAndForAll() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String letter = Character.toString(point);
            String lower = LowerCase.of(letter);
            assertThat(lower).as("U+%04X", point).hasSameSizeAs(letter);
            assertThat(LowerCase.of(lower)).as("U+%04X", point).isEqualTo(lower);
            assertThat(LowerCase.of("a" + letter + "1")).as("U+%04X", point).isEqualTo("a" + lower + "1");
        }
    }

    @Test
    void aLetterHasOneFormWhateverStandsAroundIt() {
        assertThat(LowerCase.of("\u0391\u03a3")).isEqualTo("\u03b1\u03c3");
        assertThat(LowerCase.of("\u0391\u03a3\u0391")).isEqualTo("\u03b1\u03c3\u03b1");
        assertThat(LowerCase.of("\u212a \u0130")).isEqualTo("k i");
    }

    @Test
    void ofOtherTextsItIsTheLowerCaseOfTheJdk() {
        String text = "\u00c4rger mit \u00c9TUDES, \u0416\u0423\u041a & \ud801\udc00";
        assertThat(LowerCase.of(text)).isEqualTo(text.toLowerCase(Locale.ROOT));
    }
}
