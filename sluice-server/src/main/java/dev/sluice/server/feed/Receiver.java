package dev.sluice.server.feed;

import java.util.List;

/** Who decides the occurrences that are fed. */
@FunctionalInterface
interface Receiver {
    /**
     * Has occurrences decided, in their order.
     *
     * @return an answer for each
     * @throws FeedException if it is no use to go on
     */
    List<Answer> decide(List<Item.Occurrence> batch) throws FeedException;
}
