package dev.sluice.jobs;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Rule;
import java.time.Duration;

/**
 * A named kind of job. Its subjects run beside each other, each of them alone.
 *
 * @param name 1 to 64 of {@code a-z 0-9 . _ -}, beginning with a letter or digit; also the flow of its claims
 * @param lease how long a claim outlives the process that holds it, 1 s to 1 h; it is renewed while the job runs
 * @param retries how it is tried again
 * @param handler does the work
 * @param onConflict what becomes of a trigger that finds a job of its subject, if it does not say so itself
 * @param longest an attempt that takes longer is cut off and has failed, at least the lease; with no such limit, 100 years
 * @param prefix what the names of its runs begin with
 */
public record JobKind(
        String name,
        Duration lease,
        Retries retries,
        JobHandler handler,
        OnConflict onConflict,
        Duration longest,
        String prefix) {
    private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
    private static final Duration MOST_LEASE = Duration.ofHours(1);

    /** @throws IllegalArgumentException if a part is out of its range */
    public JobKind {
        if (!Key.isName(name)) {
            throw new IllegalArgumentException("'" + name
                    + "' cannot name a kind of job: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit");
        }
        if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
            throw new IllegalArgumentException("the lease of '" + name + "' must be from 1 s to 1 h, not " + lease);
        }
        if (longest.compareTo(lease) < 0 || longest.compareTo(Micros.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the longest run of '" + name + "' must be at least its lease of " + lease + ", not " + longest);
        }
    }

    /** One that refuses a second trigger, may take as long as it needs, and calls its runs by its name. */
    public JobKind(String name, Duration lease, Retries retries, JobHandler handler) {
        this(name, lease, retries, handler, OnConflict.REJECT, Micros.LONGEST, name);
    }

    /** One whose jobs wait until somebody outside fetches them by {@link Lending#take}. */
    public static JobKind fetched(String name, Duration lease, Retries retries) {
        return new JobKind(name, lease, retries, Fetched.INSTANCE);
    }

    /** Stands where no handler is. */
    private enum Fetched implements JobHandler {
        INSTANCE;

        @Override
        public StepResult run(Run run) {
            throw new IllegalStateException("the jobs of this kind are fetched");
        }
    }

    boolean isFetched() {
        return handler == Fetched.INSTANCE;
    }

    /** The same kind with another answer to a trigger that finds a job. */
    public JobKind with(OnConflict conflict) {
        return new JobKind(name, lease, retries, handler, conflict, longest, prefix);
    }

    /** The same kind with a limit for an attempt. */
    public JobKind withLongest(Duration limit) {
        return new JobKind(name, lease, retries, handler, onConflict, limit, prefix);
    }

    /** The same kind whose runs are called otherwise. */
    public JobKind withPrefix(String text) {
        return new JobKind(name, lease, retries, handler, onConflict, longest, text);
    }

    /** The rule of its claims, for whoever settles or extends them by their token. It rests by its row, not by its key. */
    public Rule rule() {
        return Rule.allow("exclusive").lease(lease).noBackoff().build();
    }

    /** The key of a subject; PostgreSQL keeps no U+0000, so that is U+FFFD everywhere. */
    Key key(String subject) {
        return Key.of(name, subject.replace('\0', '\uFFFD'));
    }

    /** After how long a job that died is started again by a trigger. */
    Duration deathRest() {
        Duration longest = retries.backoff().max();
        return longest.compareTo(Micros.LONGEST) > 0 ? Micros.LONGEST : longest;
    }
}
