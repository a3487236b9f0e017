package dev.sluice.contract;

import java.util.random.RandomGenerator;

/**
 * One step of a history, before it is known what it meets: a move names a claim by a number, and a time by its distance
 * from what is due, so that it still means something when the moves before it are taken away.
 */
record Move(What what, When when, long amount, int pick) {
    /** Which event; the share of each is its weight. */
    enum What {
        OFFER(30),
        OFFER_NOW(6),
        OFFER_AGAIN(6),
        COMPLETE(20),
        FAIL(5),
        GIVE_UP(2),
        WITHDRAW(3),
        REFUSE(3),
        EXTEND(4),
        EVICT(2),
        RESET(4),
        RESET_LEVEL(2),
        REPORT(3),
        REPORT_AGAIN(2),
        TOLD_BEFORE(4),
        IN_HAND(3),
        INHERIT_AGAIN(3),
        TAKE(6),
        TOLD(5),
        FORGET(4);

        private final int weight;

        What(int weight) {
            this.weight = weight;
        }
    }

    /** How the clock moves before the event. */
    enum When {
        SAME(20),
        SOON(30),
        WITHIN(12),
        JUST_BEFORE(5),
        BOUNDARY(20),
        JUST_AFTER(5),
        LATER(4),
        JITTER(4),
        BACK(3);

        private final int weight;

        When(int weight) {
            this.weight = weight;
        }
    }

    static Move random(RandomGenerator random) {
        return new Move(what(random), when(random), random.nextLong(Long.MAX_VALUE), random.nextInt(1 << 20));
    }

    private static What what(RandomGenerator random) {
        int rest = random.nextInt(117);
        for (What what : What.values()) {
            rest -= what.weight;
            if (rest < 0) {
                return what;
            }
        }
        throw new IllegalStateException("the weights do not add up to 117");
    }

    private static When when(RandomGenerator random) {
        int rest = random.nextInt(103);
        for (When when : When.values()) {
            rest -= when.weight;
            if (rest < 0) {
                return when;
            }
        }
        throw new IllegalStateException("the weights do not add up to 103");
    }
}
