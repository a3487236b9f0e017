package dev.sluice.server.takeover;

import dev.sluice.server.feed.FeedException;
import java.util.Optional;
import java.util.OptionalLong;

/** What another system knows, one after the other; no more than a page of it is in memory. For one thread. */
interface Findings extends AutoCloseable {
    /**
     * The next one; empty at the end.
     *
     * @throws FeedException if no more can be read
     */
    Optional<Finding> next() throws FeedException;

    /** How many there are, if that is known beforehand. */
    OptionalLong size();

    @Override
    void close();
}
