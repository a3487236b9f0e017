package dev.sluice.server.http;

import java.util.List;

/**
 * Who is loudest in a flow since the server was started, each list at most ten long, the loudest first.
 *
 * @param suppressed the subjects of which most was held
 * @param sources where most occurrences came from, by the first part of the subject: with the standard recipe, the
 *     processor. Empty where subjects have no parts
 */
public record Loudest(List<Count> suppressed, List<Count> sources) {
    /** Nobody yet. */
    public static final Loudest NOBODY = new Loudest(List.of(), List.of());

    /** A name, and how often it came: at most this often, where more names came than are kept. */
    public record Count(String name, long count) {}
}
