package dev.sluice.server.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What an address must be like so that a request can be sent there. */
final class WebAddress {
    private static final int MOST_PORT = 65_535;

    private WebAddress() {}

    /** Words that go on after the address, and what to do; they show nothing of it. Empty if nothing is wrong. */
    static Optional<String> wrong(URI uri) {
        boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        if (!web || authority.isEmpty()) {
            return Optional.of("is not a http:// or https:// address");
        } else if (authority.contains("@")) {
            return Optional.of("has a user in it; leave it out: a login goes into the header Authorization");
        } else if (uri.getHost() == null) {
            return Optional.of(noHost(authority));
        }
        return uri.getPort() == 0 || uri.getPort() > MOST_PORT
                ? Optional.of("has a port that does not exist; write 1 to 65535, or none for the usual one")
                : Optional.empty();
    }

    /** Hosts are what Java takes for one: it connects to no other. */
    private static String noHost(String authority) {
        if (authority.contains("_")) {
            return "has a host with '_' in its name, to which no request can be sent; write a name without, such as an"
                    + " alias in the network, or the IP address";
        }
        return StandardCharsets.US_ASCII.newEncoder().canEncode(authority)
                ? "has no host, or no port, that a request can be sent to; write a name of letters, digits, '-' and '.',"
                        + " or an IP address, and a port of 1 to 65535 or none"
                : "has a host with letters beyond ASCII; write it in the form that begins with xn--";
    }
}
