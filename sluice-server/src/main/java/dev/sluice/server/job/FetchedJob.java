package dev.sluice.server.job;

import dev.sluice.Claim;
import dev.sluice.jobs.JobStatus;
import dev.sluice.jobs.Kept;
import java.util.Optional;

/**
 * A job that was given to a worker.
 *
 * @param job as it stands now
 * @param claim by which the worker extends and settles it
 * @param kept what is kept of its subject
 */
public record FetchedJob(JobStatus job, Claim claim, Optional<Kept> kept) {}
