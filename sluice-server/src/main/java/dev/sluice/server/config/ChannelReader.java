package dev.sluice.server.config;

import dev.sluice.DurationText;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.ChannelConfig.Timeouts;
import dev.sluice.server.config.Options.Channels;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one channel. */
final class ChannelReader {

    private final Duration attemptLease;
    private final Mistakes mistakes;

    ChannelReader(Duration attemptLease, Mistakes mistakes) {
        this.attemptLease = attemptLease;
        this.mistakes = mistakes;
    }

    /** The channel; empty if there is no saying which type it is. */
    Optional<ChannelConfig> read(String name, Item item) {
        String path = "channels." + name;
        // The type decides which names are known, so it is read before the rest.
        Section first = Section.of(Channels.INBOX, only(Channels.TYPE.name(), item), path, mistakes);
        Channels.Type type = first.get(Channels.TYPE);
        return first.isSound()
                ? Optional.of(read(type, Section.of(type.table(), item, path, mistakes)))
                : Optional.empty();
    }

    private static Item only(String name, Item item) {
        if (item instanceof Item.Mapping mapping) {
            Map<String, Item> kept = new HashMap<>(mapping.entries());
            kept.keySet().retainAll(Set.of(name));
            return new Item.Mapping(kept, mapping.place());
        }
        return item;
    }

    private ChannelConfig read(Channels.Type type, Section section) {
        return switch (type) {
            case SMTP -> smtp(section);
            case WEBHOOK -> webhook(section);
            case INBOX -> new ChannelConfig.Inbox();
            case LOG ->
                new ChannelConfig.Log(
                        System.Logger.Level.valueOf(section.get(Channels.LEVEL).name()));
        };
    }

    private ChannelConfig smtp(Section section) {
        String host = section.get(Channels.HOST);
        Security security = section.get(Channels.SECURITY);
        Optional<ChannelConfig.Login> login = login(section);
        if (login.isPresent() && security == Security.NONE && !HttpConfig.isLoopback(host)) {
            section.wrong(Channels.SECURITY, "'none' would send the password in the clear", "write starttls or tls");
        }
        return new ChannelConfig.Smtp(
                host,
                section.find(Channels.PORT).orElse(port(security)),
                security,
                login,
                new ChannelConfig.Envelope(section.get(Channels.FROM), section.get(Channels.TO)),
                timeouts(section));
    }

    private static int port(Security security) {
        return switch (security) {
            case STARTTLS -> 587;
            case TLS -> 465;
            case NONE -> 25;
        };
    }

    private static Optional<ChannelConfig.Login> login(Section section) {
        Optional<String> user = section.find(Channels.USER);
        Optional<Secret> password = section.find(Channels.PASSWORD);
        if (section.has(Channels.USER) != section.has(Channels.PASSWORD)) {
            boolean noUser = section.has(Channels.PASSWORD);
            section.wrong(
                    noUser ? Channels.PASSWORD : Channels.USER,
                    "stands alone: there is no " + (noUser ? Channels.USER : Channels.PASSWORD).name(),
                    "write both, or none for no log-in");
        }
        return user.flatMap(name -> password.map(word -> new ChannelConfig.Login(name, word)));
    }

    private ChannelConfig webhook(Section section) {
        return new ChannelConfig.Webhook(
                section.get(Channels.URL),
                section.find(Channels.SECRET),
                RequestReader.headers(section, Channels.HEADERS),
                RequestReader.request(section),
                timeouts(section));
    }

    private Timeouts timeouts(Section section) {
        Timeouts timeouts = new Timeouts(section.get(Channels.CONNECT_TIMEOUT), section.get(Channels.TIMEOUT));
        if (section.isSound() && timeouts.whole().compareTo(attemptLease) >= 0) {
            section.wrong(
                    Channels.TIMEOUT,
                    "is not shorter than outbox.attempt-lease (" + DurationText.format(attemptLease) + ")",
                    "shorten it, or lengthen outbox.attempt-lease");
        }
        return timeouts;
    }
}
