package dev.sluice.server.feed;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads occurrences one after the other, never much more than one at a time. For one thread. */
interface Source {
    /** The next one; empty at the end. What cannot be read is an item, too, and never ends the rest. */
    Optional<Item> next() throws IOException;

    /** Whether {@link #next} would wait for somebody to write more: a time to send what there is. */
    boolean idle() throws IOException;

    /** The names that every row gives its values, if they are known before any row is. */
    default List<String> columns() {
        return List.of();
    }
}
