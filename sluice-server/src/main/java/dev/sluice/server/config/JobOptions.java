package dev.sluice.server.config;

import dev.sluice.jobs.OnConflict;
import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.config.Options.Flows.Switch;
import dev.sluice.server.config.WatchOptions.Actions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may be configured of jobs. Part of the table of {@link Options}. */
final class JobOptions {
    private static final String LONGEST = "36500d";

    /** {@code jobs.NAME.call}. */
    static final class Calls {
        static final Option<Duration> TIMEOUT = Option.maybe(
                "timeout",
                Kind.length("100ms", "1d"),
                "the `timeout` of the job",
                "How long the answer to a step may take.");
        static final Table TABLE = new Table(
                "jobs.NAME.call",
                "What does the work: a POST for each step, with a fence that rises with every run. What answers with 2xx has done it; `{\"more\": true}` asks for another step, and `{\"place\": \"…\"}` says where the next job of the subject goes on. What answers with 202 does it later, and settles its claim by itself.",
                List.of(Actions.URL, Actions.SECRET, Actions.HEADERS, Actions.CONNECT_TIMEOUT, TIMEOUT));

        private Calls() {}
    }

    /** {@code jobs.NAME.retry}. */
    static final class RetryOptions {
        static final Option<Duration> FIRST =
                Option.of("first", Kind.length("1ms", LONGEST), "5m", "Wait after the first failed attempt.");
        static final Option<Duration> MAX = Option.of(
                "max",
                Kind.length("1ms", LONGEST),
                "60m",
                "Longest wait, not shorter than `first`. A trigger starts a dead job again no sooner than this.");
        static final Option<Duration> GIVE_UP = Option.of(
                "give-up",
                Kind.length("1s", LONGEST),
                "7d",
                "After how long without success the job is dead, which the operator is told.");
        static final Table TABLE = new Table(
                "jobs.NAME.retry",
                "When a failed job is tried again.",
                List.of(FIRST, Actions.FACTOR, MAX, Actions.ATTEMPTS, GIVE_UP));

        private RetryOptions() {}
    }

    /** {@code jobs.NAME.subjects[]}. */
    static final class SubjectOptions {
        static final Option<String> SUBJECT = Option.required(
                "subject",
                Kind.scalar(
                        "a subject of 1 to 200 bytes",
                        "'123'",
                        text -> Optional.of(text).filter(JobReader::isSubject)),
                "What the job is about.");
        static final Option<Duration> EVERY = Option.maybe(
                "every",
                Kind.length("1s", LONGEST),
                "this or `cron` must be there",
                "It runs so long after the end of its last run, and at once if there was none.");
        static final Option<String> CRON = Option.maybe(
                "cron",
                Kind.scalar(
                        "a cron expression of six fields, seconds first",
                        "'0 30 8 * * MON-FRI'",
                        text -> Optional.of(text).filter(JobReader::isCron)),
                "none",
                "It runs at these times.");
        static final Option<ZoneId> ZONE = Option.of(
                "zone",
                Kind.scalar("a time zone", "Europe/Berlin", JobOptions::zone),
                "UTC",
                "Whose clock `cron` means.");
        static final Option<Switch> ENABLED = Option.of(
                "enabled", Kind.word(Switch.class), "on", "`off`: nothing is scheduled, and triggers are refused.");
        static final Option<Map<String, String>> DATA = Option.maybe(
                "data",
                Kind.map("a map of names to values", Kind.text()),
                "none",
                "What the handler is told beside it.");
        static final Table TABLE = new Table(
                "jobs.NAME.subjects[]",
                "Subjects whose jobs are due by themselves. `PUT /v1/jobs/NAME/SUBJECT/schedule` says the same of others. One that is taken out of this list keeps its schedule until `DELETE` on that path.",
                List.of(SUBJECT, EVERY, CRON, ZONE, ENABLED, DATA));

        private SubjectOptions() {}
    }

    static final Part CALL = Part.one(
            "call", Calls.TABLE, "What does the work; `url` must be given. This, or `fetched: on`, must be there.");
    static final Option<Switch> FETCHED = Option.of(
            "fetched",
            Kind.word(Switch.class),
            "off",
            "`on`: workers come for the jobs by `POST /v1/jobs/NAME/claim`, and settle their claims; nothing is called.");
    static final Option<Duration> LEASE = Option.of(
            "lease",
            Kind.length("1s", "1h"),
            "30s",
            "For how long after a crash nobody else works on the subject; renewed while the job runs.");
    static final Option<Duration> TIMEOUT = Option.of(
            "timeout",
            Kind.length("1s", LONGEST),
            "10m",
            "An attempt that takes longer is cut off and has failed; not shorter than `lease`.");
    static final Option<Integer> WORKERS = Option.of(
            "workers",
            Kind.integer(1, 1_000),
            "4",
            "How many jobs of the kind run at once in this process. Not with `fetched`.");
    static final Option<OnConflict> ON_CONFLICT = Option.of(
            "on-conflict",
            conflict(),
            "reject",
            "What becomes of a trigger that finds a job of its subject: it is refused (`reject`); the job runs once more after it (`after`); what waits is replaced and runs now (`pre-empt`); or the job runs when no trigger has come for the time of `{debounce: 30s, at-most: 5m}`, and no later than `at-most` after the first.");
    static final Option<String> ID_PREFIX = Option.maybe(
            "id-prefix",
            Kind.scalar(
                    "1 to 64 of A-Z a-z 0-9 . _ -",
                    "email_process",
                    text -> Optional.of(text).filter(it -> it.matches("[A-Za-z0-9._-]{1,64}"))),
            "the name of the job",
            "What the names of its runs begin with: `email_process_123_1234567890`.");
    static final Option<String> PENDING_TEXT = Option.maybe(
            "pending-text",
            Kind.text(),
            "`A job NAME is already pending for this subject.`",
            "What whoever triggers it reads where one is in the way; its state follows.");
    static final Option<Duration> TICK = Option.of(
            "tick", Kind.length("1s", "1d"), "300s", "How often is looked whether a scheduled job is missing.");
    static final Part RETRY = Part.one("retry", RetryOptions.TABLE, "When to try again.");
    static final Part SUBJECTS = new Part(
            "subjects", Form.LISTED, List.of(SubjectOptions.TABLE), "Subjects whose jobs are due by themselves.");
    static final Table TABLE = new Table(
            "jobs.NAME",
            "A kind of job of which there is one at a time for each subject, over scheduled, queued and running, in all processes. See [jobs.md](jobs.md).",
            List.of(
                    CALL,
                    FETCHED,
                    LEASE,
                    TIMEOUT,
                    WORKERS,
                    ON_CONFLICT,
                    RETRY,
                    ID_PREFIX,
                    PENDING_TEXT,
                    TICK,
                    SUBJECTS));

    private JobOptions() {}

    private static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Kind<OnConflict> conflict() {
        String noun = "reject, after, pre-empt or {debounce: D, at-most: D}";
        return new Kind<>(noun, "{debounce: 30s, at-most: 5m}", Kind.Shape.EITHER, false, item -> {
            if (item instanceof Item.Mapping mapping) {
                return debounce(mapping, noun);
            }
            return switch (((Item.Scalar) item).text()) {
                case "reject" -> OnConflict.REJECT;
                case "after" -> OnConflict.AFTER;
                case "pre-empt" -> OnConflict.PRE_EMPT;
                default -> throw new Kind.WrongValue(item, "is not " + noun);
            };
        });
    }

    private static OnConflict debounce(Item.Mapping mapping, String noun) throws Kind.WrongValue {
        Map<String, Item> entries = mapping.entries();
        Kind<Duration> length = Kind.length("1ms", LONGEST);
        Optional<Item> quiet = Optional.ofNullable(entries.get("debounce"));
        Optional<Item> most = Optional.ofNullable(entries.get("at-most"));
        if (quiet.isEmpty() || most.isEmpty() || entries.size() > 2) {
            throw new Kind.WrongValue(mapping, "is not " + noun);
        }
        Duration debounce = length.read(quiet.get());
        Duration atMost = length.read(most.get());
        if (atMost.compareTo(debounce) < 0) {
            throw new Kind.WrongValue(most.get(), "at-most is shorter than debounce; lengthen it");
        }
        return new OnConflict.Debounce(debounce, atMost);
    }
}
