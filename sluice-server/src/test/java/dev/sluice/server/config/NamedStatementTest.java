package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedStatementTest {
    @Test
    @DisplayName("each name becomes a parameter at its place, as often as it stands there")
    void names() throws Exception {
        NamedStatement statement = NamedStatement.of("insert into log select :user_id, :AT where not (:user_id=id);\n");
        assertThat(statement.sql()).isEqualTo("insert into log select ?, ? where not (?=id)");
        assertThat(statement.parameters()).containsExactly("user_id", "at", "user_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ':no', \":no\", `:no`",
                "select 1 -- :no?\n + 2",
                "select 1 /* :no; ? */",
                "select 'it''s :no'",
                "select a[1:no]",
                "select a := 1, 12:30"
            })
    @DisplayName("what stands in quotes and comments, or is no name, stays as it is")
    void noNames(String text) throws Exception {
        assertThat(NamedStatement.of(text).sql()).isEqualTo(text);
        assertThat(NamedStatement.of(text).parameters()).isEmpty();
    }

    @Test
    @DisplayName("a cast is none")
    void cast() throws Exception {
        NamedStatement statement = NamedStatement.of("select :user_id::integer");
        assertThat(statement.sql()).isEqualTo("select ?::integer");
        assertThat(statement.parameters()).containsExactly("user_id");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {"update a set b = ?, '?'", "update a; delete from b, ';'", "update a set b = 'c, does not end"})
    @DisplayName("parameters without a name, two statements and quotes without an end are refused")
    void refused(String text, String why) {
        assertThatThrownBy(() -> NamedStatement.of(text))
                .isInstanceOf(NamedStatement.Bad.class)
                .hasMessageContaining(why);
    }
}
