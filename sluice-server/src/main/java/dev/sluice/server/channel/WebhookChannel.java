package dev.sluice.server.channel;

import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;

/**
 * Sends messages as a request, a POST of JSON unless something else is said, by a {@link WebhookPost}. Safe for use by
 * several threads.
 */
public final class WebhookChannel implements KnowsMailboxes, AutoCloseable {
    private final WebhookRequest requests;
    private final WebhookPost post;

    /**
     * Connects only when there is something to send.
     *
     * @param clock says when a body was signed
     * @throws IllegalArgumentException if a header cannot be sent
     */
    public WebhookChannel(ChannelConfig.Webhook config, Rendering rendering, InstantSource clock) {
        requests = new WebhookRequest(config, rendering);
        post = new WebhookPost(config, requests.contentType(), clock);
    }

    WebhookChannel(ChannelConfig.Webhook config, Rendering rendering, InstantSource clock, SSLContext tls) {
        requests = new WebhookRequest(config, rendering);
        post = new WebhookPost(config, requests.contentType(), clock, tls);
    }

    @Override
    public Receipt send(Outgoing outgoing) {
        WebhookRequest.Filled filled = requests.of(outgoing);
        return post.send(
                outgoing.idempotencyKey(),
                filled.headers(),
                filled.body().getBytes(StandardCharsets.UTF_8),
                outgoing.timeout());
    }

    /** Lets go of connections and threads; attempts under way come back without an answer. */
    @Override
    public void close() {
        post.close();
    }
}
