package dev.sluice.server.config;

import dev.sluice.Rule;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What may be configured of scans: {@code flows.NAME.source.scan}. Part of the table of {@link Options}. */
final class ScanOptions {
    static final Option<StoreUrl> URL =
            Option.required("url", Kinds.database(), "The database that is read; it is never written to.");
    static final Option<String> USER = Options.Logins.USER;
    static final Option<Secret> PASSWORD = Options.Logins.PASSWORD;
    static final Option<String> QUERY = Option.required(
            "query",
            Kind.text(),
            "All candidates, a row for each of their items. It is used as a table, so it has no parameters and no `;`. Times are to be compared by the clock of the database, as in `now() - interval 1 minute`.");
    static final Option<Duration> EVERY = Option.of("every", Kind.length("1s", "1d"), "30s", "How often it looks.");
    static final Option<Duration> TIMEOUT = Option.of(
            "timeout", Kind.length("1s", "1h"), "20s", "How long a connection, and each statement, may take.");
    static final Option<String> SUBJECT =
            Option.required("subject", column("user_id"), "The column that says whose candidate a row is part of.");
    static final Option<List<String>> CONTENT = Option.maybe(
            "content",
            columns("product_id"),
            "none; this or `named-by` must be there",
            "The columns that make a candidate what it is: while they and the number of its rows are the same it is the same one, whatever the order.");
    static final Option<String> NAMED_BY = Option.maybe(
            "named-by",
            column("cart_hash"),
            "none",
            "The column whose value says what makes a candidate what it is, in place of `content`: for names that another system gave.");
    static final Option<List<String>> ITEMS = Option.maybe(
            "items",
            columns("product_id"),
            "those of `content`",
            "The columns that messages know of each row, as `data.items`; they know the others of the first row.");
    static final Option<List<String>> REQUIRED = Option.maybe(
            "required", columns("price"), "none", "Columns without which a row is bad, and its candidate not sent.");
    static final Option<String> AGE = Option.maybe(
            "age", column("age_seconds"), "none", "The column with the age of a row in seconds, for `max-age`.");
    static final Option<Duration> MAX_AGE = Option.maybe(
            "max-age",
            Kind.length("1s", "36500d"),
            "any age",
            "Candidates all of whose rows are older are passed over.");
    static final Option<ScanConfig.Ramp> RAMP = Option.maybe(
            "ramp",
            Kind.scalar("N per D", "100 per 1m", ScanOptions::ramp),
            "no limit",
            "How many are let out in a time: the others wait, and are looked at again.");
    static final Option<String> CHANGED = Option.required(
            "changed", column("updated_at"), "The column that rises whenever a row of a candidate changes.");
    static final Option<Duration> COMPLETE_EVERY = Option.of(
            "complete-every", Kind.length("1s", "365d"), "1h", "How often everything is looked at all the same.");
    static final Table INCREMENTAL_TABLE = new Table(
            "flows.NAME.source.scan.incremental",
            "Between complete scans only what has changed is looked at, and what was held until now.",
            List.of(CHANGED, COMPLETE_EVERY));
    static final Part INCREMENTAL =
            Part.one("incremental", INCREMENTAL_TABLE, "Looks at changes only; without it, at everything each time.");
    static final Option<String> GONE = Option.maybe(
            "gone",
            Kind.text(),
            "none",
            "A query that says in one value why a subject, its one parameter `?`, is no candidate any more; for the ledger.");
    static final Part WRITE_BACK = Part.one(
            "write-back", WriteBackReader.TABLE, "Keeps a table of yours filled with what becomes of the messages.");
    static final Table TABLE = new Table(
            "flows.NAME.source.scan",
            "Candidates that a query finds. A subject of the flow is the value of `subject`, `/` and the name of the content. Before each attempt the rows are read again. One server scans, the others stand by.",
            List.of(
                    URL,
                    USER,
                    PASSWORD,
                    QUERY,
                    EVERY,
                    TIMEOUT,
                    SUBJECT,
                    CONTENT,
                    NAMED_BY,
                    ITEMS,
                    REQUIRED,
                    AGE,
                    MAX_AGE,
                    RAMP,
                    INCREMENTAL,
                    GONE,
                    WRITE_BACK));

    private ScanOptions() {}

    private static Kind<String> column(String example) {
        return Kind.scalar(
                "the name of a column",
                example,
                text -> Optional.of(text)
                        .filter(it -> it.matches("[A-Za-z_][A-Za-z0-9_]{0,62}"))
                        .map(it -> it.toLowerCase(Locale.ROOT)));
    }

    private static Kind<List<String>> columns(String example) {
        return Kind.list("a list of columns", 1, column(example));
    }

    private static Optional<ScanConfig.Ramp> ramp(String text) {
        if (!text.matches("\\d.*")) {
            return Optional.empty();
        }
        Rule rule = Rule.allow(text).charged().build();
        return Optional.of(new ScanConfig.Ramp(rule.limit(), Duration.of(rule.window(), ChronoUnit.MICROS)));
    }
}
