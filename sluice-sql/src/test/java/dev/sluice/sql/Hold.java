package dev.sluice.sql;

import java.util.concurrent.CountDownLatch;

/** Holds the writer up, so that works gather behind it. */
final class Hold {
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch let = new CountDownLatch(1);

    Hold(SqlStore store) {
        store.transact(unit -> {
            held.countDown();
            Keys.await(let);
            return true;
        });
        Keys.await(held);
    }

    /** Lets it go on. */
    void letGo() {
        let.countDown();
    }
}
