package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.template.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What Slack, Discord and Telegram say of a body that they are sent: its names, its length, and what would act in it. */
final class ServiceRules {
    /** A {@code <} of Slack begins a link or a mention; a bare {@code &} begins nothing that it knows. */
    private static final Pattern SLACK_ACTS = Pattern.compile("[<>]|&(?!(amp|lt|gt);)");

    /** A link or a mention whose first letter has no backslash. */
    private static final Pattern DISCORD_ACTS = Pattern.compile("(?<!\\\\)(\\\\\\\\)*[\\[<@#|`]");

    /** UTF-16 code units of the text. */
    int limit(Recipe recipe) {
        return switch (recipe) {
            case SLACK -> 40_000;
            case DISCORD -> 2_000;
            case TELEGRAM -> 4_096;
        };
    }

    /** The text that people see, after everything about the body was found to be in order. */
    String check(Recipe recipe, JsonNode body) {
        String text = body.path(recipe == Recipe.DISCORD ? "content" : "text").textValue();
        assertThat(text).isNotBlank().hasSizeLessThanOrEqualTo(limit(recipe));
        assertThat(text.codePoints()).noneMatch(each -> Character.getType(each) == Character.SURROGATE);
        switch (recipe) {
            case SLACK -> {
                assertThat(names(body)).containsExactlyInAnyOrder("text", "unfurl_links", "unfurl_media");
                assertThat(SLACK_ACTS.matcher(text).find()).as(text).isFalse();
            }
            case DISCORD -> {
                assertThat(body.path("allowed_mentions").path("parse").isArray())
                        .isTrue();
                assertThat(body.path("allowed_mentions").path("parse")).isEmpty();
                assertThat(DISCORD_ACTS.matcher(text).find()).as(text).isFalse();
            }
            case TELEGRAM -> {
                assertThat(names(body)).containsExactlyInAnyOrder("chat_id", "text", "link_preview_options");
                assertThat(body.path("chat_id").textValue()).isEqualTo("-100200300");
                assertThat(body.path("link_preview_options").path("is_disabled").booleanValue())
                        .isTrue();
            }
        }
        return text.replace("\\", "");
    }

    /** How the service says that 35 s would be welcome. */
    WebSink.Act slowDown(Recipe recipe) {
        return switch (recipe) {
            case SLACK -> WebSink.begin("HTTP/1.1 429 x\r\nRetry-After: 35\r\nContent-Length: 12\r\n\r\nrate_limited");
            case DISCORD -> WebSink.answer(429, "{\"message\": \"slow\", \"retry_after\": 35.0, \"global\": false}");
            case TELEGRAM ->
                WebSink.answer(
                        429,
                        "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests\","
                                + "\"parameters\":{\"retry_after\":35}}");
        };
    }

    /** What the service answers to a body that it takes. */
    WebSink.Act taken(Recipe recipe) {
        return switch (recipe) {
            case SLACK -> WebSink.answer(200, "ok");
            case DISCORD -> WebSink.answer(204, "");
            case TELEGRAM -> WebSink.answer(200, "{\"ok\":true,\"result\":{\"message_id\":1}}");
        };
    }

    private static List<String> names(JsonNode body) {
        List<String> names = new ArrayList<>();
        body.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
