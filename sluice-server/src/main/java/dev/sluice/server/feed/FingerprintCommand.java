package dev.sluice.server.feed;

import dev.sluice.Fingerprint;
import dev.sluice.SubjectRecipe;
import dev.sluice.server.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice fingerprint}: shows which lines of a file would be one subject. */
@Command(
        name = "fingerprint",
        header = "Print the subject of each line of a file, to preview what is grouped together.",
        description = {
            "The subject is that of the flow 'errors': processor, error type, and the first characters of the message with"
                    + " what varies in it (numbers, times, ids, addresses, paths, quoted names) replaced by <*>. Lines"
                    + " with equal subjects share an allowance. Nothing is sent anywhere.",
            "A line that cannot be read is reported with its number, and the rest goes on."
        },
        footer = {
            "",
            "Examples:",
            "  sluice fingerprint app.log",
            "  sluice fingerprint --groups app.log",
            "  sluice fingerprint --groups --map message=Content,processor=Component log.csv",
            "  sluice fingerprint --chars 0 --normalise off app.log",
            "  tail -f app.log | sluice fingerprint -"
        })
public final class FingerprintCommand implements Callable<Integer> {
    private static final int LONGEST_EXAMPLE = 200;
    private static final int LONGEST_WARNING = 1_000;
    private static final int BETWEEN_LOOKS = 1_000;

    /** Whether to do it. */
    enum Normalise {
        ON,
        OFF
    }

    @Option(
            names = "--chars",
            paramLabel = "N",
            description = "How many characters of the message count; 0: all (default: ${DEFAULT-VALUE}).")
    private int chars = 100;

    @Option(
            names = "--normalise",
            paramLabel = "on|off",
            description = "Whether to replace what varies (default: ${DEFAULT-VALUE}).")
    private Normalise normalise = Normalise.ON;

    @Option(
            names = {"--groups", "--count"},
            description =
                    "Print each subject once, the most frequent first, with how often it came and its first line.")
    private boolean groups;

    @Mixin
    private final InputOptions read = new InputOptions();

    private final Speechless speechless = new Speechless();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A command to add to a command line. */
    public FingerprintCommand() {}

    @Override
    public Integer call() {
        if (chars < 0) {
            throw new ParameterException(spec.commandLine(), "--chars must be at least 1, or 0 for all");
        }
        PrintWriter err = spec.commandLine().getErr();
        try (CountedInput input = new CountedInput(read.open())) {
            boolean bar = groups && Ansi.AUTO.enabled();
            Progress progress = new Progress(err, bar, read.size(), input::count, System::nanoTime);
            Source source = read.source(input);
            if (groups) {
                grouped(source, progress);
            } else {
                each(source, progress);
            }
            speechless.warning(source).ifPresent(warning -> err.println(SafeText.escaped(warning, LONGEST_WARNING)));
            return ExitCode.OK;
        } catch (IOException e) {
            err.println("Cannot read " + read.file() + ": " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private void each(Source source, Progress progress) throws IOException {
        Subjects subjects = subjects();
        PrintWriter out = spec.commandLine().getOut();
        boolean listened = true;
        long done = 0;
        for (Optional<Item> item = source.next(); listened && item.isPresent(); item = source.next()) {
            if (item.get() instanceof Item.Occurrence occurrence) {
                speechless.add(occurrence);
                out.print(safe(subjects.of(occurrence)) + System.lineSeparator());
            } else if (item.get() instanceof Item.Bad bad) {
                progress.trouble(bad.line(), bad.why());
            }
            if (++done % BETWEEN_LOOKS == 0 || source.idle()) {
                // Whoever read the other end of a pipe may have seen enough.
                listened = !out.checkError();
            }
        }
        out.flush();
        progress.end();
    }

    private void grouped(Source source, Progress progress) throws IOException {
        Subjects subjects = subjects();
        Grouping grouping = new Grouping();
        long done = 0;
        for (Optional<Item> item = source.next(); item.isPresent(); item = source.next()) {
            if (item.get() instanceof Item.Occurrence occurrence) {
                speechless.add(occurrence);
                String example = SafeText.escaped(subjects.example(occurrence), LONGEST_EXAMPLE);
                grouping.add(safe(subjects.of(occurrence)), example, occurrence.line());
                progress.progress(++done);
            } else if (item.get() instanceof Item.Bad bad) {
                progress.trouble(bad.line(), bad.why());
            }
        }
        progress.end();
        print(grouping, done);
    }

    private void print(Grouping grouping, long occurrences) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> lines = grouping.largestFirst();
        for (int i = 0; i < lines.size() && (i % BETWEEN_LOOKS > 0 || !out.checkError()); i++) {
            out.print(lines.get(i));
        }
        out.print(String.format(Locale.ROOT, "%,10d  occurrences, %,d subjects%n", occurrences, grouping.size()));
        out.flush();
    }

    private Subjects subjects() {
        Fingerprint print = new Fingerprint("message", chars, normalise == Normalise.ON);
        return new Subjects(new SubjectRecipe.Spelled(List.of("processor", "error_type"), Optional.of(print)));
    }

    private static String safe(String subject) {
        return SafeText.escaped(subject, Integer.MAX_VALUE);
    }
}
