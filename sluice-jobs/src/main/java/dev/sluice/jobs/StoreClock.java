package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import dev.sluice.Micros;
import dev.sluice.Store;
import java.time.Instant;

/**
 * The clock of the store of keys, which all processes agree about: times in rows are compared between machines, and the
 * machines' own clocks differ. It is of the kind that db-scheduler wants where time is moved by hand.
 */
final class StoreClock extends SettableClock {
    private final Store store;

    StoreClock(Store store) {
        this.store = store;
    }

    @Override
    public Instant now() {
        return Micros.instant(store.now());
    }
}
