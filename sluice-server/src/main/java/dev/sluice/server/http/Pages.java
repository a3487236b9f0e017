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
            return new Shown(status, "text/plain; charset=utf-8", detail, Optional.empty(), Use.PAGE);
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
     * @param use what browsers may do with it
     */
    record Shown(int status, String mediaType, String body, Optional<String> location, Use use) {
        private static final String HTML = "text/html; charset=utf-8";

        /** A page of HTML. */
        public static Shown html(int status, String body) {
            return new Shown(status, HTML, body, Optional.empty(), Use.PAGE);
        }

        /** A page of HTML that was made of what others sent, to be shown inside a page. */
        public static Shown foreign(String body) {
            return new Shown(200, HTML, body, Optional.empty(), Use.FOREIGN);
        }

        /** Something whose address has its content in it. */
        public static Shown asset(String mediaType, String body) {
            return new Shown(200, mediaType, body, Optional.empty(), Use.ASSET);
        }

        /** After a form: go and look at another page. */
        public static Shown goTo(String location) {
            return new Shown(303, "text/plain", "", Optional.of(location), Use.PAGE);
        }
    }

    /** What a browser may do with what it gets. */
    enum Use {
        /** Ask again each time; load only from this server, and be in no frame. */
        PAGE,
        /** Keep it for ever. */
        ASSET,
        /** Show it in a frame of this server, and load, run and send nothing. */
        FOREIGN
    }
}
