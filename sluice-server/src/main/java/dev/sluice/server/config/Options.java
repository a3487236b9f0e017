package dev.sluice.server.config;

import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.OnOutage;
import dev.sluice.OnReset;
import dev.sluice.Per;
import dev.sluice.outbox.OnFailure;
import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.template.BodyTemplate;
import dev.sluice.server.template.Recipe;
import dev.sluice.sql.SqlSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that may be configured: the one table that the reader checks against and the documentation shows. */
final class Options {
    private static final String LONGEST = "36500d";

    private Options() {}

    /** {@code http}. */
    static final class Http {
        static final Option<String> HOST = Option.of(
                "host",
                Kind.host(),
                "127.0.0.1",
                "Address to listen on. There is no log-in: keep it on loopback, or behind a proxy that has one.");
        static final Option<Integer> PORT =
                Option.of("port", Kind.integer(0, 65_535), "8420", "Port to listen on; 0 takes a free one.");
        static final Option<Integer> MAX_BODY = Option.of(
                "max-body",
                Kind.size(1 << 10, 256 << 20),
                "1MiB",
                "Largest body of a request; an `application/x-ndjson` body has no limit as a whole.");
        static final Option<Integer> MAX_LINE = Option.of(
                "max-line", Kind.size(1 << 10, 16 << 20), "256KiB", "Longest line of an `application/x-ndjson` body.");
        static final Option<Integer> MAX_HEADERS = Option.of(
                "max-headers", Kind.size(1 << 10, 1 << 20), "16KiB", "Largest sum of the headers of a request.");
        static final Option<Duration> REQUEST_TIMEOUT = Option.of(
                "request-timeout",
                Kind.length("100ms", "1h"),
                "30s",
                "How long a request, a line of a stream, or the next request on a connection may take to arrive.");
        static final Option<URI> PUBLIC_URL =
                Option.maybe("public-url", Kind.url(), "none", "How others reach this server, for links in messages.");
        static final Table TABLE = new Table(
                "http",
                "Where the server listens and how much it takes. In short: `http: 127.0.0.1:8420`.",
                List.of(HOST, PORT, MAX_BODY, MAX_LINE, MAX_HEADERS, REQUEST_TIMEOUT, PUBLIC_URL));

        private Http() {}
    }

    /** {@code operator}. */
    static final class Operator {
        static final Option<List<String>> CHANNELS =
                Option.of("channels", names("channel", 1), "[inbox]", "Channels that notices go to.");
        static final Option<String> ALLOW = Option.of(
                "allow",
                Kind.allowance(),
                "10 per 1h",
                "How many notices of one kind go out about each flow or channel; it must have a window.");
        static final Table TABLE = new Table(
                "operator",
                "Who is told of messages that were given up, channels that are down, and other trouble; see [channels.md](channels.md). Notices are a flow of their own, named `operator`.",
                List.of(CHANNELS, ALLOW));

        private Operator() {}
    }

    /** {@code outbox}. */
    static final class Outboxes {
        static final Option<Duration> ATTEMPT_LEASE = Option.of(
                "attempt-lease",
                Kind.length("1s", "1h"),
                "1m",
                "After this time the delivery of a server that died is taken over by another worker.");
        static final Option<Integer> WORKERS =
                Option.of("workers", Kind.integer(1, 256), "4", "Deliveries at the same time, for each channel.");
        static final Option<Duration> TICK = Option.of(
                "tick", Kind.length("10ms", "1m"), "250ms", "How often the outbox looks for what has become due.");
        static final Option<Duration> RETENTION = Option.of(
                "retention",
                Kind.length("1h", LONGEST),
                "30d",
                "How long closed messages and lines of the ledger are kept.");
        static final Table TABLE =
                new Table("outbox", "How messages are worked off.", List.of(ATTEMPT_LEASE, WORKERS, TICK, RETENTION));

        private Outboxes() {}
    }

    /** Who logs in to a store. */
    static final class Logins {
        static final Option<String> USER =
                Option.maybe("user", Kind.text(), "as in the URL", "Who logs in, where the URL does not say it.");
        static final Option<Secret> PASSWORD = Option.maybe(
                "password",
                Kind.hidden(),
                "as in the URL",
                "With which password, where the URL does not say it; any characters, nothing is encoded.");

        private Logins() {}
    }

    /** {@code redis}. */
    static final class Redis {
        static final Option<String> PREFIX = Option.of(
                "prefix",
                Kinds.prefix(),
                "sluice",
                "What every key begins with. Servers with the same prefix share their keys.");
        static final Option<Duration> TIMEOUT = Option.of(
                "timeout",
                Kind.length("10ms", "1m"),
                "1s",
                "How long a command may take; after that the store is away.");
        static final Option<Integer> REPLICAS = Option.of(
                "replicas",
                Kind.integer(0, 16),
                "0",
                "How many replicas must have a pass before it is answered, so that their promotion does not lose it. If they do not have it within half of `timeout`, the pass is not answered.");
        static final Option<Path> CERTIFICATES = Option.maybe(
                "certificates",
                Kinds.path(),
                "those that the JVM trusts",
                "A PEM file with the certificates that a server with TLS is trusted by.");
        static final Table TABLE = new Table(
                "redis",
                "How a Redis or Valkey is used; see [stores.md](stores.md).",
                List.of(Logins.USER, Logins.PASSWORD, PREFIX, TIMEOUT, REPLICAS, CERTIFICATES));

        private Redis() {}
    }

    /** {@code sql}. */
    static final class Sql {
        static final Option<Integer> CONNECTIONS =
                Option.of("connections", Kind.integer(3, 200), "8", "Most connections that this process opens.");
        static final Option<Duration> TIMEOUT = Option.of(
                "timeout",
                Kind.length("250ms", "1m"),
                "5s",
                "How long it may take to connect, to get a lock, or to run a statement; after that the store is away.");
        static final Option<SqlSettings.Tables> SCHEMA = Option.of(
                "schema",
                Kind.word(SqlSettings.Tables.class),
                "create",
                "What is done with the tables at the start: `create` makes them or brings them to the newest version, `check` refuses to start where they are not; `./sluice schema` prints them.");
        static final Table TABLE = new Table(
                "sql",
                "How a PostgreSQL or MariaDB is used, as store or as database; see [stores.md](stores.md).",
                List.of(Logins.USER, Logins.PASSWORD, CONNECTIONS, TIMEOUT, SCHEMA));

        private Sql() {}
    }

    /** {@code statistics}. */
    static final class Statistics {
        static final Option<Optional<Duration>> LOG_EVERY = Option.of(
                "log-every",
                Kind.lengthOrOff("1s", LONGEST),
                "1h",
                "How often a line about each flow is logged, if anything changed since the last one; `off`: never.");
        static final Table TABLE =
                new Table("statistics", "What is said of the flows without being asked.", List.of(LOG_EVERY));

        private Statistics() {}
    }

    /** {@code channels.NAME}. */
    static final class Channels {
        static final Option<Type> TYPE = Option.required("type", Kind.word(Type.class), "What the channel is.");
        static final Option<Duration> CONNECT_TIMEOUT = Option.of(
                "connect-timeout", Kind.length("100ms", "10m"), "5s", "How long it may take to get a connection.");
        static final Option<Duration> TIMEOUT = Option.of(
                "timeout",
                Kind.length("100ms", "50m"),
                "20s",
                "How long an attempt may take in all; shorter than `outbox.attempt-lease`.");

        static final Option<String> HOST = Option.required("host", Kind.host(), "The mail server.");
        static final Option<Integer> PORT = Option.maybe(
                "port", Kind.integer(1, 65_535), "587 with `starttls`, 465 with `tls`, 25 with `none`", "Its port.");
        static final Option<ChannelConfig.Security> SECURITY = Option.of(
                "security",
                Kind.word(ChannelConfig.Security.class),
                "starttls",
                "`starttls`: begin in the clear, and go on only if the server switches to TLS. `tls`: from the first byte. `none`: in the clear, without a log-in unless the server is on loopback.");
        static final Option<String> USER =
                Option.maybe("user", Kind.text(), "no log-in", "Who logs in; needs `password`.");
        static final Option<Secret> PASSWORD =
                Option.maybe("password", Kind.hidden(), "no log-in", "With which password; needs `user`.");
        static final Option<String> FROM = Option.required("from", Kind.address(), "Address of the sender.");
        static final Option<List<String>> TO = Option.of(
                "to",
                Kind.list("a list of mail addresses", 0, Kind.address()),
                "[]",
                "Recipients of occurrences that name none.");
        static final Table SMTP = new Table(
                "channels.NAME, type: smtp",
                "Sends e-mail.",
                List.of(TYPE, HOST, PORT, SECURITY, USER, PASSWORD, FROM, TO, CONNECT_TIMEOUT, TIMEOUT));

        static final Option<Secret.Url> URL =
                Option.required("url", Kind.hiddenUrl(), "Where to POST to. Only scheme and host are ever shown.");
        static final Option<Secret> SECRET = Option.maybe(
                "secret", Kind.hidden(), "not signed", "Signs the body, so that the receiver can check who sent it.");
        static final Option<Map<String, Secret>> HEADERS = Option.maybe(
                "headers",
                Kind.map("a map of header names to values", Kind.hidden()),
                "none",
                "Headers to send along, such as `Authorization`; templates.");
        static final Option<Format> FORMAT = Option.of(
                "format",
                Kind.word(Format.class),
                "sluice",
                "What the body is: Sluice's own JSON, or what Slack, Discord or Telegram take; see [channels.md](channels.md).");
        static final Option<String> CHAT = Option.maybe(
                "chat", Kind.text(), "required with `format: telegram`", "The `chat_id` of Telegram, for `{{chat}}`.");
        static final Option<Secret> BODY = Option.maybe(
                "body",
                Kind.hidden(),
                "as `format` says",
                "A template for the body, as text behind `|`; see [channels.md](channels.md).");
        static final Option<String> CONTENT_TYPE = Option.of(
                "content-type",
                Kind.text(),
                BodyTemplate.JSON,
                "What `body` is: `application/json`, another that ends in `+json`, `application/x-www-form-urlencoded` or `text/plain`.");
        static final Option<ChannelConfig.Method> METHOD =
                Option.of("method", Kind.word(ChannelConfig.Method.class), "post", "What is done at the address.");
        static final Table WEBHOOK = new Table(
                "channels.NAME, type: webhook",
                "Sends an HTTP request, a POST of JSON unless something else is said.",
                List.of(
                        TYPE,
                        URL,
                        FORMAT,
                        CHAT,
                        SECRET,
                        METHOD,
                        HEADERS,
                        CONTENT_TYPE,
                        BODY,
                        CONNECT_TIMEOUT,
                        TIMEOUT));

        static final Table INBOX = new Table(
                "channels.NAME, type: inbox",
                "Keeps messages, and shows them in the console. A channel `inbox` of this type is always there.",
                List.of(TYPE));

        static final Option<Level> LEVEL = Option.of("level", Kind.word(Level.class), "info", "Level of the line.");
        static final Table LOG = new Table(
                "channels.NAME, type: log",
                "Writes a line into the log of the server for each message.",
                List.of(TYPE, LEVEL));

        /** What a channel can be. */
        enum Type {
            SMTP,
            WEBHOOK,
            INBOX,
            LOG;

            Table table() {
                return switch (this) {
                    case SMTP -> Channels.SMTP;
                    case WEBHOOK -> Channels.WEBHOOK;
                    case INBOX -> Channels.INBOX;
                    case LOG -> Channels.LOG;
                };
            }
        }

        /** Whose body a webhook sends. */
        enum Format {
            SLUICE,
            SLACK,
            DISCORD,
            TELEGRAM;

            /** Empty for Sluice's own JSON. */
            Optional<Recipe> recipe() {
                return this == SLUICE ? Optional.empty() : Optional.of(Recipe.valueOf(name()));
            }
        }

        /** Levels of a log line, by the names of {@link System.Logger.Level}. */
        enum Level {
            DEBUG,
            INFO,
            WARNING,
            ERROR
        }

        private Channels() {}
    }

    /** {@code budgets.NAME}. */
    static final class Budgets {
        static final Option<Per> PER = Option.of(
                "per",
                Kind.word(Per.class),
                "everything",
                "What has the allowance: each recipient (a mailbox is one, however its address is written), each channel, each flow, or everything together that names the budget.");
        static final Option<String> ALLOW = Option.required(
                "allow",
                Kind.allowance(),
                "How many messages may be let out; it must have a window. They count when they are let out, not when they arrive: what waits for a receiver that is down arrives when it is back.");
        static final Option<Telling> DIGEST = Option.of(
                "digest",
                Kind.word(Telling.class),
                "at-close",
                "Whether what was refused is told by one message when the window ends. That message is beyond the budget.");
        static final Table TABLE = new Table(
                "budgets.NAME",
                "A cap over many subjects, which no number of different ones can exceed. Flows name the budgets that they are charged to.",
                List.of(PER, ALLOW, DIGEST));

        /** How what a budget refused is told. */
        enum Telling {
            AT_CLOSE,
            OFF
        }

        private Budgets() {}
    }

    /** {@code flows.NAME.subject}. */
    static final class Subjects {
        static final Option<List<String>> FIELDS = Option.maybe(
                "fields",
                Kind.list("a list of names of values", 1, Kind.text()),
                "none",
                "Values that make the subject, in this order, trimmed and in lower case. A missing `processor` is `unknown`, a missing `error_type` is `error`, other missing values are empty.");
        static final Option<List<String>> HASH = Option.maybe(
                "hash",
                Kind.list("a list of names of values", 1, Kind.text()),
                "none",
                "The subject is a hash over these values as they are; not together with `fields` or `fingerprint`.");
        static final Option<String> FIELD =
                Option.of("field", Kind.text(), "message", "Which value the fingerprint is taken of.");
        static final Option<Integer> CHARS = Option.of(
                "chars",
                Kind.integer(1, 10_000),
                "100",
                "How many characters (Unicode code points) of it count. The text is cut as it came and trimmed afterwards: equal beginnings are always the same subject.");
        static final Option<Flows.Switch> NORMALISE = Option.of(
                "normalise",
                Kind.word(Flows.Switch.class),
                "on",
                "`on`: numbers, times, ids, addresses, paths, quoted names and the like are replaced by `<*>`, so that the same error about something else is one subject, see [fingerprint.md](fingerprint.md). `off`: the text counts as it stands.");
        private static final Table FINGERPRINT_TABLE = new Table(
                "flows.NAME.subject.fingerprint",
                "A last part of the subject, out of the beginning of a longer text.",
                List.of(FIELD, CHARS, NORMALISE));
        static final Part FINGERPRINT =
                Part.one("fingerprint", FINGERPRINT_TABLE, "A part out of the beginning of a text.");
        static final Table TABLE = new Table(
                "flows.NAME.subject",
                "How the values of an occurrence become its subject. Without it, callers must give a `subject`. A subject over 200 bytes is hashed, and its text kept beside.",
                List.of(FIELDS, FINGERPRINT, HASH));

        private Subjects() {}
    }

    /** {@code flows.NAME.variants}. */
    static final class Variants {
        static final Option<String> NAME =
                Option.required("name", name("variant"), "Name of the variant; part of the key.");
        static final Option<Map<String, String>> WHEN = Option.maybe(
                "when",
                Kind.map("a map of names of values to text", Kind.text()),
                "only for callers that name the variant",
                "Conditions that must all hold, compared trimmed and without regard to case.");
        static final Option<String> ALLOW = Option.required("allow", Kind.allowance(), "The allowance of the variant.");
        static final Option<Integer> SUMMARY_AT =
                Option.maybe("summary-at", Kind.integer(0, 1_000_000), "that of the flow", "As for the flow.");
        static final Table TABLE = new Table(
                "flows.NAME.variants[]",
                "Named cases of a flow, each with an allowance and windows of its own. The first one that matches wins; everything else is as in the flow.",
                List.of(NAME, WHEN, ALLOW, SUMMARY_AT));

        private Variants() {}
    }

    /** {@code flows.NAME.on-failure}. */
    static final class Failures {
        static final Option<Duration> FIRST =
                Option.of("first", Kind.length("1ms", LONGEST), "5s", "Wait after the first attempt.");
        static final Option<Double> FACTOR =
                Option.of("factor", Kind.decimal(1, 100), "2", "How much longer each wait is than the one before.");
        static final Option<Duration> MAX =
                Option.of("max", Kind.length("1ms", LONGEST), "10m", "Longest wait; not shorter than `first`.");
        static final Option<Double> JITTER = Option.of(
                "jitter", Kind.share(), "20%", "Share of a wait that chance may add or take away; 0 is exact.");
        static final Option<OnFailure.From> FROM = Option.of(
                "from",
                Kind.word(OnFailure.From.class),
                "failure",
                "What a wait is counted from: the end of the failed attempt (`failure`) or its `start`.");
        static final Option<Integer> ATTEMPTS =
                Option.of("attempts", Kind.integer(1, 1_000), "12", "Most attempts for one delivery.");
        private static final Table RETRY_TABLE = new Table(
                "flows.NAME.on-failure.retry",
                "When a failed delivery is tried again. `first`, `factor` and `max` are also how long the key of a `once per D`, `once until reset` or `exclusive` rule rests after a failed release, without jitter.",
                List.of(FIRST, FACTOR, MAX, JITTER, FROM, ATTEMPTS));
        static final Part RETRY = Part.one("retry", RETRY_TABLE, "When to try again.");
        static final Option<Duration> GIVE_UP = Option.of(
                "give-up",
                Kind.length("1s", LONGEST),
                "24h",
                "After how long without success the message is dead; longer than `outbox.attempt-lease`.");
        static final Option<Then> THEN =
                Option.of("then", Kind.word(Then.class), "dead-letter", "What becomes of a message that is given up.");
        static final Table TABLE = new Table(
                "flows.NAME.on-failure", "What happens to deliveries that fail.", List.of(RETRY, GIVE_UP, THEN));

        /** What becomes of a message that is given up. */
        enum Then {
            DEAD_LETTER
        }

        private Failures() {}
    }

    /** {@code flows.NAME}. */
    static final class Flows {
        static final Option<String> ALLOW = Option.required(
                "allow", Kind.allowance(), "What goes out; the window begins at the first completed pass.");
        static final Option<Integer> SUMMARY_AT = Option.of(
                "summary-at",
                Kind.integer(0, 1_000_000),
                "0",
                "The use of a window at which a pass is a summary that says how many there were; 0: never; so are 1 and a use above the limit, and a warning says so.");
        static final Option<Digest> DIGEST = Option.maybe(
                "digest",
                Kind.word(Digest.class),
                "`at-close` for more than one per window, `with-next` for one and for flows without channels, `off` for `exclusive`",
                "How held occurrences are told: by a closing message, with the next pass, or not at all.");
        static final Option<Switch> CLAIMS = Option.of(
                "claims",
                Kind.word(Switch.class),
                "on",
                "`off`: a pass counts at once and for good, whatever becomes of it. Needed for limits above 64.");
        static final Option<Duration> LEASE = Option.of(
                "lease", Kind.length("100ms", LONGEST), "30s", "How long a caller's claim lives before it is lost.");
        static final Option<Duration> REMIND = Option.maybe(
                "remind",
                Kind.length("1ms", LONGEST),
                "never",
                "With `once until reset` only: lets one more out after this time.");
        static final Option<Duration> FORGET_AFTER = Option.of(
                "forget-after",
                Kind.length("1ms", LONGEST),
                "7d",
                "With `once until reset`: an episode without occurrences ends after this time.");
        static final Option<OnLost> ON_LOST_CLAIM = Option.of(
                "on-lost-claim",
                Kind.word(OnLost.class),
                "retry",
                "What a claim counts as that nobody settled in time: not delivered (`retry`, a twin is possible) or delivered (`drop`, at most once).");
        static final Option<OnReset> ON_RESET = Option.of(
                "on-reset",
                Kinds.onReset(),
                "rearm",
                "What a reset does: `rearm` the key, `ignore` it, or rearm `{after: D}` without a further occurrence.");
        static final Option<OnOutage> ON_OUTAGE = Option.maybe(
                "on-outage",
                Kind.word(OnOutage.class),
                "`closed` for `exclusive` and where the flow scans, else `local`",
                "What is decided while a shared store is away: each process by itself (`local`), everything passes (`open`), or 503 (`closed`). Where store and outbox are one database, every flow answers 503 while it is away.");
        static final Option<Duration> ANSWER_WITHIN = Option.of(
                "answer-within",
                Kind.length("1ms", LONGEST),
                "1s",
                "How long a decision waits for a shared store before the store counts as away; then `on-outage` says what is answered.");
        static final Option<List<String>> CHANNELS = Option.of(
                "channels",
                names("channel", 0),
                "[]",
                "Where messages go. Without any, the caller gets a claim and sends by itself.");
        static final Option<List<String>> BUDGETS = Option.of(
                "budgets",
                names("budget", 0),
                "[]",
                "Budgets that every pass and every digest of the flow is charged to, in this order. What one of them refuses is held, and told by its digest.");
        static final Option<Switch> LIMITING = Option.of(
                "limiting",
                Kind.word(Switch.class),
                "on",
                "`off`: the flow is in shadow. Everything goes out; what the rule would have held is counted, and its answer says so. Budgets still hold.");
        static final Part SUBJECT = Part.one("subject", Subjects.TABLE, "How an occurrence becomes a subject.");
        static final Part VARIANTS =
                new Part("variants", Form.LISTED, List.of(Variants.TABLE), "Cases with allowances of their own.");
        static final Part ON_FAILURE = Part.one("on-failure", Failures.TABLE, "What happens to deliveries that fail.");
        static final Part WATCH = Part.one(
                "watch", WatchOptions.Watches.TABLE, "Boundaries that turn levels into occurrences and resets.");
        static final Part SOURCE =
                Part.one("source", WatchOptions.Sources.TABLE, "Where levels come from by themselves.");
        static final Part GROUP = Part.one("group", WatchOptions.Groups.TABLE, "Which passes go out as one message.");
        static final Part RECIPIENTS =
                Part.one("recipients", WatchOptions.Recipients.TABLE, "To whom, where the subject itself knows it.");
        static final Part MAIL = Part.one(
                "mail",
                MailOptions.Mails.TABLE,
                "What messages say to those whom they are about, instead of what is known.");
        static final Table TABLE = new Table(
                "flows.NAME",
                "A named kind of occurrence with one rule. Without a configuration there is one flow, `errors`.",
                List.of(
                        ALLOW,
                        SUBJECT,
                        CHANNELS,
                        BUDGETS,
                        SUMMARY_AT,
                        DIGEST,
                        CLAIMS,
                        LEASE,
                        REMIND,
                        FORGET_AFTER,
                        ON_LOST_CLAIM,
                        ON_RESET,
                        ON_OUTAGE,
                        ANSWER_WITHIN,
                        VARIANTS,
                        ON_FAILURE,
                        LIMITING,
                        WATCH,
                        SOURCE,
                        GROUP,
                        RECIPIENTS,
                        MAIL));

        /** On or off. */
        enum Switch {
            ON,
            OFF
        }

        private Flows() {}
    }

    static final Option<StoreUrl> STORE = Option.maybe(
            "store",
            Kinds.store(),
            "`sqlite:` and `sluice.db` in the data directory",
            "Where the state of keys lives, and the messages unless it is a Redis; [stores.md](stores.md) has the URLs."
                    + " `memory:` keeps everything in a temporary SQLite file, written without fsync, that is deleted"
                    + " when the server ends.");
    static final Option<StoreUrl> DATABASE = Option.maybe(
            "database",
            Kinds.database(),
            "the store itself; beside a Redis `sqlite:` and `sluice.db` in the data directory",
            "Where the messages live. Servers that share a Redis share one database, too.");
    static final Option<Integer> DENIALS = Option.of(
            "denial-cache",
            Kinds.countOrOff(100, 10_000_000),
            Integer.toString(StoreConfig.DENIALS),
            "How many keys that are known to be full this process remembers, for up to 1 s, in front of a store that"
                    + " is shared; `off`: none.");

    static final Part REDIS = Part.one("redis", Redis.TABLE, "How a Redis or Valkey is used.");
    static final Part SQL = Part.one("sql", Sql.TABLE, "How a PostgreSQL or MariaDB is used.");
    static final Part HTTP = Part.one("http", Http.TABLE, "Where the server listens.");
    static final Part OPERATOR = Part.one("operator", Operator.TABLE, "Who is told when something is wrong.");
    static final Part OUTBOX = Part.one("outbox", Outboxes.TABLE, "How messages are worked off.");
    static final Part STATISTICS = Part.one("statistics", Statistics.TABLE, "What is logged of the flows.");
    static final Part CHANNELS = new Part(
            "channels",
            Form.NAMED,
            List.of(Channels.SMTP, Channels.WEBHOOK, Channels.INBOX, Channels.LOG),
            "Where messages go, by name.");
    static final Part BUDGETS = new Part(
            "budgets", Form.NAMED, List.of(Budgets.TABLE), "Caps over recipients, channels or everything, by name.");
    static final Part ACTIONS = new Part(
            "actions", Form.NAMED, List.of(WatchOptions.Actions.TABLE), "What may be done for a subject, by name.");
    static final Part JOBS = new Part(
            "jobs", Form.NAMED, List.of(JobOptions.TABLE), "What is done once at a time for each subject, by name.");
    static final Part FLOWS = new Part("flows", Form.NAMED, List.of(Flows.TABLE), "What may go out, by name.");

    static final Table ROOT = new Table(
            "",
            "What stands at the left margin of the file.",
            List.of(
                    STORE,
                    DATABASE,
                    REDIS,
                    SQL,
                    DENIALS,
                    HTTP,
                    OPERATOR,
                    OUTBOX,
                    STATISTICS,
                    CHANNELS,
                    BUDGETS,
                    ACTIONS,
                    JOBS,
                    FLOWS));

    private static Kind<List<String>> names(String of, int least) {
        return Kind.list("a list of " + of + "s", least, name(of));
    }

    static Kind<String> name(String of) {
        return Kind.scalar(
                "a name of a " + of + ": 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit",
                "backfill",
                text -> Optional.of(text).filter(Key::isName));
    }
}
