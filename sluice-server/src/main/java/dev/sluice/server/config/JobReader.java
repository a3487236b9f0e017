package dev.sluice.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.DurationText;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Retries;
import dev.sluice.jobs.Schedule;
import dev.sluice.server.config.JobOptions.Calls;
import dev.sluice.server.config.JobOptions.RetryOptions;
import dev.sluice.server.config.JobOptions.SubjectOptions;
import dev.sluice.server.config.Options.Flows.Switch;
import dev.sluice.server.config.WatchOptions.Actions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads kinds of job. */
final class JobReader {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_BYTES = 200;

    /** What sources are read by is a kind of job, too. */
    private static final String SOURCE = "source";

    private final Mistakes mistakes;

    JobReader(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    /** @param taken what has a name already: a job keeps its claims below its name, as they do */
    Map<String, JobConfig> jobs(Section root, Set<String> taken) {
        Map<String, JobConfig> jobs = new LinkedHashMap<>();
        root.named(Options.JOBS).forEach((name, item) -> {
            if (taken.contains(name) || name.equals(SOURCE)) {
                root.wrong(
                        Options.JOBS,
                        name,
                        "'" + name + "' names a flow, an action or a part of the server already",
                        "give it another name");
            }
            jobs.put(name, job(name, Section.of(JobOptions.TABLE, item, "jobs." + name, mistakes)));
        });
        return Collections.unmodifiableMap(jobs);
    }

    private static JobConfig job(String name, Section job) {
        Duration lease = job.get(JobOptions.LEASE);
        Duration longest = job.get(JobOptions.TIMEOUT);
        if (longest.compareTo(lease) < 0) {
            if (job.isSound()) {
                job.wrong(
                        JobOptions.TIMEOUT,
                        "is shorter than lease (" + DurationText.format(lease) + ")",
                        "lengthen it, or shorten the lease");
            }
            longest = lease;
        }
        JobConfig.Pace pace =
                new JobConfig.Pace(lease, longest, job.get(JobOptions.WORKERS), retries(job.part(JobOptions.RETRY)));
        JobConfig.Words words = new JobConfig.Words(
                job.find(JobOptions.ID_PREFIX).orElse(name),
                job.find(JobOptions.PENDING_TEXT).orElse("A job " + name + " is already pending for this subject."));
        JobConfig.Plan plan = new JobConfig.Plan(job.get(JobOptions.TICK), subjects(job));
        return new JobConfig(name, handler(job, longest), pace, job.get(JobOptions.ON_CONFLICT), words, plan);
    }

    private static JobConfig.Handler handler(Section job, Duration longest) {
        boolean fetched = job.get(JobOptions.FETCHED) == Switch.ON;
        boolean called = job.has(JobOptions.CALL);
        if (fetched && called) {
            job.wrong(JobOptions.FETCHED, "is on beside 'call'", "leave one of them out");
        } else if (!fetched && !called) {
            job.wrong(JobOptions.CALL, "is missing", "write 'call: {url: \"https://...\"}' or 'fetched: on'");
        }
        if (fetched && job.has(JobOptions.WORKERS)) {
            job.wrong(JobOptions.WORKERS, "stands beside 'fetched'", "leave it out: as many run as are fetched");
        }
        return called
                ? new JobConfig.Handler.Called(call(job.part(JobOptions.CALL), longest))
                : new JobConfig.Handler.Fetched();
    }

    private static CallConfig call(Section call, Duration longest) {
        return new CallConfig(
                call.get(Actions.URL),
                call.find(Actions.SECRET),
                RequestReader.headers(call, Actions.HEADERS),
                new ChannelConfig.Timeouts(
                        call.get(Actions.CONNECT_TIMEOUT),
                        call.find(Calls.TIMEOUT).orElse(longest)));
    }

    private static Retries retries(Section retry) {
        return new Retries(
                ActionReader.backoff(retry, RetryOptions.FIRST, RetryOptions.MAX),
                retry.get(Actions.ATTEMPTS),
                retry.get(RetryOptions.GIVE_UP));
    }

    private static List<Planned> subjects(Section job) {
        List<Planned> subjects = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section each : job.parts(JobOptions.SUBJECTS)) {
            Planned planned = planned(each);
            if (!names.add(planned.subject()) && each.isSound()) {
                each.wrong(SubjectOptions.SUBJECT, "is here twice", "keep one of them");
            }
            subjects.add(planned);
        }
        return List.copyOf(subjects);
    }

    private static Planned planned(Section subject) {
        Optional<Duration> every = subject.find(SubjectOptions.EVERY);
        Optional<String> cron = subject.find(SubjectOptions.CRON);
        if (subject.has(SubjectOptions.EVERY) == subject.has(SubjectOptions.CRON)) {
            subject.wrong(
                    SubjectOptions.EVERY,
                    subject.has(SubjectOptions.CRON) ? "stands beside 'cron'" : "is missing",
                    "write 'every' or 'cron'");
        }
        if (subject.has(SubjectOptions.ZONE) && !subject.has(SubjectOptions.CRON)) {
            subject.wrong(SubjectOptions.ZONE, "is there without 'cron'", "leave it out");
        }
        Optional<Schedule> schedule = every.<Schedule>map(Schedule.Every::new)
                .or(() -> cron.map(text -> new Schedule.Cron(text, subject.get(SubjectOptions.ZONE))));
        return new Planned(
                subject.get(SubjectOptions.SUBJECT),
                schedule,
                subject.get(SubjectOptions.ENABLED) == Switch.ON,
                subject.find(SubjectOptions.DATA).map(JobReader::json).orElse(""));
    }

    private static String json(Map<String, String> data) {
        try {
            return JSON.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }

    /** A key of more bytes would be kept by its hash. */
    static boolean isSubject(String text) {
        return !text.isEmpty() && text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    }

    static boolean isCron(String text) {
        try {
            return !new Schedule.Cron(text, ZoneOffset.UTC).expression().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
