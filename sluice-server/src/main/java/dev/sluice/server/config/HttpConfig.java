package dev.sluice.server.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the server listens and what it takes.
 *
 * @param host address to bind to
 * @param port 0 to 65535; 0 takes a free one
 * @param limits how large a request may be
 * @param requestTimeout how long a request, a line of a stream, or the next request on a connection may take to arrive,
 *     more than zero
 * @param publicUrl how others reach this server, for links in messages; empty: messages carry no links
 */
public record HttpConfig(String host, int port, Limits limits, Duration requestTimeout, Optional<URI> publicUrl) {
    /** 127.0.0.1:8420, standard limits, 30 s. */
    public static final HttpConfig STANDARD =
            new HttpConfig("127.0.0.1", 8420, Limits.STANDARD, Duration.ofSeconds(30), Optional.empty());

    /** Whether only programs of the same machine reach what listens on {@code host}. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The same, listening on another port. */
    public HttpConfig withPort(int other) {
        return new HttpConfig(host, other, limits, requestTimeout, publicUrl);
    }

    /**
     * How large a request may be, in bytes.
     *
     * @param body one body; those of {@code application/x-ndjson} have no limit as a whole
     * @param line one line of an {@code application/x-ndjson} body
     * @param headers all headers together
     */
    public record Limits(int body, int line, int headers) {
        /** 1 MiB, 256 KiB, 16 KiB. */
        public static final Limits STANDARD = new Limits(1 << 20, 256 << 10, 16 << 10);
    }
}
