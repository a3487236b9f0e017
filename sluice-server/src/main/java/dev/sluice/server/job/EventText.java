package dev.sluice.server.job;

import dev.sluice.jobs.JobEvent;

/** What happened to a job, for the ledger. */
public final class EventText {
    private EventText() {}

    /** In which attempt, and what. */
    public static String of(JobEvent event) {
        return "attempt " + event.attempt().number() + ": " + what(event);
    }

    private static String what(JobEvent event) {
        if (event instanceof JobEvent.Started started) {
            return "begins with fence " + started.fence();
        } else if (event instanceof JobEvent.Stepped stepped) {
            return "step " + stepped.step() + " done with fence " + stepped.fence();
        } else if (event instanceof JobEvent.Lent lent) {
            return "lent to " + lent.holder() + " with fence " + lent.fence();
        } else if (event instanceof JobEvent.Done done) {
            return "done after " + done.steps() + " steps with fence " + done.fence();
        } else if (event instanceof JobEvent.Failed failed) {
            return "failed (" + failed.reason() + "), tried again at " + failed.next();
        } else if (event instanceof JobEvent.Died dead) {
            return "dead: " + dead.reason();
        } else if (event instanceof JobEvent.Lost lost) {
            return "lost its claim with fence " + lost.fence();
        } else if (event instanceof JobEvent.Stopped stopped) {
            return "stopped (" + stopped.reason() + ") with fence " + stopped.fence();
        }
        return "taken over from " + ((JobEvent.TakenOver) event).holder();
    }
}
