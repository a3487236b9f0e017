package dev.sluice.server.feed;

import dev.sluice.server.text.SafeText;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The part of a command line that says what is read, and how. */
final class InputOptions {
    private static final int MOST_REASON = 500;

    private static final String STANDARD_INPUT = "-";

    @Option(
            names = "--format",
            description = "${COMPLETION-CANDIDATES}; without it, guessed from the name and the first line.")
    private @Nullable Format format;

    @Option(
            names = "--map",
            split = ",",
            paramLabel = "PART=COLUMN",
            description = "Which column is which part: subject, title, message, severity, variant, id, or a field that"
                    + " the subject is made of. Other columns become data.")
    private Map<String, String> map = new LinkedHashMap<>();

    @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
    private String file = STANDARD_INPUT;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    InputOptions() {}

    /** As it was named. */
    String file() {
        return file;
    }

    InputStream open() throws IOException {
        return file.equals(STANDARD_INPUT) ? System.in : new BufferedInputStream(new FileInputStream(file));
    }

    /** In bytes, if it is known. */
    OptionalLong size() throws IOException {
        return file.equals(STANDARD_INPUT) ? OptionalLong.empty() : OptionalLong.of(Files.size(Path.of(file)));
    }

    /** @throws ParameterException if the mapping does not fit what is read */
    Source source(InputStream input) throws IOException {
        LineReader lines = new LineReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        Mapping mapping = new Mapping(map);
        Optional<LineReader.Line> first = lines.nextWritten();
        first.ifPresent(lines::putBack);
        Format chosen = Optional.ofNullable(format)
                .orElseGet(() ->
                        Format.guess(file, first.map(LineReader.Line::text).orElse(""), mapping));
        try {
            return chosen.read(lines, mapping);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), SafeText.escaped(file + ": " + e.getMessage(), MOST_REASON));
        }
    }
}
