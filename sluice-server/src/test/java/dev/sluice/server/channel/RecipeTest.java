package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.server.template.BodyTemplate;
import dev.sluice.server.template.Recipe;
import dev.sluice.server.template.TemplateException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bodies for Slack, Discord and Telegram, sent to a sink that looks at them as these services would. */
class RecipeTest {
    private static final String TOKEN = "bot123456:AAF-t0ken_of_the_bot";

    private final WebSink sink = new WebSink(Optional.empty());
    private final ServiceRules rules = new ServiceRules();

    @AfterEach
    void close() {
        sink.close();
    }

    @ParameterizedTest
    @EnumSource(Recipe.class)
    @DisplayName("S4.1 the summary says [AGGREGATED x3] in Slack, Discord and Telegram, and the digest what was held")
    void summaryAndDigest(Recipe recipe) throws IOException {
        assertThat(text(recipe, Example.SUMMARY)).contains("AGGREGATED x3", "Database down", "No answer from db-1");
        assertThat(text(recipe, Example.DIGEST))
                .contains("HELD x95", "95 held from 2026-03-04T11:10:00Z", "No answer from db-2");
        assertThat(text(recipe, Example.LAST)).contains("https://gate.example.org/messages/42", "Severity: error");
    }

    @ParameterizedTest
    @EnumSource(Recipe.class)
    void nobodyIsCalledAndNothingIsALinkThatNobodyPutThere(Recipe recipe) throws IOException {
        Message message = Example.saying(
                "<!channel> @everyone **x**",
                "<@U1> <!here> <https://evil.example|click> [click](https://evil.example) & *");
        send(recipe, message);
        rules.check(recipe, body());
    }

    @ParameterizedTest
    @EnumSource(Recipe.class)
    void aMessageOfAMegabyteStaysInsideTheLimitOfItsService(Recipe recipe) throws IOException {
        String text = text(recipe, Example.saying("t", "&<*\uD83D\uDE00".repeat(200_000)));
        assertThat(text).endsWith("…");
        assertThat(body().findValuesAsText(recipe == Recipe.DISCORD ? "content" : "text")
                        .get(0))
                .hasSizeGreaterThan(rules.limit(recipe) - 10);
    }

    @ParameterizedTest
    @EnumSource(Recipe.class)
    void aServiceThatAsksForTimeIsGivenIt(Recipe recipe) {
        sink.answers(rules.slowDown(recipe));
        Receipt receipt = send(recipe, Example.SUMMARY);
        assertThat(receipt).isInstanceOf(Receipt.Refused.class);
        assertThat(((Receipt.Refused) receipt).permanent()).isFalse();
        assertThat(((Receipt.Refused) receipt).retryAfter()).isEqualTo(Duration.ofSeconds(35));
    }

    @Test
    void theTokenOfTheBotIsInNoNote() {
        sink.answers(WebSink.answer(404, "{\"ok\":false,\"description\":\"Not Found: /" + TOKEN + "/sendMessage\"}"));
        assertThat(send(Recipe.TELEGRAM, Example.SUMMARY).toString())
                .contains("404")
                .doesNotContain("t0ken");
        sink.answers(WebSink.hangUp());
        assertThat(send(Recipe.TELEGRAM, Example.SUMMARY).toString()).doesNotContain("t0ken");
    }

    @Test
    void aTemplateOfOnesOwnMakesBodyAndHeaders() throws IOException, TemplateException {
        BodyTemplate body = BodyTemplate.of(
                "application/json", "{\"routing_key\": \"R0ut1ngKey\", \"n\": \"{{held}}\", \"d\": \"{{data}}\"}");
        ChannelConfig.Webhook config = new ChannelConfig.Webhook(
                url(),
                Optional.empty(),
                Map.of("X-Title", Secret.of("{{title}} {{subject}}"), "X-Data", Secret.of("{{data.host}}")),
                new ChannelConfig.Request(ChannelConfig.Method.PUT, Optional.of(body), ""),
                ChannelConfig.Timeouts.STANDARD);
        sink.answers(WebSink.answer(400, "unknown R0ut1ngKey"));
        Receipt receipt = send(
                config,
                Example.saying(new dev.sluice.outbox.Content(
                        "Grüße\r\nX-Evil: 1", "m", "error", "{\"host\":\"a\\r\\nX-Evil: 2\",\"n\":[1,null]}")));

        WebSink.Request request = sink.requests().get(0);
        assertThat(request.line()).startsWith("PUT /");
        assertThat(request.headers())
                .doesNotContainKey("x-evil")
                .containsEntry("x-data", "a X-Evil: 2")
                .hasEntrySatisfying("x-title", value -> assertThat(value).startsWith("=?UTF-8?B?"));
        assertThat(body().toString())
                .isEqualTo(
                        "{\"routing_key\":\"R0ut1ngKey\",\"n\":0,\"d\":{\"host\":\"a\\nX-Evil: 2\",\"n\":[1,\"\"]}}");
        assertThat(receipt.toString()).contains("400").doesNotContain("R0ut1ngKey");
    }

    private String text(Recipe recipe, Message message) throws IOException {
        sink.answers(rules.taken(recipe));
        assertThat(send(recipe, message)).isInstanceOf(Receipt.Accepted.class);
        return rules.check(recipe, body());
    }

    private Receipt send(Recipe recipe, Message message) {
        ChannelConfig.Request request =
                new ChannelConfig.Request(ChannelConfig.Method.POST, Optional.of(recipe.body()), "-100200300");
        return send(
                new ChannelConfig.Webhook(url(), Optional.empty(), Map.of(), request, ChannelConfig.Timeouts.STANDARD),
                message);
    }

    private Receipt send(ChannelConfig.Webhook config, Message message) {
        Rendering rendering = new Rendering(Optional.of(URI.create("https://gate.example.org")));
        try (WebhookChannel channel = new WebhookChannel(config, rendering, () -> Example.NOON)) {
            return channel.send(Example.outgoing(message));
        }
    }

    private Secret.Url url() {
        return new Secret.Url(URI.create("http://127.0.0.1:" + sink.port() + "/" + TOKEN + "/sendMessage"));
    }

    private JsonNode body() throws IOException {
        return new ObjectMapper()
                .readTree(sink.requests().get(sink.requests().size() - 1).body());
    }
}
