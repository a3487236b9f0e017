package dev.sluice.jobs;

import java.lang.System.Logger.Level;
import java.util.List;

/** Those who hear what happens; none of them can keep a job from going on. */
record Listening(List<JobListener> listeners) {
    private static final System.Logger LOG = System.getLogger(Listening.class.getName());

    void tell(JobEvent event) {
        for (JobListener each : listeners) {
            try {
                each.happened(event);
            } catch (RuntimeException e) {
                LOG.log(
                        Level.WARNING,
                        "A listener failed at " + event.getClass().getSimpleName(),
                        e);
            }
        }
    }
}
