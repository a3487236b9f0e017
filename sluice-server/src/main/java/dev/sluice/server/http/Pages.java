package dev.sluice.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Pages for people, served beside the API. They may block. */
public interface Pages {
    /** No pages. */
    Pages NONE = new Pages() {
        @Override
        public List<Page> all() {
            return List.of();
        }

        @Override
        public Shown failed(int status, String detail) {
            return new Shown(status, "text/plain; charset=utf-8", detail, Optional.empty());
        }
    };

    /** All pages. */
    List<Page> all();

    /** What is shown where no page could be made. */
    Shown failed(int status, String detail);

    /**
     * One page.
     *
     * @param method {@code GET}, or {@code POST} for a form
     * @param path as {@code /flows/{flow}}; a part in braces takes any text
     * @param maker makes the answer, on a worker
     */
    record Page(String method, String path, Function<Asked, Shown> maker) {}

    /**
     * A request for a page.
     *
     * @param values of the parts in braces, in their order
     * @param query parameters of the address
     * @param form fields of the form that was sent
     * @param base how the server was addressed, such as {@code http://127.0.0.1:8420}
     */
    record Asked(List<String> values, Map<String, String> query, Map<String, String> form, String base) {}

    /**
     * What is shown.
     *
     * @param status of HTTP
     * @param mediaType of the body
     * @param body text of it
     * @param location where to go instead, for a redirect
     */
    record Shown(int status, String mediaType, String body, Optional<String> location) {
        /** A page of HTML. */
        public static Shown html(int status, String body) {
            return new Shown(status, "text/html; charset=utf-8", body, Optional.empty());
        }

        /** After a form: go and look at another page. */
        public static Shown goTo(String location) {
            return new Shown(303, "text/plain", "", Optional.of(location));
        }
    }
}
