package dev.sluice.server.channel;

import dev.sluice.outbox.Channel;
import dev.sluice.server.config.ChannelConfig;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The channels of a server, by name. Nothing is connected before there is something to send. */
public final class Channels implements AutoCloseable {
    private final Map<String, Channel> byName = new LinkedHashMap<>();

    /**
     * Opens all channels, or none.
     *
     * @param rendering what messages read like
     * @param clock says when webhooks are signed
     * @throws IllegalArgumentException if one of them cannot work as it is configured; it is named, no secret is
     */
    public Channels(Map<String, ChannelConfig> configs, Rendering rendering, InstantSource clock) {
        configs.forEach((name, config) -> {
            try {
                byName.put(name, open(config, rendering, clock));
            } catch (IllegalArgumentException e) {
                close();
                throw new IllegalArgumentException("channel " + name + ": " + e.getMessage(), e);
            }
        });
    }

    /** All of them, in the order of the configuration. */
    public Map<String, Channel> byName() {
        return Collections.unmodifiableMap(byName);
    }

    /** Lets go of connections and threads. Attempts under way end without an answer, or at their deadline. */
    @Override
    public void close() {
        for (Channel channel : byName.values()) {
            if (channel instanceof SmtpChannel smtp) {
                smtp.close();
            } else if (channel instanceof WebhookChannel webhook) {
                webhook.close();
            }
        }
    }

    private static Channel open(ChannelConfig config, Rendering rendering, InstantSource clock) {
        if (config instanceof ChannelConfig.Smtp smtp) {
            return new SmtpChannel(smtp, rendering);
        } else if (config instanceof ChannelConfig.Webhook webhook) {
            return new WebhookChannel(webhook, rendering, clock);
        } else if (config instanceof ChannelConfig.Log log) {
            return new LogChannel(log, rendering);
        }
        return new InboxChannel();
    }
}
