package dev.sluice.referee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A module that forgets the dependency would be judged by nobody, and nobody would see it. */
class EveryModuleHasARefereeTest {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final String REFEREE = "<artifactId>sluice-referee</artifactId>";

    @Test
    void everyModuleOfTheBuildNamesTheReferee() throws IOException {
        Path root = Path.of("..");
        List<String> modules = MODULE.matcher(Files.readString(root.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(modules)
                .contains("sluice-referee")
                .allSatisfy(module -> assertThat(root.resolve(module).resolve("pom.xml"))
                        .content()
                        .contains(REFEREE));
    }
}
