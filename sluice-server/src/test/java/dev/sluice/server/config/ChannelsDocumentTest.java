package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.server.template.Placeholder;
import dev.sluice.server.template.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the page on channels are what the server reads. */
class ChannelsDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "channels.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");

    @TempDir
    Path directory;

    static List<String> examples() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(each -> each.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsWithoutMistake(String yaml) {
        assertThat(read(yaml).channels()).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(Recipe.class)
    void theTemplatesOnThePageAreTheOnesOfTheFormats(Recipe recipe) throws IOException {
        Map<String, Object> values = new HashMap<>();
        Stream.of(Placeholder.values()).forEach(each -> values.put(each.word(), "<" + each.word() + "> & *"));
        ObjectMapper json = new ObjectMapper();
        String word = recipe.name().toLowerCase(Locale.ROOT);
        String yaml = examples().stream()
                .filter(each -> each.contains("my-" + word + ":"))
                .collect(Collectors.joining());
        ChannelConfig.Webhook own = Reading.channel(read(yaml), "my-" + word, ChannelConfig.Webhook.class);

        values.put(Placeholder.CHAT.word(), "-1001234567890");
        assertThat(json.readTree(own.request().body().orElseThrow().render(values)))
                .isEqualTo(json.readTree(recipe.body().render(values)));
    }

    @Test
    void thePageNamesEveryPlaceholderWithItsMeaning() throws IOException {
        String table = Arrays.stream(Placeholder.values())
                .map(each -> "| `" + each.word() + "` | " + each.meaning() + " |\n")
                .collect(Collectors.joining());
        assertThat(Files.readString(PAGE)).contains(table);
    }

    private ServerConfig read(String yaml) {
        Map<String, String> environment = new HashMap<>();
        Matcher variable = VARIABLE.matcher(yaml);
        while (variable.find()) {
            environment.put(variable.group(1), variable.group(1).endsWith("_URL") ? "https://example.org/x" : "word");
        }
        return new Reading(directory).read(yaml, environment);
    }
}
