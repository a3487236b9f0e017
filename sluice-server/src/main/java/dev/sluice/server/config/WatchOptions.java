package dev.sluice.server.config;

import dev.sluice.Boundary;
import dev.sluice.redis.NameTemplate;
import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.config.Options.Flows.Switch;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may be configured of levels: watches, where levels come from, and actions. Part of the table of {@link Options}. */
final class WatchOptions {
    private static final String LONGEST = "36500d";

    private WatchOptions() {}

    private static Kind<Boundary> boundary() {
        return Kind.scalar(
                "a boundary: a number, a field, or a field times a factor",
                "required x 1.05",
                text -> Optional.of(Boundary.parse(text)));
    }

    private static Kind<TextTemplate> template() {
        return Kind.scalar("a template", "'Level {{data.level}}'", text -> {
            try {
                return Optional.of(TextTemplate.of(text));
            } catch (TemplateException e) {
                throw new IllegalArgumentException("'" + text + "' " + e.what(), e);
            }
        });
    }

    private static Kind<NameTemplate> template(String example) {
        return Kind.scalar("a name with parts in angle brackets", example, text -> Optional.of(NameTemplate.of(text)));
    }

    /** {@code flows.NAME.watch.zones[]}. */
    static final class ZoneOptions {
        static final Option<String> NAME =
                Option.required("name", Options.name("zone"), "Name of the zone; the variant of its keys.");
        static final Option<Boundary> BELOW =
                Option.maybe("below", boundary(), "none: the safe zone", "Levels strictly below this are in the zone.");
        static final Option<Boundary> ABOVE = Option.maybe(
                "above",
                boundary(),
                "none: the safe zone",
                "Levels strictly above this are in the zone; all zones of a watch look the same way.");
        static final Option<String> ACTION = Option.maybe(
                "action", Options.name("action"), "none", "What is done in this zone; a name below `actions`.");
        static final Option<Boundary> STOP = Option.maybe(
                "stop",
                boundary(),
                "where the zone is over",
                "The level at which the action is done; looked at before each of its steps.");
        static final Option<TextTemplate> TITLE = Option.maybe(
                "title",
                template(),
                "what the level is",
                "First line of messages: a template with `subject`, `variant` for the zone, `data.level`, `data.threshold`, and `data.NAME` for each value of the subject.");
        static final Option<TextTemplate> MESSAGE = Option.maybe(
                "message", template(), "what the level is", "The rest of messages: a template as `title`.");
        static final Option<String> SEVERITY =
                Option.maybe("severity", Kind.text(), "warning", "How bad messages of the zone are.");
        static final Table TABLE = new Table(
                "flows.NAME.watch.zones[]",
                "Worst first; the last one, without a boundary, is the safe one. At a boundary a level is in the better zone.",
                List.of(NAME, BELOW, ABOVE, ACTION, STOP, TITLE, MESSAGE, SEVERITY));

        private ZoneOptions() {}
    }

    /** {@code flows.NAME.watch.fresh}. */
    static final class Fresh {
        static final Option<String> TIMESTAMP = Option.required(
                "timestamp",
                Kind.text(),
                "The field with the time of the level: seconds or milliseconds since 1970, or ISO 8601.");
        static final Option<Duration> MAX_AGE = Option.of(
                "max-age",
                Kind.length("1ms", LONGEST),
                "60s",
                "An older level is not known, and neither is one without a time.");
        static final Table TABLE =
                new Table("flows.NAME.watch.fresh", "How old a level may be.", List.of(TIMESTAMP, MAX_AGE));

        private Fresh() {}
    }

    /** {@code flows.NAME.watch.status}. */
    static final class StatusOptions {
        static final Option<String> FIELD =
                Option.required("field", Kind.text(), "The field in which the source says how it is.");
        static final Option<List<String>> OK = Option.of(
                "ok",
                Kind.list("a list of words", 1, Kind.text()),
                "[ok]",
                "What it says when it can be relied on, without regard to case; with anything else the level is not known.");
        static final Table TABLE = new Table(
                "flows.NAME.watch.status", "Whether the source of a level can be relied on.", List.of(FIELD, OK));

        private StatusOptions() {}
    }

    /** {@code flows.NAME.watch.unknown}. */
    static final class Unknowns {
        static final Option<Integer> NOTICE_AFTER = Option.of(
                "notice-after",
                Kind.integer(1, 1_000_000),
                "3",
                "So many unknown levels in a row of one subject are told to the operator.");
        static final Option<Switch> PROCEED = Option.of(
                "proceed",
                Kind.word(Switch.class),
                "off",
                "What a caller is answered that asks whether it may go on with what it wanted to do.");
        static final Table TABLE = new Table(
                "flows.NAME.watch.unknown",
                "A level that is missing, no number, too old or not to be relied on is never told, acted on, nor taken for the end of a zone.",
                List.of(NOTICE_AFTER, PROCEED));

        private Unknowns() {}
    }

    /** {@code flows.NAME.watch.on-recovery}. */
    static final class Recoveries {
        static final Option<Switch> WITHDRAW = Option.of(
                "withdraw",
                Kind.word(Switch.class),
                "on",
                "Whether messages of a zone that is over are taken back if they are not delivered yet.");
        static final Option<Switch> TELL = Option.of(
                "tell",
                Kind.word(Switch.class),
                "off",
                "Whether a message says that the zone is over, for how long it lasted and how many were held; only where one had been delivered.");
        static final Table TABLE =
                new Table("flows.NAME.watch.on-recovery", "What happens when a zone is over.", List.of(WITHDRAW, TELL));

        private Recoveries() {}
    }

    /** {@code flows.NAME.watch}. */
    static final class Watches {
        static final Option<String> VALUE = Option.of("value", Kind.text(), "value", "The field that holds the level.");
        static final Part ZONES = new Part("zones", Form.LISTED, List.of(ZoneOptions.TABLE), "Where levels are bad.");
        static final Option<Map<String, Boundary>> RECOVER = Option.maybe(
                "recover",
                Kind.map("a map of zones to boundaries", boundary()),
                "each zone is over at its boundary",
                "At which level a zone is over, and beyond: hysteresis.");
        static final Part FRESH = Part.one("fresh", Fresh.TABLE, "How old a level may be; without it, any age.");
        static final Part STATUS =
                Part.one("status", StatusOptions.TABLE, "Whether the source can be relied on; without it, always.");
        static final Option<String> FLAT = Option.maybe(
                "flat",
                Kind.text(),
                "none",
                "A field where 0 means that nothing is at stake: the level then says nothing, and all is well.");
        static final Part UNKNOWN = Part.one("unknown", Unknowns.TABLE, "What happens where a level is not known.");
        static final Part ON_RECOVERY = Part.one("on-recovery", Recoveries.TABLE, "What happens when a zone is over.");
        static final Table TABLE = new Table(
                "flows.NAME.watch",
                "Boundaries that turn levels into occurrences, actions and resets; see [watches.md](watches.md).",
                List.of(VALUE, ZONES, RECOVER, FRESH, STATUS, FLAT, UNKNOWN, ON_RECOVERY));

        private Watches() {}
    }

    /** {@code flows.NAME.source.redis}. */
    static final class RedisSources {
        static final Option<StoreUrl> URL = Option.maybe(
                "url", Kinds.redis(), "the store, if that is a Redis", "The Redis or Valkey that announces.");
        static final Option<String> CHANNEL =
                Option.required("channel", Kind.text(), "The channel whose messages name subjects.");
        static final Option<NameTemplate> PAYLOAD = Option.of(
                "payload",
                template("<type|lower>:<id>"),
                "<type|lower>:<id>",
                "How a message names a subject; others are passed over.");
        static final Option<List<NameTemplate>> HASHES = Option.required(
                "hashes",
                Kind.list("a list of names with parts in angle brackets", 1, template("user_portfolio:{<type>:<id>}")),
                "Where the values of a subject are. The first one is swept; where two have the same field, the former has the word.");
        static final Option<Duration> SWEEP = Option.of(
                "sweep",
                Kind.length("100ms", "1d"),
                "30s",
                "How often all hashes are looked at, for what the channel lost.");
        static final Option<Integer> WAITING = Option.of(
                "waiting",
                Kind.integer(2, 10_000_000),
                "100000",
                "Most subjects that wait to be read; further ones are left to the next sweep.");
        static final Table TABLE = new Table(
                "flows.NAME.source.redis",
                "Subjects that a channel of a Redis or Valkey announces, with the values of their hashes. One server reads, the others stand by.",
                List.of(URL, CHANNEL, PAYLOAD, HASHES, SWEEP, WAITING));

        private RedisSources() {}
    }

    /** {@code flows.NAME.source}. */
    static final class Sources {
        static final Part REDIS = Part.one("redis", RedisSources.TABLE, "A channel of a Redis or Valkey.");
        static final Part SCAN = Part.one("scan", ScanOptions.TABLE, "A query in a database.");
        static final Table TABLE = new Table(
                "flows.NAME.source",
                "Where levels, or what a flow is about, come from by themselves: one of these.",
                List.of(REDIS, SCAN));

        private Sources() {}
    }

    /** {@code flows.NAME.group}. */
    static final class Groups {
        static final Option<String> BY = Option.required(
                "by", Kind.text(), "The field whose value names the group; passes without it go out alone.");
        static final Option<Duration> WAIT = Option.of(
                "wait",
                Kind.length("0ms", "1d"),
                "0ms",
                "How long others are waited for. Those of one NDJSON request are one group even without.");
        static final Table TABLE = new Table(
                "flows.NAME.group",
                "Passes of one group go out as one message; each subject keeps its own windows.",
                List.of(BY, WAIT));

        private Groups() {}
    }

    /** {@code flows.NAME.recipients}. */
    static final class Recipients {
        static final Option<String> FIELD = Option.required(
                "field",
                Kind.text(),
                "The field with the address, read again from the source before each attempt. Of a scan, a column that every row must have; when it has changed since, the message is withdrawn, and the next scan sends to the new one.");
        static final Option<Duration> LOOK_EVERY =
                Option.of("look-every", Kind.length("1s", "1d"), "30s", "How often a missing address is looked for.");
        static final Table TABLE = new Table(
                "flows.NAME.recipients",
                "To whom messages go where the subject itself knows it.",
                List.of(FIELD, LOOK_EVERY));

        private Recipients() {}
    }

    /** {@code actions.NAME}. */
    static final class Actions {
        static final Option<Secret.Url> URL = Option.required(
                "url", Kind.hiddenUrl(), "Where to POST each step. Only scheme and host are ever shown.");
        static final Option<Secret> SECRET = Option.maybe(
                "secret", Kind.hidden(), "not signed", "Signs the body, so that the receiver can check who sent it.");
        static final Option<Map<String, Secret>> HEADERS = Option.maybe(
                "headers",
                Kind.map("a map of header names to values", Kind.hidden()),
                "none",
                "Headers to send along.");
        static final Option<Duration> CONNECT_TIMEOUT = Option.of(
                "connect-timeout", Kind.length("100ms", "10m"), "5s", "How long it may take to get a connection.");
        static final Option<Duration> TIMEOUT =
                Option.of("timeout", Kind.length("100ms", "1h"), "20s", "How long a step may take in all.");
        static final Option<Duration> LEASE = Option.of(
                "lease",
                Kind.length("1s", "1d"),
                "30s",
                "For how long after a crash nobody else acts on the subject; renewed while the action runs.");
        static final Option<Duration> PAUSE =
                Option.of("pause", Kind.length("0ms", "1h"), "300ms", "Between two steps of an action.");
        static final Option<Integer> THREADS =
                Option.of("threads", Kind.integer(1, 1_000), "8", "How many subjects are acted on at once.");
        static final Option<Duration> FIRST =
                Option.of("first", Kind.length("1ms", LONGEST), "1s", "Wait after the first failed attempt.");
        static final Option<Double> FACTOR =
                Option.of("factor", Kind.decimal(1, 100), "2", "How much longer each wait is than the one before.");
        static final Option<Duration> MAX =
                Option.of("max", Kind.length("1ms", LONGEST), "1m", "Longest wait; not shorter than `first`.");
        static final Option<Integer> ATTEMPTS = Option.of(
                "attempts",
                Kind.integer(1, 100_000),
                "100",
                "Most attempts; then the action is dead, which the operator is told.");
        static final Table RETRY_TABLE = new Table(
                "actions.NAME.retry", "When a failed action is tried again.", List.of(FIRST, FACTOR, MAX, ATTEMPTS));
        static final Part RETRY = Part.one("retry", RETRY_TABLE, "When to try again.");
        static final Table TABLE = new Table(
                "actions.NAME",
                "What is done for a subject, by one holder at a time, apart from all messages: a POST for each step, with a fence that rises with every holder. See [watches.md](watches.md).",
                List.of(URL, SECRET, HEADERS, CONNECT_TIMEOUT, TIMEOUT, LEASE, PAUSE, THREADS, RETRY));

        private Actions() {}
    }
}
