package dev.sluice.server.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FiltersTest {
    private static String limited(String text, int most) {
        return Filters.cut(text, most);
    }

    @Test
    void aTextIsCutAtItsLimitAndSaysSo() {
        assertThat(limited("12345", 5)).isEqualTo("12345");
        assertThat(limited("123456", 5)).isEqualTo("1234…");
        assertThat(limited("12", 1)).isEqualTo("…");
    }

    @Test
    void noPairOfSurrogatesIsCutInTwo() {
        String faces = "\uD83D\uDE00".repeat(10);
        for (int most = 1; most <= 20; most++) {
            String cut = limited(faces, most);
            assertThat(cut.length()).isLessThanOrEqualTo(most);
            assertThat(cut.codePoints()).noneMatch(each -> Character.getType(each) == Character.SURROGATE);
        }
    }

    @Test
    void noEscapeIsCutInTwo() {
        String slack = Filters.slack("<".repeat(9) + "&".repeat(9));
        String discord = Filters.discord("a*".repeat(9));
        for (int most = 1; most < slack.length(); most++) {
            assertThat(limited(slack, most)).matches("((&lt;)|(&amp;))*…");
        }
        for (int most = 1; most < discord.length(); most++) {
            assertThat(limited(discord, most)).matches("(a|(\\\\\\*))*…");
        }
    }

    @Test
    void sectionsFilterWhatTheyHold() throws TemplateException {
        TextTemplate template = TextTemplate.of("{{#limit.9}}{{#slack}}{{title}}{{/slack}} and more{{/limit.9}}");
        assertThat(template.render(Map.of("title", "<!channel>"))).isEqualTo("&lt;!cha…");
    }

    @Test
    void whatDiscordReadsAsMarkupGetsABackslash() {
        assertThat(Filters.discord("**b** [l](u) <@1> # h `c` ||s|| a\\b"))
                .isEqualTo("\\*\\*b\\*\\* \\[l\\](u) \\<\\@1\\> \\# h \\`c\\` \\|\\|s\\|\\| a\\\\b");
    }
}
