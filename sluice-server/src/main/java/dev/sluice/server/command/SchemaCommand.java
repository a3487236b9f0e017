package dev.sluice.server.command;

import dev.sluice.StoreException;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.DatabaseName;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.StoreUrl;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlStore;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice schema}: prints the tables, for those who make them by hand. */
@Command(
        name = "schema",
        header = "Print the statements that make the tables in an empty database.",
        description = {
            "The server makes its tables by itself when it starts. Where it may not, run these as the owner of the"
                    + " database, and write 'sql: {schema: check}'."
        },
        footer = {
            "",
            "Examples:",
            "  sluice schema --dialect postgresql",
            "  sluice schema --dialect mariadb --component store"
        })
final class SchemaCommand implements Callable<Integer> {
    /** What has tables of its own. */
    enum Component {
        /** The state of keys. */
        STORE,
        /** Messages, ledger and books. */
        OUTBOX,
        /** Actions and the reading of sources; with SQLite in a file of their own. */
        JOBS,
        /** Who wants no mails of a flow any more, and what was bought. */
        MAIL,
        /** What an operator keeps back of scans. */
        SCAN,
        /** The name of the database, where the keys are in a Redis. */
        DATABASE;

        private Schema schema() {
            return switch (this) {
                case STORE -> SqlStore.schema();
                case OUTBOX -> Outbox.schema();
                case JOBS -> JobDatabase.schema();
                case MAIL -> Audience.schema();
                case SCAN -> Holds.schema();
                case DATABASE -> DatabaseName.schema();
            };
        }
    }

    @Mixin
    private final ConfigOptions options;

    @Option(
            names = "--dialect",
            paramLabel = "DATABASE",
            description = "One of ${COMPLETION-CANDIDATES}. Default: that of the configured database.")
    private @Nullable Dialect dialect;

    @Option(
            names = "--component",
            paramLabel = "NAME",
            description = "Only these tables, one of ${COMPLETION-CANDIDATES}. Default: all that the server needs.")
    private @Nullable Component component;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    SchemaCommand(Surroundings surroundings) {
        options = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Dialect> which = Optional.ofNullable(dialect)
                .or(() -> options.read(err)
                        .map(ConfigReader.Understood::config)
                        .map(config -> dialect(config.stores().database())));
        if (which.isEmpty()) {
            return ExitCode.SOFTWARE;
        }
        try {
            spec.commandLine().getOut().print(text(which.get()));
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        } catch (StoreException e) {
            err.println(e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private String text(Dialect of) {
        StringBuilder text = new StringBuilder();
        Arrays.stream(Component.values())
                .filter(each -> component == null || each == component)
                .forEach(each -> text.append("-- Sluice: ")
                        .append(each.name().toLowerCase(Locale.ROOT))
                        .append(" on ")
                        .append(of)
                        .append("\n\n")
                        .append(each.schema().text(of))
                        .append('\n'));
        return text.toString();
    }

    private static Dialect dialect(StoreUrl database) {
        if (database instanceof StoreUrl.Shared shared) {
            return shared.scheme() == StoreUrl.Scheme.MARIADB ? Dialect.MARIADB : Dialect.POSTGRESQL;
        }
        return Dialect.SQLITE;
    }
}
