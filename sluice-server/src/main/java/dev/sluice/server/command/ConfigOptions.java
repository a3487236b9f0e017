package dev.sluice.server.command;

import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the configuration comes from. */
final class ConfigOptions {
    /** Longer than any that is written for people. */
    private static final int MOST_MISTAKE = 2_000;

    private static final String FILE = "sluice.yaml";
    private static final String FILE_VARIABLE = "SLUICE_CONFIG";

    private final Surroundings surroundings;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, YAML. Default: $SLUICE_CONFIG, else ./sluice.yaml if there is one.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Keep state in SQLite in this directory, whatever the configuration says; beside a Redis, the messages. Default: ./data.")
    private @Nullable Path data;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where to listen. There is no log-in: keep it on loopback. Default: 127.0.0.1:8420.")
    private @Nullable String http;

    ConfigOptions(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The configuration; empty if it has mistakes, which are then in {@code err}. */
    Optional<ConfigReader.Understood> read(PrintWriter err) {
        ConfigReader reader = new ConfigReader(
                file(), surroundings.environment(), Optional.ofNullable(data), Optional.ofNullable(http));
        try {
            return Optional.of(reader.understand());
        } catch (ConfigException e) {
            int count = e.mistakes().size();
            e.mistakes().forEach(each -> err.println(SafeText.escaped(each.toString(), MOST_MISTAKE)));
            err.println(count == 1 ? "1 mistake." : count + " mistakes.");
            err.flush();
            return Optional.empty();
        }
    }

    /** Which file is read; empty for none. */
    Optional<Path> file() {
        return Optional.ofNullable(config)
                .or(() -> Optional.ofNullable(surroundings.environment().get(FILE_VARIABLE))
                        .filter(name -> !name.isEmpty())
                        .map(Path::of))
                .or(() -> Optional.of(surroundings.directory().resolve(FILE)).filter(Files::exists));
    }
}
