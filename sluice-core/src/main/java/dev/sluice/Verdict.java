package dev.sluice;

import java.util.List;

/** What a level means for a subject: see {@link Zones#judge}. */
public sealed interface Verdict {
    /** The zones whose condition is over at this level, the worst first. */
    default List<Reset> resets() {
        return List.of();
    }

    /**
     * It is an occurrence in a zone.
     *
     * @param mark to be offered with it: a reset at a level that is worse does nothing, whatever the boundaries of the
     *     subject are by then
     */
    record In(String zone, double mark, List<Reset> resets) implements Verdict {
        /** The resets cannot be changed. */
        public In {
            resets = List.copyOf(resets);
        }
    }

    /** All is well: every zone is over. */
    record Safe(List<Reset> resets) implements Verdict {
        /** The resets cannot be changed. */
        public Safe {
            resets = List.copyOf(resets);
        }
    }

    /**
     * Between the boundary of a zone and the level at which it is over: no occurrence, and the zone is not over.
     *
     * @param zone the worst one that is not over
     */
    record Gap(String zone, List<Reset> resets) implements Verdict {
        /** The resets cannot be changed. */
        public Gap {
            resets = List.copyOf(resets);
        }
    }

    /** Nothing can be said: no occurrence, no reset, and nothing may be done by it. */
    record Unknown(Level.Cause cause, String detail) implements Verdict {}

    /**
     * A zone is over.
     *
     * @param level to be given to {@link Gate#reset(Key, double)}; of a watch whose levels are bad when high, with its
     *     sign turned, as its marks are
     */
    record Reset(String zone, double level) {}
}
