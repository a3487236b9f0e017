package dev.sluice.server.http;

import java.util.List;
import java.util.function.Consumer;

/**
 * One method at one path.
 *
 * @param method in capitals
 * @param path such as {@code /v1/flows/{flow}/occurrences}; a part in braces takes any text
 * @param handler answers; called on an event loop, so it must not block
 */
record Route(String method, String path, Consumer<Exchange> handler) {
    /** The parts between the slashes. */
    List<String> parts() {
        return Routes.split(path);
    }
}
