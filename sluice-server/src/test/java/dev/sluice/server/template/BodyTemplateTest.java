package dev.sluice.server.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyTemplateTest {
    private static final Map<String, Object> VALUES = Map.of(
            "title",
            "a \"b\" \\ & = {{x}}",
            "held",
            95L,
            "link",
            "",
            "data",
            Map.of("host", "db-1", "load", 0.5),
            "samples",
            List.of(Map.of("title", "one"), Map.of("title", "two")));

    private static String json(String template) throws TemplateException {
        return BodyTemplate.of("application/json", template).render(VALUES);
    }

    @Test
    void aValueStaysInsideItsText() throws TemplateException {
        assertThat(json("{\"text\": \"<{{title}}>\"}")).isEqualTo("{\"text\":\"<a \\\"b\\\" \\\\ & = {{x}}>\"}");
        assertThat(json("{\"text\": \"{{{title}}}{{&title}}\"}")).startsWith("{\"text\":\"a \\\"b\\\"");
        assertThat(BodyTemplate.of("application/x-www-form-urlencoded", "a=x {{title}}&b={{held}}\n")
                        .render(VALUES))
                .isEqualTo("a=x+a+%22b%22+%5C+%26+%3D+%7B%7Bx%7D%7D&b=95");
    }

    @Test
    void aPlaceholderAloneKeepsItsType() throws TemplateException {
        assertThat(
                        json(
                                "[\"{{held}}\", \"{{data}}\", \"{{ data.load }}\", \"{{data.no.such}}\", \"{{held}} held\", 7, null]"))
                .startsWith("[95,{")
                .endsWith("},0.5,\"\",\"95 held\",7,null]");
    }

    @Test
    void sectionsAreThereWhereTheirValueIs() throws TemplateException {
        assertThat(json("\"{{#held}}{{held}} held{{/held}}{{#link}}, {{link}}{{/link}}{{^link}}.{{/link}}\""))
                .isEqualTo("\"95 held.\"");
        assertThat(json("\"{{#samples}}[{{title}}]{{/samples}}\"")).isEqualTo("\"[one][two]\"");
    }

    @Test
    void plainTextIsPlainText() throws TemplateException {
        BodyTemplate plain = BodyTemplate.of("text/plain; charset=utf-8", "{{title}} {{data}}");
        assertThat(plain.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(plain.render(Map.of("title", "t", "data", Map.of("a", 1)))).isEqualTo("t {\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\": \"{{tilte}}\"} | (line 1 of it) names 'tilte', which there is not; known are title, text,",
                "{\"a\": 1,\\n\"text\": \"x {{#hold}}y{{/hold}}\"} | (line 2 of it) names 'hold', which there is not",
                "{\"a\": \"{{>other}}\"} | names 'other', which there is not",
                "{\"a\": \"{{#limit.0}}x{{/limit.0}}\"} | names 'limit.0', which there is not",
                "{\"a\": \"{{slack}}\"} | names 'slack', which there is not",
                "{\"a\": \"{{title\"} | has a '{{' without '}}'",
                "{\"a\": \"{{#title}}\"} | has a '{{' without '}}'",
                "{\"a\": {{held}}} | is no JSON; placeholders stand in quotes",
                "{\"a\": 1} {\"b\": 2} | is no JSON",
                "'' | is no JSON",
                "{\"{{title}}\": 1} | has a placeholder in a name",
            })
    void whatIsWrongIsSaidWithItsLine(String template, String what) {
        assertThatThrownBy(() -> json(template.replace("\\n", "\n")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(what);
    }

    @Test
    void otherTypesAndFormsWithoutNamesAreMistakes() {
        assertThatThrownBy(() -> BodyTemplate.of("text/html", "x"))
                .hasMessageContaining("cannot be of this content type");
        assertThatThrownBy(() -> BodyTemplate.of("application/x-www-form-urlencoded", "{{title}}"))
                .hasMessageContaining("is no form");
    }

    @Test
    void nothingOfATemplateIsPrinted() throws TemplateException {
        for (String type : List.of("application/json", "application/x-www-form-urlencoded", "text/plain")) {
            BodyTemplate template = BodyTemplate.of(type, type.endsWith("json") ? "\"hunter2\"" : "a=hunter2");
            assertThat(template.toString()).doesNotContain("hunter2");
            assertThat(template.literals()).containsExactly(type.equals("text/plain") ? "a=hunter2" : "hunter2");
        }
    }
}
