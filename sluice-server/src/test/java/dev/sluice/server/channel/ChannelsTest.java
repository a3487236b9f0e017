package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From configuration to channels. */
class ChannelsTest {
    @Test
    void everyKindOpensAndCloses() {
        Map<String, ChannelConfig> configs = Map.of(
                "mail",
                smtp("ops@example.org"),
                "hook",
                webhook("https://example.org/hook"),
                "inbox",
                new ChannelConfig.Inbox(),
                "log",
                new ChannelConfig.Log(System.Logger.Level.INFO));

        try (Channels channels = open(configs)) {
            assertThat(channels.byName().get("mail")).isInstanceOf(SmtpChannel.class);
            assertThat(channels.byName().get("hook")).isInstanceOf(WebhookChannel.class);
            assertThat(channels.byName().get("inbox")).isInstanceOf(InboxChannel.class);
            assertThat(channels.byName().get("log")).isInstanceOf(LogChannel.class);
        }
    }

    @Test
    void oneThatCannotWorkIsNamed() {
        assertThatThrownBy(() -> open(Map.of("mail", smtp("nobody"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("channel mail: 'nobody' is not a mail address");
        ChannelConfig header = new ChannelConfig.Webhook(
                new Secret.Url(URI.create("https://example.org/t0k3n")),
                Optional.empty(),
                Map.of("a b", Secret.of("t0k3n")),
                ChannelConfig.Timeouts.STANDARD);
        assertThatThrownBy(() -> open(Map.of("hook", header)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("channel hook: the header 'a b' cannot be sent");
    }

    private static Channels open(Map<String, ChannelConfig> configs) {
        return new Channels(configs, new Rendering(Optional.empty()), () -> Example.NOON);
    }

    private static ChannelConfig smtp(String to) {
        return new ChannelConfig.Smtp(
                "localhost",
                25,
                Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("gate@example.org", List.of(to)),
                ChannelConfig.Timeouts.STANDARD);
    }

    private static ChannelConfig webhook(String url) {
        return new ChannelConfig.Webhook(
                new Secret.Url(URI.create(url)), Optional.empty(), Map.of(), ChannelConfig.Timeouts.STANDARD);
    }
}
