package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Calls under way. Each length of patience has a queue, so the first of a queue is always the first that is over. */
final class Calls {
    private final Map<Long, Queue<Call<?>>> byPatience = new ConcurrentHashMap<>();

    void add(long patience, Call<?> call) {
        byPatience
                .computeIfAbsent(patience, length -> new ConcurrentLinkedQueue<>())
                .add(call);
    }

    /** Takes out those that wait for too long. Called by one thread. */
    List<Call<?>> overdue(long tick) {
        List<Call<?>> overdue = new ArrayList<>();
        for (Queue<Call<?>> queue : byPatience.values()) {
            for (@Nullable Call<?> first = queue.peek(); first != null && first.isOver(tick); first = queue.peek()) {
                queue.remove();
                overdue.add(first);
            }
        }
        return overdue;
    }
}
