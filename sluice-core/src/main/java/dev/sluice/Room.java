package dev.sluice;

import java.util.concurrent.atomic.AtomicInteger;

/** How many there may be of something that lies in several places. Safe for use by many threads. */
final class Room {
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    Room(int most) {
        this.most = most;
    }

    boolean isLeft() {
        return taken.get() < most;
    }

    /** Takes one place if one is left. */
    boolean take() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Takes one place, whether one is left or not. */
    void exceed() {
        taken.incrementAndGet();
    }

    void giveBack(int places) {
        taken.addAndGet(-places);
    }
}
