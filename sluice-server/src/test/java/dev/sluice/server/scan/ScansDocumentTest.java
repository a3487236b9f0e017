package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ScanConfig;
import dev.sluice.server.config.WriteBackConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScansDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "scans.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final String BEFORE = """
            channels:
              shop-mail: {type: smtp, host: smtp.example.org, from: shop@example.org}
            budgets:
              shopper: {per: recipient, allow: 3 per 24h, digest: off}
            """;

    @TempDir
    Path directory;

    @Test
    @DisplayName("the configuration on the page is one, and says what the page says")
    void theConfigurationOfThePage() throws Exception {
        FlowConfig flow = flow(block(0));
        ScanConfig scan = flow.scan().orElseThrow();
        assertThat(scan.database().url().toString()).isEqualTo("mariadb://reader@db.example.org/shop");
        assertThat(scan.columns().required()).isEqualTo(List.of("price", "email"));
        assertThat(scan.limits().ramp()).contains(new ScanConfig.Ramp(100, Duration.ofMinutes(1)));
        assertThat(scan.limits().maxAge()).contains(Duration.ofDays(7));
        assertThat(scan.queries().gone()).isPresent();
    }

    @Test
    @DisplayName("the statements that write back on the page can be added to it")
    void theStatementsOfThePage() throws Exception {
        String with = block(0).replace("        required: [price]\n", "        required: [price, total]\n" + block(1))
                .replace("c.quantity,", "c.quantity, 1 as total,");
        WriteBackConfig log = flow(with).scan().orElseThrow().writeBack().orElseThrow();
        assertThat(log.database().url().toString()).isEqualTo("mariadb://log_writer@db.example.org/shop");
        assertThat(log.statements()).containsOnlyKeys(WriteBackConfig.On.values());
    }

    private static String block(int index) throws Exception {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .toList()
                .get(index);
    }

    private FlowConfig flow(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), BEFORE + text);
        return Objects.requireNonNull(new ConfigReader(
                        Optional.of(file),
                        Map.of("SHOP_PASSWORD", "word of mouth", "LOG_PASSWORD", "secret"),
                        Optional.of(directory),
                        Optional.empty())
                .read()
                .flows()
                .get("abandoned-cart"));
    }

    @Test
    @DisplayName("the rows and layers on the page are those that are tested, by the same names")
    void everyRowIsATest() throws Exception {
        assertThat(rows("| scenario |", 3)).isEqualTo(names(PromisedRowsTest.class));
        assertThat(rows("| layer there |", 1)).isEqualTo(names(FiveLayersTest.class));
    }

    /** The first cells of each row of the table that begins so. */
    private static Set<String> rows(String header, int cells) throws IOException {
        String page = Files.readString(PAGE);
        return page.substring(page.indexOf(header))
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> Stream.of(line.split(" *\\| *", -1)).skip(1).limit(cells))
                .map(row -> row.collect(Collectors.joining(" | ")))
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Class<?> tests) {
        return Stream.of(tests.getDeclaredMethods())
                .map(method -> method.getAnnotation(DisplayName.class))
                .filter(Objects::nonNull)
                .map(DisplayName::value)
                .collect(Collectors.toSet());
    }
}
