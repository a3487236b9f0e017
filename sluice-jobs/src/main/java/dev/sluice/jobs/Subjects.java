package dev.sluice.jobs;

import dev.sluice.Key;
import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is kept of the subjects of jobs: their schedules, whether they are paused, and where their handlers go on. Safe for
 * use by many threads; all methods throw {@link StoreException} if the database does not answer, and
 * {@link IllegalArgumentException} if there is no such kind.
 */
public final class Subjects {
    /** Who triggers what is due by its schedule. */
    public static final String SCHEDULE = "schedule";

    private static final System.Logger LOG = System.getLogger(Subjects.class.getName());
    private static final int MOST_BYTES = 200;
    private static final int PAGE = 500;

    private final Rows rows;
    private final SubjectRows kept;
    private final Triggers triggers;
    private final JobFacts.Marks marks;
    private final Function<String, JobKind> kinds;
    private final Supplier<Instant> now;

    Subjects(
            Rows rows,
            SubjectRows kept,
            Triggers triggers,
            JobFacts.Marks marks,
            Function<String, JobKind> kinds,
            Supplier<Instant> now) {
        this.rows = rows;
        this.kept = kept;
        this.triggers = triggers;
        this.marks = marks;
        this.kinds = kinds;
        this.now = now;
    }

    /** What is kept of a subject. */
    public Optional<Kept> find(String kind, String subject) {
        return kept.find(key(kind, subject));
    }

    /**
     * Sets when a subject is due by itself. What waits because of an earlier schedule is moved, or goes; the next
     * {@link #tick} makes what is missing.
     *
     * @throws IllegalArgumentException if the subject is longer than 200 bytes
     */
    public void plan(String kind, Planned planned) {
        if (planned.subject().getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new IllegalArgumentException("a subject with a schedule is at most " + MOST_BYTES + " bytes long");
        }
        Key key = key(kind, planned.subject());
        Optional<Kept> before = kept.plan(key, planned);
        if (before.isPresent() && !before.get().planned().equals(planned)) {
            replan(
                    key,
                    new Kept(planned, before.get().paused(), "", before.get().lastRun()));
        }
    }

    private void replan(Key key, Kept subject) {
        for (int look = 0; look < Triggers.LOOKS; look++) {
            Optional<Job> there = rows.find(key).filter(job -> mayGo(job, subject));
            if (there.isEmpty() || replanned(there.get(), subject)) {
                return;
            }
        }
    }

    /** Of a subject that is paused, or not enabled, whatever waits; else only what waits for its schedule. */
    private boolean mayGo(Job job, Kept subject) {
        JobState state = job.state(now.get());
        return subject.refusal().isPresent()
                ? state != JobState.RUNNING && state != JobState.DEAD
                : state == JobState.SCHEDULED && job.facts().wish().by().equals(SCHEDULE);
    }

    private boolean replanned(Job job, Kept subject) {
        Optional<Schedule> schedule = subject.planned().schedule();
        if (schedule.isEmpty() || subject.refusal().isPresent()) {
            return rows.end(job);
        }
        Instant at = now.get();
        Wish wish = wish(subject, schedule.get(), at);
        return rows.restart(job, JobFacts.begin(subject.planned().subject(), wish, marks), wish.due());
    }

    private static Wish wish(Kept subject, Schedule schedule, Instant now) {
        Instant due = schedule.next(subject.lastRun(), now);
        return new Wish(subject.planned().data(), SCHEDULE, now, due, false);
    }

    /** Starts nothing for this subject any more: what waits goes, and what runs goes on to the end of its attempt. */
    public void pause(String kind, String subject, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("a pause needs a reason for those who wonder");
        }
        Key key = key(kind, subject);
        kept.pause(key, Texts.bounded("the reason of a pause", reason));
        kept.find(key).ifPresent(paused -> replan(key, paused));
    }

    /** Ends a pause, if there is one. */
    public void resume(String kind, String subject) {
        kept.pause(key(kind, subject), "");
    }

    /**
     * Takes over what another system knew: where the handler goes on, and when it ran last.
     *
     * @return false if the subject has run here already, and nothing was changed
     */
    public boolean takeOver(String kind, String subject, String place, Instant lastRun) {
        return kept.takeOver(key(kind, subject), place, lastRun);
    }

    /**
     * What a tick did.
     *
     * @param scheduled jobs that were missing, and are there now
     * @param pending subjects whose jobs were due or running
     */
    public record Ticked(int scheduled, int pending) {}

    /** Makes the jobs that the schedules of a kind want and that are not there. Any number of processes may do so. */
    public Ticked tick(String kind) {
        JobKind found = kinds.apply(kind);
        int scheduled = 0;
        int pending = 0;
        String after = "";
        List<SubjectRows.Unsettled> page;
        do {
            page = kept.unsettled(kind, after, now.get(), PAGE);
            for (SubjectRows.Unsettled each : page) {
                after = each.kept().planned().subject();
                if (settled(found, each)) {
                    scheduled++;
                } else {
                    pending += skipped(found, after);
                }
            }
        } while (page.size() == PAGE);
        return new Ticked(scheduled, pending);
    }

    /** Whether there is a job now that was not there before. One subject keeps no other from its turn. */
    private boolean settled(JobKind kind, SubjectRows.Unsettled subject) {
        Optional<String> refusal = subject.kept().refusal();
        if (refusal.isPresent()) {
            LOG.log(
                    Level.ERROR,
                    () -> "Error scheduling job for " + subject.kept().planned().subject() + ": " + refusal.get());
            return false;
        }
        try {
            return subject.pending() ? begunAgain(kind, subject.kept()) : schedule(kind, subject.kept());
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            LOG.log(
                    Level.ERROR,
                    () -> "Error scheduling job for " + subject.kept().planned().subject() + ": " + e.getMessage());
            return false;
        }
    }

    /** One that died is tried again when it has rested for longest, as after any trigger. */
    private boolean begunAgain(JobKind kind, Kept subject) {
        String name = subject.planned().subject();
        boolean dead = rows.find(kind.key(name)).filter(Job::isDead).isPresent();
        Trigger trigger =
                Trigger.of(name).withData(subject.planned().data()).by(SCHEDULE).on(OnConflict.REJECT);
        return dead && triggers.admit(kind, trigger) instanceof Triggered.Started;
    }

    private boolean schedule(JobKind kind, Kept subject) {
        String name = subject.planned().subject();
        Wish wish = wish(subject, subject.planned().schedule().orElseThrow(), now.get());
        boolean created = triggers.create(kind.key(name), JobFacts.begin(name, wish, marks));
        if (created) {
            LOG.log(
                    Level.INFO,
                    () -> "Scheduled job " + wish.origin(kind.prefix(), name).id() + " for " + name + " at "
                            + wish.due());
        }
        return created;
    }

    /** 1 if something is there yet. */
    private int skipped(JobKind kind, String subject) {
        Optional<Job> job = rows.find(kind.key(subject));
        job.ifPresent(there -> LOG.log(
                Level.INFO,
                () -> "Skipping job scheduling for " + subject + ": already pending "
                        + there.state(now.get()).name().toLowerCase(java.util.Locale.ROOT)));
        return job.isPresent() ? 1 : 0;
    }

    private Key key(String kind, String subject) {
        return kinds.apply(kind).key(subject);
    }
}
