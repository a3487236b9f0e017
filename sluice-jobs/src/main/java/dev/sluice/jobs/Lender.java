package dev.sluice.jobs;

import dev.sluice.Micros;
import java.time.Instant;
import java.util.Optional;

/** Puts jobs into the hands of somebody outside: their rows are due again when the lease is over. */
record Lender(Rows rows, JobFacts.Marks marks) {
    /** False if it has been settled in the meantime, or is somebody else's. */
    boolean lend(Job job, Held held, String holder) {
        Instant until = Micros.instant(held.until());
        JobFacts.Loan loan = new JobFacts.Loan(held.claim().fence(), holder);
        Optional<Job> ours = Optional.of(job);
        while (ours.isPresent()) {
            if (rows.merge(ours.get(), ours.get().facts().lent(loan, marks), until)) {
                return true;
            }
            // A trigger may have put something behind it.
            ours = rows.find(job.key()).filter(fresh -> fresh.execution().version == job.execution().version);
        }
        return false;
    }
}
