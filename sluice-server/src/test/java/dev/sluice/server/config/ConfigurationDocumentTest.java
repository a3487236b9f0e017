package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The documentation says what the server does. */
class ConfigurationDocumentTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("configuration.md");
    private static final Path EXAMPLE = DOCS.resolve("sluice.example.yaml");
    private static final Map<String, String> SECRETS =
            Map.of("OPS_MAIL_PASSWORD", "x", "PAGER_SECRET", "y", "SLACK_URL", "https://hooks.example.org/x");

    @Test
    void thePageListsEveryOptionAsTheReaderKnowsIt() throws IOException {
        String page = new ConfigurationDocument().page(Files.readString(EXAMPLE));
        if ("write".equals(System.getProperty("sluice.docs"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; its last lines say how to make it anew")
                .isEqualTo(page);
    }

    @Test
    void theExampleIsWithoutMistake() throws ConfigException {
        ServerConfig config =
                new ConfigReader(Optional.of(EXAMPLE), SECRETS, Optional.empty(), Optional.empty()).read();
        assertThat(config.flows())
                .containsOnlyKeys("errors", "margin-call", "abandoned-cart", "disk-full", "nightly-report");
        assertThat(config.channels()).containsOnlyKeys("ops-mail", "pager", "chat", "log", "inbox");
        assertThat(config.flow("errors").orElseThrow())
                .extracting(FlowConfig::subject)
                .isEqualTo(ServerConfig.standard(Path.of("data"))
                        .flow("errors")
                        .orElseThrow()
                        .subject());
    }
}
