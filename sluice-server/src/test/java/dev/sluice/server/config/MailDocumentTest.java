package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the page on mails is what the server reads. */
class MailDocumentTest {
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void theExampleIsWithoutMistakeAndReadsAsThePageSays() throws IOException {
        Matcher example = YAML.matcher(Files.readString(Path.of("..", "docs", "mail.md")));
        assertThat(example.find()).isTrue();
        Files.writeString(directory.resolve("cart.html"), "<a href=\"{{link}}\">{{data.name}}</a>");
        MailConfig mail = new Reading(directory)
                .read(example.group(1), Map.of("LINK_SECRET", "0123456789abcdef"))
                .flow("abandoned-cart")
                .flatMap(FlowConfig::mail)
                .orElseThrow();

        assertThat(mail.texts()
                        .title()
                        .orElseThrow()
                        .render(Map.of("data", Map.of("name", "Ann"), "tier", Map.of("discount", "20"))))
                .isEqualTo("Ann, you left something in your cart + 20% OFF!");
        assertThat(mail.unsubscribe()).isTrue();
    }
}
