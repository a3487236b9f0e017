package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that look the same to people are the same. */
class SpellingTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ann b",
                " Ann  B ",
                "ANN B",
                "ann\u00A0b",
                "a\u200Bnn b",
                "ann\u200D b\uFE0F",
                "\uFF41nn b",
                "ann b\u2060\u00AD",
                "\u202Eann b\u3164",
                "ann b\uDB40\uDD00"
            })
    void whatCannotBeSeenMakesNoOther(String name) {
        assertThat(Spelling.plain(name)).isEqualTo("ann b");
    }

    @Test
    void whatCanBeSeenDoes() {
        assertThat(Spelling.plain("ann.b")).isNotEqualTo(Spelling.plain("annb"));
        assertThat(Spelling.plain("é")).isEqualTo("é").isEqualTo(Spelling.plain("e\u0301"));
    }
}
