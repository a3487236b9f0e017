package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a test wrote. */
final class Reading {
    private final Path file;

    Reading(Path directory) {
        file = directory.resolve("sluice.yaml");
    }

    ServerConfig read(String yaml) {
        return read(yaml, Map.of());
    }

    ServerConfig read(String yaml, Map<String, String> environment) {
        try {
            return reader(yaml, environment).read();
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    ConfigReader.Understood understand(String yaml, Map<String, String> environment) throws ConfigException {
        return reader(yaml, environment).understand();
    }

    /** Each mistake in one line, with the file as {@code sluice.yaml}. */
    List<String> mistakes(String yaml, Map<String, String> environment) {
        ConfigReader reader = reader(yaml, environment);
        ConfigException thrown = catchThrowableOfType(ConfigException.class, reader::read);
        if (thrown == null) {
            return List.of();
        }
        return thrown.mistakes().stream()
                .map(each -> each.toString().replace(file.toString(), "sluice.yaml"))
                .toList();
    }

    static <C extends ChannelConfig> C channel(ServerConfig config, String name, Class<C> type) {
        return type.cast(Optional.ofNullable(config.channels().get(name)).orElseThrow());
    }

    private ConfigReader reader(String yaml, Map<String, String> environment) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ConfigReader(Optional.of(file), environment, Optional.empty(), Optional.empty());
    }
}
