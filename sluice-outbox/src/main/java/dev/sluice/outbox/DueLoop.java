package dev.sluice.outbox;

import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Does what is due without anybody asking: digests, hanging attempts, give-ups, retention; and wakes the lanes. */
final class DueLoop {
    private static final System.Logger LOG = System.getLogger(DueLoop.class.getName());
    private static final int BATCH = 256;

    private final Works works;
    private final Desk desk;
    private final Digests digests;
    private final Episodes episodes;
    private final Retention retention;
    private final Map<String, Lane> lanes;
    private final Outbox.Settings settings;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();
    private boolean recovered;
    private boolean away;
    private boolean failed;

    DueLoop(
            Works works,
            Desk desk,
            Digests digests,
            Episodes episodes,
            Retention retention,
            Map<String, Lane> lanes,
            Outbox.Settings settings) {
        this.works = works;
        this.desk = desk;
        this.digests = digests;
        this.episodes = episodes;
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
                worked();
            } catch (StoreException e) {
                complain(e);
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
        failed = false;
        int cleared = 0;
        if (!recovered && desk.isAlone()) {
            cleared = clear(true);
            recovered = true;
        }
        lanes.values().forEach(lane -> lane.interruptOverdue(desk.now()));
        return cleared
                + clear(false)
                + asking(works::clear)
                + asking(digests::tellDue)
                + asking(episodes::run)
                + asking(retention::run);
    }

    /** What cannot be done while the store of keys is away keeps nothing else from being done. */
    private int asking(IntSupplier doing) {
        try {
            return doing.getAsInt();
        } catch (StoreException e) {
            complain(e);
            return 0;
        }
    }

    /** Said once for each time that a store is away, however many ticks that lasts and in however many ways they fail. */
    private synchronized void complain(StoreException e) {
        Level level = away ? Level.DEBUG : Level.WARNING;
        away = true;
        failed = true;
        LOG.log(level, "The due-loop could not do all of its work, and will try again: {0}", e.getMessage());
    }

    private synchronized void worked() {
        if (away && !failed) {
            away = false;
            LOG.log(Level.INFO, "The due-loop does all of its work again");
        }
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
