package dev.sluice.server.feed;

import dev.sluice.Key;
import dev.sluice.server.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice feed}: has a running server decide what a file holds. */
@Command(
        name = "feed",
        header = "Feed a log, an NDJSON file or a CSV file to a running server.",
        description = {
            "Every line, object or row becomes an occurrence of the flow. A line that cannot be read is reported with"
                    + " its number, and the rest goes on. At the end the counts are printed."
        },
        footer = {
            "",
            "Examples:",
            "  sluice feed --flow errors app.log",
            "  sluice feed --flow errors --map message=Content,processor=Component log.csv",
            "  journalctl -f -o json | sluice feed --flow errors --map message=MESSAGE --format ndjson -"
        })
public final class FeedCommand implements Callable<Integer> {
    private static final int MOST_REASON = 500;

    @Option(names = "--flow", required = true, paramLabel = "NAME", description = "The flow to feed.")
    private String flow = "";

    @Option(
            names = {"--server", "--url"},
            paramLabel = "URL",
            description = "Where the server listens (default: ${DEFAULT-VALUE}).")
    private URI server = URI.create("http://127.0.0.1:8420");

    @Option(
            names = "--run",
            paramLabel = "NAME",
            description = "Gives every line an id under this name, so that feeding it again within a day changes"
                    + " nothing.")
    private @Nullable String run;

    @Mixin
    private final InputOptions read = new InputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A command to add to a command line. */
    public FeedCommand() {}

    @Override
    public Integer call() {
        check();
        PrintWriter err = spec.commandLine().getErr();
        try (CountedInput input = new CountedInput(read.open())) {
            return feed(input, err);
        } catch (IOException e) {
            err.println("Cannot read " + read.file() + ": " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private int feed(CountedInput input, PrintWriter err) throws IOException {
        Progress progress = new Progress(err, Ansi.AUTO.enabled(), read.size(), input::count, System::nanoTime);
        Feed feed = new Feed(read.source(input), receiver(), progress);
        Optional<FeedException> stop = Optional.empty();
        try {
            feed.run();
        } catch (FeedException e) {
            stop = Optional.of(e);
        }
        progress.end();
        stop.ifPresent(reason -> err.println(SafeText.escaped(String.valueOf(reason.getMessage()), MOST_REASON)));
        if (stop.isEmpty() || feed.totals().occurrences() > 0) {
            spec.commandLine().getOut().print(feed.totals().table());
            spec.commandLine().getOut().flush();
        }
        return stop.isEmpty() && feed.totals().allSent() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void check() {
        if (!RunningServer.isAddress(server)) {
            throw mistake("--server must be an address such as http://127.0.0.1:8420");
        }
        if (!Key.isName(flow)) {
            throw mistake("'" + flow + "' cannot name a flow");
        }
    }

    private Receiver receiver() {
        return new HttpReceiver(
                server, flow, Optional.ofNullable(run), length -> TimeUnit.NANOSECONDS.sleep(length.toNanos()));
    }

    private ParameterException mistake(String text) {
        return new ParameterException(spec.commandLine(), SafeText.escaped(text, MOST_REASON));
    }
}
