package dev.sluice.server;

import java.util.function.Consumer;

/** Looks for one kind of thing that an operator should know. Used by one thread at a time. */
@FunctionalInterface
interface Lookout {
    /**
     * Looks, and tells what is new. What could not be told is told by a later look.
     *
     * @param tell throws what the store throws
     */
    void look(Consumer<Notice> tell);
}
