package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names out of parts, and parts out of names. */
class NameTemplateTest {
    private static final NameTemplate PAYLOAD = NameTemplate.of("<type|lower>:<id>");

    @Test
    void aPartEndsWhereTheTextBehindItComesFirst() {
        assertThat(PAYLOAD.read("live:17:x")).contains(Map.of("type", "live", "id", "17:x"));
    }

    @Test
    void partsAreTrimmedAndInLowerCaseWhereThatIsAsked() {
        assertThat(PAYLOAD.read(" LIVE : Ab ")).contains(Map.of("type", "live", "id", "Ab"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "live", ":17", "live:", " : "})
    void whatLacksAPartIsNoName(String name) {
        assertThat(PAYLOAD.read(name)).isEmpty();
    }

    @Test
    void bracesOfAHashTagAreTextLikeAnyOther() {
        NameTemplate hash = NameTemplate.of("user:{<type>:<id>}:config");
        assertThat(hash.write(Map.of("type", "live", "id", "17"))).isEqualTo("user:{live:17}:config");
        assertThat(hash.read("user:{live:17}:config")).contains(Map.of("type", "live", "id", "17"));
        assertThat(hash.read("user:{live:17}:orders")).isEmpty();
    }

    @Test
    void theGlobOfANameTakesWhatIsSpecialInItAsItIs() {
        assertThat(NameTemplate.of("a[b]*:<id>?").glob()).isEqualTo("a\\[b\\]\\*:*\\?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "<a><b>", "<a>:<a>", "<a>:<b", "<>", "<a|upper>"})
    void whatIsNoTemplateSaysWhy(String text) {
        assertThatThrownBy(() -> NameTemplate.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' has ");
    }
}
