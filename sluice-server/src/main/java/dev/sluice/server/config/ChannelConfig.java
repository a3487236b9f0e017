package dev.sluice.server.config;

import dev.sluice.server.template.BodyTemplate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where messages go, and how. Prints no secrets. */
public sealed interface ChannelConfig {
    /** The word of {@code type:}. */
    String type();

    /**
     * By e-mail.
     *
     * @param login empty: no authentication
     */
    record Smtp(String host, int port, Security security, Optional<Login> login, Envelope envelope, Timeouts timeouts)
            implements ChannelConfig {
        @Override
        public String type() {
            return "smtp";
        }
    }

    /**
     * By an HTTP request.
     *
     * @param secret signs the body; empty: not signed
     * @param headers sent along, such as {@code Authorization}; templates
     */
    record Webhook(
            Secret.Url url, Optional<Secret> secret, Map<String, Secret> headers, Request request, Timeouts timeouts)
            implements ChannelConfig {
        /** A POST of Sluice's own JSON. */
        public Webhook(Secret.Url url, Optional<Secret> secret, Map<String, Secret> headers, Timeouts timeouts) {
            this(url, secret, headers, Request.STANDARD, timeouts);
        }

        @Override
        public String type() {
            return "webhook";
        }
    }

    /**
     * The form of a request.
     *
     * @param body empty: Sluice's own JSON
     * @param chat for the placeholder of this name; may be empty
     */
    record Request(Method method, Optional<BodyTemplate> body, String chat) {
        /** A POST of Sluice's own JSON. */
        public static final Request STANDARD = new Request(Method.POST, Optional.empty(), "");
    }

    /** What is done at the address. */
    enum Method {
        POST,
        PUT,
        PATCH
    }

    /** Kept, and shown in the console. */
    record Inbox() implements ChannelConfig {
        @Override
        public String type() {
            return "inbox";
        }
    }

    /** One line in the log of the server for each message. */
    record Log(System.Logger.Level level) implements ChannelConfig {
        @Override
        public String type() {
            return "log";
        }
    }

    /** How the connection to a mail server is protected. */
    enum Security {
        /** Not at all. */
        NONE,
        /** Begins in the clear; nothing is sent before the switch to TLS, and nothing at all if there is none. */
        STARTTLS,
        /** TLS from the first byte. */
        TLS
    }

    /** Who logs in. */
    record Login(String user, Secret password) {}

    /**
     * Who writes to whom.
     *
     * @param from address of the sender
     * @param to addresses of the recipients where the occurrence names none; may be empty
     */
    record Envelope(String from, List<String> to) {}

    /**
     * How long an attempt may take.
     *
     * @param connect until there is a connection
     * @param whole in all, shorter than the lease of an attempt; an {@code Outgoing} may allow less
     */
    record Timeouts(Duration connect, Duration whole) {
        /** 5 s to connect, 20 s in all. */
        public static final Timeouts STANDARD = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));
    }
}
