package dev.sluice.server.console;

import dev.sluice.Budget;
import dev.sluice.Key;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Addresses of pages; every value in them is encoded. */
final class Link {
    private Link() {}

    static String flow(String flow) {
        return flow.equals(Budget.FLOW) ? "/budgets" : "/flows/" + encoded(flow);
    }

    static String subject(Key key) {
        if (key.flow().equals(Budget.FLOW)) {
            return "/budgets";
        }
        String path = flow(key.flow()) + "/subjects/" + encoded(key.subject());
        return key.variant().isEmpty() ? path : path + "?variant=" + encoded(key.variant());
    }

    static String candidates(String flow) {
        return flow(flow) + "/candidates";
    }

    static String candidate(String flow, String subject) {
        return candidates(flow) + "/" + encoded(subject);
    }

    static String message(long id) {
        return "/messages/" + id;
    }

    /** The path with one more parameter in its query, unless the value is empty. */
    static String with(String path, String name, String value) {
        if (value.isEmpty()) {
            return path;
        }
        return path + (path.indexOf('?') < 0 ? '?' : '&') + name + "=" + encoded(value);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
