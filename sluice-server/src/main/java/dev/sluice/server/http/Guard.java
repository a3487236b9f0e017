package dev.sluice.server.http;

import dev.sluice.server.config.HttpConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps the pages of other sites out. On a loopback address only requests that name it are answered, so that a name that
 * an attacker points at 127.0.0.1 reaches nothing; and a request that changes something must not come from another
 * origin.
 */
final class Guard {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);
    private static final Set<String> USUAL = Set.of("localhost", "127.0.0.1");
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final boolean onLoopback;
    private final Set<String> names = new HashSet<>();

    Guard(String boundTo, List<String> names) {
        this.onLoopback = HttpConfig.isLoopback(boundTo);
        names.forEach(name -> this.names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** @throws Refusal if the request must not be answered */
    void check(HttpServerRequest request) {
        HostAndPort asked = request.authority();
        if (asked == null) {
            throw new Refusal(Problem.Kind.BAD_REQUEST, "the request has no valid Host header");
        }
        if (onLoopback && !isOurs(asked.host())) {
            throw new Refusal(Problem.Kind.MISDIRECTED, "this server does not answer to that Host name");
        }
        if (!SAFE_METHODS.contains(request.method().name()) && isForeign(request, asked)) {
            throw new Refusal(Problem.Kind.CROSS_SITE, "requests from pages of other sites are not taken");
        }
    }

    private boolean isOurs(String host) {
        return USUAL.contains(host)
                || LOOPBACK.matcher(host).matches()
                || names.contains(host.toLowerCase(Locale.ROOT));
    }

    private static boolean isForeign(HttpServerRequest request, HostAndPort asked) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !OWN_SITES.contains(site)) {
            return true;
        }
        String origin = request.getHeader("Origin");
        return origin != null && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(authority(request, asked));
    }

    private static String authority(HttpServerRequest request, HostAndPort asked) {
        String host = request.getHeader("Host");
        return host == null ? asked.toString() : host;
    }
}
