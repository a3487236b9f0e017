package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.template.Recipe;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies and headers by template: what may be written, and what a mistake in them says. */
class WebhookTemplateTest {
    private static final String SECRET = "hunter2hunter2";

    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void aFormatIsTheRecipeOfItsName() {
        ServerConfig config = reading.read("""
                channels:
                  a: {type: webhook, format: slack, url: "https://example.org/x"}
                  b: {type: webhook, format: telegram, url: "https://example.org/x", chat: "-100"}
                  c: {type: webhook, url: "https://example.org/x", method: put}
                """);
        assertThat(request(config, "a").body().orElseThrow().render(Map.of("title", "T")))
                .isEqualTo(Recipe.SLACK.body().render(Map.of("title", "T")))
                .contains("*T*");
        assertThat(request(config, "b").chat()).isEqualTo("-100");
        assertThat(request(config, "c").body()).isEmpty();
        assertThat(request(config, "c").method()).isEqualTo(ChannelConfig.Method.PUT);
    }

    @Test
    void aBodyOfOnesOwnTakesSecretsFromTheEnvironmentAndPrintsNone() {
        ServerConfig config = reading.read("""
                channels:
                  a:
                    type: webhook
                    url: https://example.org/x
                    headers: {X-Title: "{{title}}", Authorization: "Bearer ${S}"}
                    body: |
                      {"key": "${S}", "text": "{{title}}"}
                """, Map.of("S", SECRET));
        assertThat(request(config, "a").body().orElseThrow().render(Map.of("title", "T")))
                .isEqualTo("{\"key\":\"" + SECRET + "\",\"text\":\"T\"}");
        assertThat(config.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "body: '{\"a\": \"{{tilte}}\"}' | body: (line 1 of it) names 'tilte', which there is not; known are title, text, message, severity, flow,",
                "body: '{\"a\": {{held}}}' | body: (line 1 of it) is no JSON; placeholders stand in quotes",
                "body: {a: b} | body: is a map, not text",
                "headers: {A: '{{tilte}}'} | headers: the header 'A' (line 1 of it) names 'tilte', which there is not; known are title",
                "headers: {Host: '{{title}}'} | headers: the header 'Host' is not yours to set; leave it out: it belongs to the connection",
                "headers: {Content-type: '{{title}}'} | headers: the header 'Content-type' is not yours to set; write 'content-type' beside 'body'",
                "headers: {Sluice-Signature: x} | headers: the header 'Sluice-Signature' is not yours to set; leave it out: names in Sluice- are its own",
                "headers: {'A b': x} | headers: the header 'A b' cannot be sent; give it a name of letters",
                "headers: {X-A: 1, x-a: 2} | headers: the header 'x-a' is here twice; keep one of them",
                "format: slak | format: 'slak' is not one of sluice, slack, discord, telegram",
                "format: telegram | format: needs to know which chat; write chat: and the chat_id",
                "{format: slack, body: '1'} | body: is there beside format; keep one of them",
                "content-type: text/plain | content-type: is there without body",
                "{content-type: text/html, body: x} | body: cannot be of this content type",
            })
    void whatIsWrongIsSaidAtTheStartWithLineAndName(String yaml, String mistake) {
        String options = yaml.startsWith("{") ? yaml.substring(1, yaml.length() - 1) : yaml;
        String text = "channels:\n  a: {type: webhook, url: 'https://example.org/x', " + options + "}\n";
        assertThat(reading.mistakes(text, Map.of()))
                .singleElement()
                .asString()
                .startsWith("sluice.yaml:2: channels.a." + mistake);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\": \"${S}\" \"{{tilte}}\"}", "{\"a\": \"${S}\", \"b\": \"{{tilte}}\"}", "${S}", "{{${S}}}"
            })
    void aMistakeInABodyShowsNoSecret(String body) {
        String yaml = "channels: {a: {type: webhook, url: 'https://example.org/x', body: '" + body + "'}}";
        assertThat(reading.mistakes(yaml, Map.of("S", SECRET))).isNotEmpty().noneMatch(each -> each.contains(SECRET));
    }

    private static ChannelConfig.Request request(ServerConfig config, String name) {
        return Reading.channel(config, name, ChannelConfig.Webhook.class).request();
    }
}
