package dev.sluice.server.config;

import dev.sluice.server.template.TextTemplate;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the messages of a flow say to those whom they are about, instead of what is known of them.
 *
 * @param texts the templates
 * @param tiers numbers that templates and links have, by name
 * @param secret signs links, and addresses that unsubscribe; there where one of them is
 * @param link where {@code {{link}}} leads
 * @param track what is to be known of mails with HTML to one receiver
 * @param unsubscribe whether receivers can say with one click that they want no more of the flow
 */
public record MailConfig(
        Texts texts,
        Map<String, Tier> tiers,
        Optional<Secret> secret,
        Optional<Link> link,
        Set<Track> track,
        boolean unsubscribe) {
    /** What may be known of a mail. */
    public enum Track {
        /** That it was opened. */
        OPENS,
        /** That somebody followed a link in it. */
        CLICKS
    }

    /**
     * Templates.
     *
     * @param title one line; empty: that of the occurrence
     * @param text all of it as plain text
     * @param html the same as HTML; empty: mails have the text alone
     */
    public record Texts(Optional<TextTemplate> title, TextTemplate text, Optional<TextTemplate> html) {}

    /**
     * A link that says for itself what it is good for.
     *
     * @param url where it leads; the token comes with it as {@code token}
     * @param valid for how long after the decision
     */
    public record Link(URI url, Duration valid) {}
}
