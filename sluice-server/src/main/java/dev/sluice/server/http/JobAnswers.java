package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.jobs.JobState;
import dev.sluice.jobs.JobStatus;
import dev.sluice.jobs.Kept;
import dev.sluice.jobs.Schedule;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Writes how jobs stand. */
final class JobAnswers {
    private JobAnswers() {}

    static String word(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** The members of a job. */
    static void write(JsonGenerator json, JobStatus job) throws IOException {
        json.writeStringField("job", job.kind());
        json.writeStringField("subject", job.subject());
        json.writeStringField("job_id", job.id());
        json.writeStringField("state", word(job.state()));
        json.writeNumberField("attempt", job.attempt());
        standing(json, job);
        if (job.failure().isPresent()) {
            json.writeObjectFieldStart("failure");
            json.writeStringField("at", job.failure().get().at().toString());
            json.writeStringField("reason", job.failure().get().reason());
            json.writeEndObject();
        }
        if (job.followUp().isPresent()) {
            JobStatus.Origin next = job.followUp().get();
            json.writeObjectFieldStart("followUp");
            json.writeStringField("job_id", next.id());
            json.writeStringField("since", next.since().toString());
            json.writeStringField("by", next.by());
            json.writeEndObject();
        }
    }

    /** Since when, by whom, until when and where. */
    static void standing(JsonGenerator json, JobStatus job) throws IOException {
        json.writeStringField("since", job.since().toString());
        json.writeStringField("by", job.origin().by());
        Answers.time(json, "nextRunAt", job.next());
        json.writeFieldName("holder");
        json.writeString(job.holder().orElse(null));
    }

    /**
     * Which of the three states a job of a subject is in. One that rests, or is dead and in the way, waits for its time.
     *
     * @param job empty if there is none
     */
    static void pending(JsonGenerator json, String subject, Optional<JobStatus> job) throws IOException {
        Optional<JobState> state = job.map(JobStatus::state);
        boolean running = state.filter(it -> it == JobState.RUNNING).isPresent();
        boolean queued = state.filter(it -> it == JobState.QUEUED).isPresent();
        json.writeObjectFieldStart("job_status");
        json.writeStringField("user_id", subject);
        json.writeBooleanField("has_running_job", running);
        json.writeBooleanField("has_scheduled_job", state.isPresent() && !running && !queued);
        json.writeBooleanField("has_queued_job", queued);
        json.writeBooleanField("has_any_pending", state.isPresent());
        json.writeEndObject();
    }

    static void kept(JsonGenerator json, Kept kept) throws IOException {
        json.writeFieldName("schedule");
        json.writeString(kept.planned().schedule().map(Schedule::text).orElse(null));
        json.writeBooleanField("enabled", kept.planned().enabled());
        json.writeFieldName("paused");
        json.writeString(kept.paused().orElse(null));
        json.writeStringField("place", kept.place());
        Answers.time(json, "lastRun", kept.lastRun());
    }
}
