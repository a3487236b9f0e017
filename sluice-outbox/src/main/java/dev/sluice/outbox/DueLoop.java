package dev.sluice.outbox;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does what is due without anybody asking: digests, hanging attempts, give-ups, retention; and wakes the lanes. */
final class DueLoop {
    private static final System.Logger LOG = System.getLogger(DueLoop.class.getName());
    private static final int BATCH = 256;

    private final Works works;
    private final Desk desk;
    private final Digests digests;
    private final Retention retention;
    private final Map<String, Lane> lanes;
    private final Outbox.Settings settings;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();
    private boolean recovered;

    DueLoop(
            Works works,
            Desk desk,
            Digests digests,
            Retention retention,
            Map<String, Lane> lanes,
            Outbox.Settings settings) {
        this.works = works;
        this.desk = desk;
        this.digests = digests;
        this.retention = retention;
        this.lanes = lanes;
        this.settings = settings;
    }

    void wake(String channel) {
        Lane lane = lanes.get(channel);
        if (lane != null) {
            lane.wake();
        }
    }

    List<Reach> reaches() {
        return lanes.values().stream().map(Lane::reach).toList();
    }

    synchronized void start() {
        if (settings.tick().isZero() || thread.isPresent()) {
            return;
        }
        lanes.values().forEach(lane -> lane.start(settings.workers()));
        Thread loop = new Thread(this::run, "sluice-outbox-due");
        thread = Optional.of(loop);
        loop.start();
    }

    private void run() {
        do {
            try {
                pass();
                wakeDue();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "The due-loop could not do its work, and will try again", e);
            }
        } while (!stopsWithin(settings.tick()));
    }

    private void wakeDue() {
        lanes.forEach((channel, lane) -> {
            if (desk.due(channel)) {
                lane.wake();
            }
        });
    }

    private boolean stopsWithin(Duration time) {
        try {
            return stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Everything that is due now, deliveries as well, in the calling thread. */
    synchronized int tick() {
        int all = 0;
        int some;
        do {
            some = pass() + deliver(lanes.values());
            works.awaitPosts();
            all += some;
        } while (some > 0);
        return all;
    }

    private static int deliver(Collection<Lane> lanes) {
        int attempts = 0;
        for (Lane lane : lanes) {
            while (lane.deliverNext()) {
                attempts++;
            }
        }
        return attempts;
    }

    private synchronized int pass() {
        int cleared = 0;
        if (!recovered && desk.isAlone()) {
            cleared = clear(true);
            recovered = true;
        }
        lanes.values().forEach(lane -> lane.interruptOverdue(desk.now()));
        return cleared + clear(false) + works.clearPosts() + digests.tellDue() + retention.run();
    }

    private int clear(boolean earlier) {
        int all = 0;
        int some;
        do {
            some = desk.clear(BATCH, earlier);
            all += some;
        } while (some >= BATCH);
        return all;
    }

    void stop(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        stopped.countDown();
        lanes.values().forEach(Lane::stop);
        try {
            if (thread.isPresent()) {
                thread.get().join();
            }
            for (Lane lane : lanes.values()) {
                lane.join(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
