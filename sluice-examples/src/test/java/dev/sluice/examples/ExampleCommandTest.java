package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

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
    void helpIsThere() {
        assertThat(Told.by("--help").out()).contains("sluice example error-flood --console");
    }
}
