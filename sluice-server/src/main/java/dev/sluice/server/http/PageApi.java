package dev.sluice.server.http;

import dev.sluice.StoreException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Serves pages for people. */
final class PageApi {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int MOST_FORM = 64_000;

    private static final String KEEP = "public, max-age=31536000, immutable";
    private static final String POLICY_HEADER = "Content-Security-Policy";
    private static final String FOREIGN_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline';"
            + " frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

    private final Pages pages;

    PageApi(Pages pages) {
        this.pages = pages;
    }

    List<Route> routes() {
        return pages.all().stream()
                .map(page -> new Route(page.method(), page.path(), exchange -> serve(exchange, page)))
                .toList();
    }

    private void serve(Exchange exchange, Pages.Page page) {
        if (page.method().equals("GET")) {
            show(exchange, page, Map.of());
            return;
        }
        if (!exchange.mediaType().equals(FORM)) {
            throw new Refusal(Problem.Kind.MEDIA_TYPE, "this path takes a form");
        }
        exchange.body(MOST_FORM, body -> show(exchange, page, pairs(new String(body, StandardCharsets.UTF_8))));
    }

    private void show(Exchange exchange, Pages.Page page, Map<String, String> form) {
        Map<String, String> query =
                pairs(Objects.requireNonNullElse(exchange.request().query(), ""));
        Pages.Asked asked = new Pages.Asked(exchange.values(), query, form, base(exchange));
        exchange.blocking(() -> made(page, asked), shown -> answer(exchange, shown));
    }

    private static void answer(Exchange exchange, Pages.Shown shown) {
        if (exchange.answered()) {
            return;
        }
        exchange.head(shown.status(), shown.mediaType());
        shown.location().ifPresent(to -> exchange.response().putHeader(HttpHeaders.LOCATION, to));
        switch (shown.use()) {
            case ASSET -> exchange.response().putHeader(HttpHeaders.CACHE_CONTROL, KEEP);
            case FOREIGN -> exchange.response().putHeader(POLICY_HEADER, FOREIGN_POLICY);
            case PAGE -> {}
        }
        exchange.response().end(Buffer.buffer(shown.body()));
    }

    private static String base(Exchange exchange) {
        return exchange.request().scheme() + "://" + exchange.header("Host").orElse("127.0.0.1");
    }

    /** A store that is away is told as a page, too; everything else is a fault of ours. */
    private Pages.Shown made(Pages.Page page, Pages.Asked asked) {
        try {
            return page.maker().apply(asked);
        } catch (StoreException e) {
            return pages.failed(503, "The store does not answer. What was acknowledged is safe; look again later.");
        }
    }

    /** Pairs of a query or form; of a name given twice the last one counts, and what cannot be read is left out. */
    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    pairs.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                } catch (IllegalArgumentException e) {
                    throw new Refusal(Problem.Kind.INVALID, "the address or form holds a broken percent sequence");
                }
            }
        }
        return pairs;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
