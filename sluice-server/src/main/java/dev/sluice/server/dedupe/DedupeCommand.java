package dev.sluice.server.dedupe;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.text.ProgressLine;
import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice dedupe}: finds what a log holds twice, and removes or marks it. */
@Command(
        name = "dedupe",
        header = "Find what the log of another system holds twice, and remove or mark it.",
        description = {
            "Reads a table that says who was told what and when, and finds rows of the same user and content that are less"
                    + " than a window apart. Of those that were sent the first stays, and the next one a window after it,"
                    + " and so on; one that was not sent goes if it lies within a window before or after a row that stays."
                    + " Shows what it would do; --apply does it.",
            "It may be stopped at any time and run again with a new --csv: which rows stay does not depend on which are"
                    + " gone. It changes whole batches, each in a transaction, and only rows that still are what they were."
                    + " Rows without user, content or time stay."
        },
        footer = {
            "",
            "Examples:",
            "  sluice dedupe --jdbc jdbc:mariadb://db.example.org/shop --user shop --table cart_abandonment_log \\",
            "    --by user_id --content cart_hash --at created_at --sent email_sent=1 --csv duplicates.csv",
            "  sluice dedupe --jdbc jdbc:sqlite:shop.db --table mails --by customer --content body --at at --sent all \\",
            "    --window 7d --csv marked.csv --apply mark --mark duplicate=1 --index"
        })
public final class DedupeCommand implements Callable<Integer> {
    private static final int MOST_REASON = 2_000;

    private final Map<String, String> environment;
    private final Tally tally = new Tally();

    @Mixin
    private final DedupeOptions options = new DedupeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private boolean surveyed;

    /**
     * A command to add to a command line.
     *
     * @param environment where user and password may be
     */
    public DedupeCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<String> mistakes = options.mistakes();
        if (!mistakes.isEmpty()) {
            mistakes.forEach(mistake -> err.println(SafeText.escaped(mistake, MOST_REASON)));
            err.println("See '" + spec.qualifiedName() + " --help'.");
            err.flush();
            return ExitCode.USAGE;
        }
        ForeignDatabase database = options.database(environment);
        LogSql sql = new LogSql(database.product(), options.log());
        Optional<FeedException> stop = Optional.empty();
        try {
            clean(database, sql);
        } catch (FeedException e) {
            stop = Optional.of(e);
        }
        if (surveyed) {
            out.print(tally.table());
            options.apply().ifPresent(way -> out.print(tally.outcome(way)));
        }
        try {
            if (stop.isEmpty()) {
                conclude(database, sql, out);
            }
        } catch (FeedException e) {
            stop = Optional.of(e);
        }
        out.flush();
        stop.ifPresent(reason -> err.println(SafeText.escaped(String.valueOf(reason.getMessage()), MOST_REASON)));
        err.flush();
        return stop.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Finds the duplicates, writes them down, and changes them if that is asked for. */
    private void clean(ForeignDatabase database, LogSql sql) throws FeedException {
        Optional<DuplicateFile> file = options.csv().isPresent()
                ? Optional.of(DuplicateFile.create(options.csv().get()))
                : Optional.empty();
        try {
            ProgressLine reading = progress();
            Columns columns;
            try {
                columns = new Survey(
                                sql,
                                new Judge(options.window()),
                                tally,
                                reading,
                                duplicate -> file.ifPresent(each -> each.accept(duplicate)))
                        .run(database);
            } finally {
                reading.clear();
            }
            surveyed = true;
            if (file.isPresent()) {
                file.get().finish();
                change(database, sql, columns, file.get());
            }
        } finally {
            file.ifPresent(DuplicateFile::close);
            if (!surveyed) {
                file.ifPresent(DuplicateFile::discard);
            }
        }
    }

    private void change(ForeignDatabase database, LogSql sql, Columns columns, DuplicateFile file)
            throws FeedException {
        if (options.apply().isEmpty()) {
            return;
        }
        if (sql.log().sent().isPresent() && tally.rows() > 0 && tally.sent() == 0) {
            throw new FeedException("No row has " + sql.log().sent().get() + ", so nothing was changed: those that were"
                    + " sent could go. If really none was, say --sent all.");
        }
        ProgressLine changing = progress();
        try {
            new Cleaning(database, sql, columns, options.apply().get(), tally).run(file, options.batch(), changing);
        } finally {
            changing.clear();
        }
    }

    private ProgressLine progress() {
        return new ProgressLine(spec.commandLine().getErr(), Ansi.AUTO.enabled(), System::nanoTime);
    }

    private void conclude(ForeignDatabase database, LogSql sql, PrintWriter out) throws FeedException {
        options.csv().filter(file -> tally.duplicates() > 0).ifPresent(file -> out.println("Duplicates: " + file));
        if (options.index()) {
            new Indexing(database, sql).run(options.apply().isPresent(), out);
        }
        if (options.apply().isEmpty()) {
            out.println("Nothing was changed."
                    + (tally.duplicates() > 0 ? " Run it again with --apply remove, or --apply mark." : ""));
        }
        out.println("To take over what stays (ZONE is that of times that have none):");
        out.println(new ImportLine(database, sql).text());
    }
}
