package dev.sluice.jobs;

/** Does the work of a job, step by step. Called in a thread of the lane, never twice at once for one subject. */
@FunctionalInterface
public interface JobHandler {
    /**
     * Does one step. Everything that it does outside is to carry {@link Run#fence} or {@link Run#token}, and to be
     * repeatable: after a crash, or a failure, the job is run again from its first step.
     *
     * @return whether it is done, or wants another step
     * @throws Exception if the attempt failed; the job is tried again after its back-off
     */
    StepResult run(Run run) throws Exception;
}
