package dev.sluice.server.dedupe;

import dev.sluice.DurationText;
import dev.sluice.Micros;
import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.takeover.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the command, and what is wrong with them. */
final class DedupeOptions {
    private static final String USER = "SLUICE_DEDUPE_USER";
    private static final String PASSWORD = "SLUICE_DEDUPE_PASSWORD";
    private static final String ALL = "all";
    private static final int MOST_IN_BATCH = 10_000;
    private static final Duration LONGEST = Duration.ofDays(3_660);

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description = "Where the log is: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or"
                    + " jdbc:mariadb://HOST/DATABASE.")
    private String jdbc = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Who reads there. Default: $" + USER + ".")
    private @Nullable String user;

    @Option(
            names = "--password",
            arity = "0..1",
            interactive = true,
            paramLabel = "PASSWORD",
            description = "Without a value it is asked for. Default: $" + PASSWORD + ".")
    private @Nullable String password;

    @Option(names = "--table", paramLabel = "TABLE", description = "The log, perhaps SCHEMA.TABLE.")
    private String table = "";

    @Option(
            names = "--id",
            paramLabel = "COLUMN",
            description = "What tells one row from all others (default: ${DEFAULT-VALUE}).")
    private String id = "id";

    @Option(names = "--by", paramLabel = "COLUMN", description = "Whom a row is about.")
    private String by = "";

    @Option(names = "--content", paramLabel = "COLUMN", description = "What they were told, or a hash of it.")
    private String content = "";

    @Option(
            names = "--at",
            paramLabel = "COLUMN",
            description = "When: a time with or without a zone, or seconds, milliseconds or microseconds since 1970.")
    private String at = "";

    @Option(
            names = "--sent",
            paramLabel = "COLUMN=VALUE",
            description = "What says that it was sent. '" + ALL + "' if all rows of the log were.")
    private String sent = "";

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "Two rows less than this apart are one too many (default: ${DEFAULT-VALUE}).")
    private String window = "24h";

    @Option(names = "--csv", paramLabel = "FILE", description = "Write the duplicates to this new file.")
    private @Nullable Path csv;

    @Option(
            names = "--apply",
            paramLabel = "remove|mark",
            description = "Remove the duplicates, or mark them. Without it nothing is changed. Needs --csv.")
    private Cleaning.@Nullable Way apply;

    @Option(
            names = "--mark",
            paramLabel = "COLUMN=VALUE",
            description = "How they are marked. A row that is marked already is none of the log.")
    private @Nullable String mark;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "So many rows in one transaction (default: ${DEFAULT-VALUE}).")
    private int batch = 1_000;

    @Option(
            names = "--index",
            description =
                    "Show the index over user, content and time, unique if the rows allow it; with --apply make it.")
    private boolean index;

    DedupeOptions() {}

    /** Everything that is wrong with them. */
    List<String> mistakes() {
        List<String> all = new ArrayList<>();
        if (jdbc.isEmpty()) {
            all.add("say where the log is, by --jdbc");
        } else if (Product.of(jdbc).isEmpty()) {
            all.add("--jdbc must begin with jdbc:sqlite:, jdbc:postgresql: or jdbc:mariadb:"
                    + (jdbc.startsWith("jdbc:mysql:") ? "; try jdbc:mariadb: for MySQL" : ""));
        }
        nameMistakes(all);
        settingMistakes(all);
        if (parsedWindow().isEmpty()) {
            all.add("--window must be a time such as 24h, at most " + DurationText.format(LONGEST));
        }
        if (batch < 1 || batch > MOST_IN_BATCH) {
            all.add("--batch must be 1 to " + MOST_IN_BATCH);
        }
        if (apply != null && csv == null) {
            all.add("--apply needs --csv FILE, where the rows are written down before they are changed");
        }
        if (csv != null && Files.exists(csv)) {
            all.add("--csv: there is a file " + csv + " already; it may be all that tells of rows that were removed, so"
                    + " name another one");
        }
        return all;
    }

    private void nameMistakes(List<String> all) {
        if (!LogTable.isTable(table)) {
            all.add(table.isEmpty() ? "say which table, by --table" : "--table: '" + table + "' cannot name a table");
        }
        nameMistake(all, "--id", id);
        nameMistake(all, "--by", by);
        nameMistake(all, "--content", content);
        nameMistake(all, "--at", at);
        long different = Stream.of(id, by, content, at).distinct().count();
        if (different < 4 && Stream.of(id, by, content, at).allMatch(LogTable::isName)) {
            all.add("--id, --by, --content and --at must be four columns");
        }
    }

    private static void nameMistake(List<String> all, String option, String name) {
        if (!LogTable.isName(name)) {
            all.add(
                    name.isEmpty()
                            ? "say which column, by " + option
                            : option + ": '" + name + "' cannot name a column");
        }
    }

    private void settingMistakes(List<String> all) {
        Optional<Setting> marked = Optional.ofNullable(mark).flatMap(Setting::of);
        if (sent.isEmpty()) {
            all.add("say what was sent, by --sent COLUMN=VALUE, or --sent " + ALL);
        } else if (!sent.equals(ALL) && Setting.of(sent).isEmpty()) {
            all.add("--sent must be " + ALL + ", or such as email_sent=1");
        }
        if (mark != null && marked.isEmpty()) {
            all.add("--mark must be such as duplicate=1");
        }
        if (mark == null && apply == Cleaning.Way.MARK) {
            all.add("--apply mark needs --mark, as in --mark duplicate=1");
        }
        if (mark != null && apply == Cleaning.Way.REMOVE) {
            all.add("--mark is about --apply mark");
        }
        marked.filter(setting -> Stream.of(id, by, content, at).anyMatch(setting.column()::equalsIgnoreCase))
                .ifPresent(setting -> all.add("--mark: " + setting.column() + " says what a row is, and must stay"));
        marked.filter(setting -> Setting.of(sent).filter(setting::equals).isPresent())
                .ifPresent(setting -> all.add("--mark and --sent cannot be the same"));
    }

    private Optional<Duration> parsedWindow() {
        try {
            return Optional.of(DurationText.parse(window))
                    .filter(length -> !length.isZero() && !length.isNegative() && length.compareTo(LONGEST) <= 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The log that is meant; there are no mistakes. */
    LogTable log() {
        return new LogTable(
                table,
                id,
                by,
                content,
                at,
                Setting.of(sent),
                Optional.ofNullable(mark).flatMap(Setting::of));
    }

    /** Where it is. */
    ForeignDatabase database(Map<String, String> environment) {
        Properties login = new Properties();
        Optional.ofNullable(user)
                .or(() -> Optional.ofNullable(environment.get(USER)))
                .ifPresent(name -> login.setProperty("user", name));
        Optional.ofNullable(password)
                .or(() -> Optional.ofNullable(environment.get(PASSWORD)))
                .ifPresent(secret -> login.setProperty("password", secret));
        return new ForeignDatabase(jdbc, login);
    }

    /** In microseconds. */
    long window() {
        return Micros.of(parsedWindow().orElseThrow());
    }

    Optional<Path> csv() {
        return Optional.ofNullable(csv);
    }

    Optional<Cleaning.Way> apply() {
        return Optional.ofNullable(apply);
    }

    int batch() {
        return batch;
    }

    boolean index() {
        return index;
    }
}
