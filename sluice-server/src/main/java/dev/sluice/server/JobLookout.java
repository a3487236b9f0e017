package dev.sluice.server;

import dev.sluice.jobs.JobEvent;
import dev.sluice.server.job.Deaths;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Jobs that died. */
final class JobLookout implements Lookout {
    private final Deaths deaths;
    private final InstantSource clock;

    JobLookout(Deaths deaths, InstantSource clock) {
        this.deaths = deaths;
        this.clock = clock;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        for (Optional<JobEvent.Died> died = deaths.next(); died.isPresent(); died = deaths.next()) {
            tell.accept(notice(died.get()));
            deaths.told();
        }
    }

    private Notice notice(JobEvent.Died died) {
        JobEvent.Attempt attempt = died.attempt();
        return new Notice(
                Notice.Kind.JOB,
                attempt.kind() + "/" + attempt.subject(),
                "job-" + attempt.kind() + "-" + attempt.subject() + "-" + clock.millis(),
                Notice.Tone.WRONG,
                "The job " + attempt.kind() + " for " + attempt.subject() + " is dead",
                "It failed " + attempt.number() + " times and is not tried again by itself.\nLast: " + died.reason());
    }
}
