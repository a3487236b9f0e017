package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Option;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads where, and how, what becomes of the messages of a scan is written. */
final class WriteBackReader {
    static final Option<StoreUrl> URL = Option.maybe(
            "url",
            Kinds.database(),
            "that of the scan, with its login",
            "The database with the table; its login may write.");
    static final Option<String> CLAIMED =
            statement("claimed", "insert into log ...", "What to run when a message is let out.");
    static final Option<String> SENT =
            statement("sent", "update log ... where id = :message_id", "What to run when a receiver took it over.");
    static final Option<String> FAILED = statement(
            "failed",
            "update log ... where id = :message_id",
            "What to run when it ended otherwise: `:state` is `dead`, `withdrawn` or `assumed`.");
    static final Table TABLE = new Table(
            "flows.NAME.source.scan.write-back",
            "Statements that keep a table of yours filled for other code. Each may have the parameters `:key`, `:subject`, `:content`, `:message_id`, `:state`, `:reason`, `:at`, `:claimed_at` and `:COLUMN` for the columns that the scan names, but for those in `items`. Each runs at least once.",
            List.of(URL, Options.Logins.USER, Options.Logins.PASSWORD, CLAIMED, SENT, FAILED));

    private static final Map<Option<String>, WriteBackConfig.On> STATEMENTS = Map.of(
            CLAIMED, WriteBackConfig.On.CLAIMED, SENT, WriteBackConfig.On.SENT, FAILED, WriteBackConfig.On.FAILED);

    private WriteBackReader() {}

    private static Option<String> statement(String name, String example, String description) {
        Kind<String> kind =
                Kind.scalar("a statement", example, text -> Optional.of(text).filter(it -> !it.isBlank()));
        return Option.maybe(name, kind, "none", description);
    }

    /**
     * What is written back; what is wrong with it is told.
     *
     * @param scan the database that is scanned
     * @param columns those of the scan
     */
    static WriteBackConfig read(Section part, ScanConfig.Access scan, ScanConfig.Columns columns) {
        Set<String> known = new LinkedHashSet<>(WriteBackParameters.NAMES);
        known.addAll(columns.named());
        known.removeAll(columns.items().stream()
                .filter(item -> !WriteBackParameters.NAMES.contains(item))
                .toList());
        Map<WriteBackConfig.On, NamedStatement> statements = new EnumMap<>(WriteBackConfig.On.class);
        for (Option<String> option : List.of(CLAIMED, SENT, FAILED)) {
            part.find(option)
                    .flatMap(text -> statement(part, option, text, known))
                    .ifPresent(statement -> statements.put(
                            Optional.ofNullable(STATEMENTS.get(option)).orElseThrow(), statement));
        }
        if (!part.has(CLAIMED) && !part.has(SENT) && !part.has(FAILED)) {
            part.wrong(CLAIMED, "is missing, and so are 'sent' and 'failed'", "write at least one of them");
        }
        return new WriteBackConfig(new ScanConfig.Access(url(part, scan), scan.timeout()), statements);
    }

    private static StoreUrl url(Section part, ScanConfig.Access scan) {
        if (part.has(URL)) {
            return StoreReader.withLogin(part.find(URL).orElse(scan.url()), part);
        }
        for (Option<?> login : List.of(Options.Logins.USER, Options.Logins.PASSWORD)) {
            if (part.has(login)) {
                part.wrong(login, "stands without 'url'", "write the 'url' that it logs in to");
            }
        }
        return scan.url();
    }

    private static Optional<NamedStatement> statement(
            Section part, Option<String> option, String text, Set<String> known) {
        try {
            NamedStatement statement = NamedStatement.of(text);
            List<String> unknown = statement.parameters().stream()
                    .distinct()
                    .filter(name -> !known.contains(name))
                    .toList();
            if (!unknown.isEmpty()) {
                part.wrong(
                        option,
                        "has the unknown parameter" + (unknown.size() > 1 ? "s" : "") + " :"
                                + String.join(", :", unknown),
                        "known are :" + String.join(", :", known)
                                + "; a column is known if the scan names it, for example in 'required', and not in 'items'");
            }
            return Optional.of(statement);
        } catch (NamedStatement.Bad e) {
            part.wrong(option, String.valueOf(e.getMessage()), "write one statement, with parameters as in ':subject'");
            return Optional.empty();
        }
    }
}
