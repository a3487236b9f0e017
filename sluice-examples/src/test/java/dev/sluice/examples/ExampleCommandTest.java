package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExampleCommandTest {
    @Test
    void withoutANameTheExamplesAreListed() {
        Told told = Told.by();
        assertThat(told.code()).isZero();
        assertThat(told.out().lines())
                .hasSameSizeAs(Examples.all())
                .first()
                .asString()
                .startsWith("error-flood ");
    }

    @Test
    void anUnknownNameIsAMistakeAndTheOthersAreNamed() {
        Told told = Told.by("error-flod");
        assertThat(told.code()).isEqualTo(2);
        assertThat(told.out()).isEmpty();
        assertThat(told.err()).contains("'error-flod'", "There are: error-flood");
    }

    @Test
    void helpAndReadmeNameEveryExample() throws IOException {
        String help = Told.by("--help").out();
        String readme = Files.readString(Path.of("..", "README.md"));
        assertThat(help).contains("sluice example error-flood --console");
        for (Example example : Examples.all()) {
            assertThat(help).contains("sluice example " + example.name());
            assertThat(readme).contains("./sluice example " + example.name());
        }
    }
}
