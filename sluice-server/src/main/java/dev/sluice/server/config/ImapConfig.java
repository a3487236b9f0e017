package dev.sluice.server.config;

import java.time.Duration;

/**
 * A mailbox that is read by IMAP. Prints no password.
 *
 * @param host of the mail server
 * @param port 1 to 65535; {@value #PORT} for TLS from the first byte
 * @param security {@link ChannelConfig.Security#NONE} only where the host is this machine
 * @param login who reads
 * @param reading what is read
 * @param timeouts of the conversation
 */
public record ImapConfig(
        String host,
        int port,
        ChannelConfig.Security security,
        ChannelConfig.Login login,
        Reading reading,
        Timeouts timeouts) {
    /** Of IMAP over TLS. */
    public static final int PORT = 993;

    private static final int MOST_PORT = 65_535;

    /** @throws IllegalArgumentException if a part is not as it must be; its text shows no password */
    public ImapConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("a mailbox needs the host of its mail server");
        }
        if (port < 1 || port > MOST_PORT) {
            throw new IllegalArgumentException("the port of a mail server is 1 to " + MOST_PORT + ", not " + port);
        }
        if (login.user().isBlank() || login.password().reveal().isEmpty()) {
            throw new IllegalArgumentException("a mailbox needs a user and a password");
        }
        if (security == ChannelConfig.Security.NONE && !HttpConfig.isLoopback(host)) {
            throw new IllegalArgumentException(
                    "a password goes to " + host + " only by tls or starttls; none is for this" + " machine alone");
        }
    }

    /** With TLS from the first byte, the inbox, and standard limits. */
    public static ImapConfig of(String host, String user, Secret password) {
        return new ImapConfig(
                host,
                PORT,
                ChannelConfig.Security.TLS,
                new ChannelConfig.Login(user, password),
                Reading.STANDARD,
                Timeouts.STANDARD);
    }

    /**
     * What is read.
     *
     * @param folder as the server calls it
     * @param lookBack how old a message may be that the very first run tells, more than zero
     * @param most messages that one run tells, at least 1; the next run goes on with the rest
     */
    public record Reading(String folder, Duration lookBack, int most) {
        /** The inbox, one day back, 500 messages. */
        public static final Reading STANDARD = new Reading("INBOX", Duration.ofDays(1), 500);

        /** @throws IllegalArgumentException if a part is out of its range */
        public Reading {
            if (folder.isBlank()) {
                throw new IllegalArgumentException("the folder of a mailbox needs a name");
            }
            if (lookBack.isNegative() || lookBack.isZero()) {
                throw new IllegalArgumentException("the first look back must be longer than zero, not " + lookBack);
            }
            if (most < 1) {
                throw new IllegalArgumentException("a run tells at least 1 message, not " + most);
            }
        }
    }

    /**
     * How long is waited for a mail server.
     *
     * @param connect until there is a connection, 1 ms or more
     * @param answer for each further piece of what it says, and until it has taken what is said to it; 1 ms or more
     */
    public record Timeouts(Duration connect, Duration answer) {
        /** 10 s to connect, 30 s for an answer. */
        public static final Timeouts STANDARD = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

        /** @throws IllegalArgumentException if one is shorter than 1 ms, which would mean for ever */
        public Timeouts {
            if (connect.toMillis() < 1 || answer.toMillis() < 1) {
                throw new IllegalArgumentException("a time-out of a mail server must be at least 1 ms");
            }
        }
    }
}
