package dev.sluice.outbox;

import dev.sluice.sql.SqlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Those of all flows that write back. */
final class WriteBackLanes {
    private final List<WriteBackLane> lanes = new ArrayList<>();
    private final Duration tick;

    /** @param tick how often facts are looked for; zero for never, then {@link #writeDue} must be called */
    WriteBackLanes(SqlStore store, Plans plans, Duration tick) {
        this.tick = tick;
        for (String flow : plans.names()) {
            plans.find(flow)
                    .flatMap(plan -> plan.sending().writeBack())
                    .ifPresent(writeBack -> lanes.add(new WriteBackLane(store, flow, writeBack)));
        }
    }

    void start() {
        if (!tick.isZero()) {
            lanes.forEach(lane -> lane.start(tick));
        }
    }

    /** Writes what is due, in the calling thread; how many facts. */
    int writeDue() {
        int all = 0;
        for (WriteBackLane lane : lanes) {
            for (int some = lane.writeDue(); some > 0; some = lane.writeDue()) {
                all += some;
            }
        }
        return all;
    }

    List<WriteBackProgress> progress() {
        return lanes.stream().map(WriteBackLane::progress).toList();
    }

    void stop(long deadline) {
        lanes.forEach(WriteBackLane::stop);
        try {
            for (WriteBackLane lane : lanes) {
                lane.join(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
