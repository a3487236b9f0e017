package dev.sluice.server.feed;

import java.io.IOException;
import java.util.Optional;

/** Reads occurrences one after the other, never much more than one at a time. For one thread. */
interface Source {
    /** The next one; empty at the end. What cannot be read is an item, too, and never ends the rest. */
    Optional<Item> next() throws IOException;

    /** Whether {@link #next} would wait for somebody to write more: a time to send what there is. */
    boolean idle() throws IOException;
}
