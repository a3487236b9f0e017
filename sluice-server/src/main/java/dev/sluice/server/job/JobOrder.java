package dev.sluice.server.job;

import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.Jobs;

/** What an operator can do about a job. */
public enum JobOrder {
    /** It waits, or is dead: it goes. */
    CANCEL("cancelled"),
    /** It runs: its claim is stale from now on, and it begins again. */
    RELEASE("released by force"),
    /** It waits, or is dead: it runs now. */
    RUN("run now");

    private final String words;

    JobOrder(String words) {
        this.words = words;
    }

    /** What was done, for people. */
    public String words() {
        return words;
    }

    ByHand over(Jobs jobs, String kind, String subject) {
        return switch (this) {
            case CANCEL -> jobs.cancel(kind, subject);
            case RELEASE -> jobs.release(kind, subject);
            case RUN -> jobs.tryNow(kind, subject);
        };
    }
}
