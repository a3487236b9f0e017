package dev.sluice.server.watch;

import dev.sluice.Key;
import dev.sluice.jobs.JobStatus;

/**
 * How an action for a subject stands.
 *
 * @param flow whose watch began it
 * @param zone in which zone
 * @param job its job; the kind is the name of the action
 */
public record ActionStatus(String flow, String zone, JobStatus job) {
    static ActionStatus of(JobStatus job) {
        ActionData data = ActionData.parse(job.data());
        return new ActionStatus(data.flow(), data.zone(), job);
    }

    /** The key of the zone that began it. */
    public Key key() {
        return Key.of(flow, zone, job.subject());
    }
}
