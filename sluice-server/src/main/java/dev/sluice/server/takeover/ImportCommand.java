package dev.sluice.server.takeover;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import java.util.ArrayList;
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

/** {@code sluice import}: has a running server take over what another system told. */
@Command(
        name = "import",
        header = "Take over what another system told, so that nobody is told again on the first day.",
        description = {
            "Reads the rows of a database or the keys of a Redis, and has a running server take them over: a subject that"
                    + " was told inside its window is held until that ends. Shows what it would do; --apply does it.",
            "It may be stopped at any time and run again: what was taken over already stays as it is. A row that cannot"
                    + " be understood is named, and the rest goes on."
        },
        footer = {
            "",
            "Examples:",
            "  sluice import --flow abandoned-cart --jdbc jdbc:mariadb://db.example.org/shop --user shop --zone UTC \\",
            "    --query \"select concat(user_id, '/', cart_hash) as subject, created_at as told_at, email_sent as state \\",
            "             from cart_abandonment_log\" --told 1 --pending 0",
            "  sluice import --flow margin-call --variant alert --redis redis://redis.example.org \\",
            "    --match 'autocutoff:alert_sent:*' --apply"
        })
public final class ImportCommand implements Callable<Integer> {
    private static final int MOST_IN_BATCH = 200;
    private static final int MOST_CHARACTERS = 64_000;
    private static final int MOST_REASON = 2_000;

    private final Map<String, String> environment;

    @Mixin
    private final ImportOptions options = new ImportOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final List<Finding.Live> batch = new ArrayList<>();
    private int characters;

    /**
     * A command to add to a command line.
     *
     * @param environment where user and password may be
     */
    public ImportCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        List<String> mistakes = options.mistakes();
        if (!mistakes.isEmpty()) {
            mistakes.forEach(mistake -> err.println(SafeText.escaped(mistake, MOST_REASON)));
            err.println("See '" + spec.qualifiedName() + " --help'.");
            err.flush();
            return ExitCode.USAGE;
        }
        boolean terminal = Ansi.AUTO.enabled();
        Report report = new Report(err, terminal, System::nanoTime);
        Optional<FeedException> stop = Optional.empty();
        boolean begun = false;
        ImportReceiver receiver =
                new ImportReceiver(options.server, options.flow, Optional.ofNullable(options.variant), !options.apply);
        try {
            receiver.check();
            try (Findings findings = options.open(environment, terminal)) {
                begun = true;
                report.expect(findings.size());
                run(findings, receiver, report);
            }
        } catch (FeedException e) {
            stop = Optional.of(e);
        }
        report.end();
        stop.ifPresent(reason -> err.println(SafeText.escaped(String.valueOf(reason.getMessage()), MOST_REASON)));
        err.flush();
        if (begun) {
            show(report);
        }
        return stop.isEmpty() && report.complete() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void run(Findings findings, ImportReceiver receiver, Report report) throws FeedException {
        for (Optional<Finding> next = findings.next(); next.isPresent(); next = findings.next()) {
            if (next.get() instanceof Finding.Live live) {
                if (batch.size() == MOST_IN_BATCH || characters + live.json().length() > MOST_CHARACTERS) {
                    send(receiver, report);
                }
                batch.add(live);
                characters += live.json().length();
            } else {
                report.found(next.get());
            }
        }
        send(receiver, report);
    }

    private void send(ImportReceiver receiver, Report report) throws FeedException {
        if (batch.isEmpty()) {
            return;
        }
        List<Outcome> outcomes = receiver.take(batch);
        for (int i = 0; i < outcomes.size(); i++) {
            report.answered(batch.get(i), outcomes.get(i));
        }
        batch.clear();
        characters = 0;
    }

    private void show(Report report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.table(!options.apply));
        if (!options.apply) {
            out.println("Nothing was changed. Run it again with --apply to take this over.");
        }
        out.flush();
    }
}
