package dev.sluice.server.channel;

import dev.sluice.outbox.Outgoing;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.template.BodyTemplate;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import dev.sluice.server.text.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a webhook sends: body and headers of a message, by templates or as Sluice has them. Immutable. */
final class WebhookRequest {
    /** Longest value of a header that a template makes, in code points before it is encoded. */
    private static final int MOST_HEADER = 500;

    private final ChannelConfig.Request config;
    private final Rendering rendering;
    private final Map<String, TextTemplate> headers = new LinkedHashMap<>();

    /** @throws IllegalArgumentException if the template of a header is none */
    WebhookRequest(ChannelConfig.Webhook config, Rendering rendering) {
        this.config = config.request();
        this.rendering = rendering;
        config.headers().forEach((name, value) -> {
            try {
                headers.put(name, TextTemplate.of(value.reveal()));
            } catch (TemplateException e) {
                throw new IllegalArgumentException("the header '" + SafeText.line(name, 60) + "' " + e.what(), e);
            }
        });
    }

    /** One message, filled in. */
    record Filled(String body, Map<String, String> headers) {}

    String contentType() {
        return config.body().map(BodyTemplate::contentType).orElse(BodyTemplate.JSON);
    }

    Filled of(Outgoing outgoing) {
        Rendered rendered = rendering.of(outgoing);
        Map<String, Object> values = TemplateValues.of(outgoing, rendered, config.chat());
        Map<String, String> filled = new LinkedHashMap<>();
        headers.forEach((name, template) -> {
            if (!template.isFixed()) {
                filled.put(name, headerValue(template.render(values)));
            }
        });
        return new Filled(
                config.body().map(body -> body.render(values)).orElseGet(() -> WebhookBody.of(outgoing, rendered)),
                filled);
    }

    /** One line of ASCII; what is more is encoded as in the headers of a mail, which is what receivers that care expect. */
    private static String headerValue(String text) {
        return EncodedWords.of(SafeText.line(text, MOST_HEADER), " ");
    }
}
