package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobHistoriesTest {
    private static final System.Logger LOG = System.getLogger(JobHistoriesTest.class.getName());
    private static final int HISTORIES = Integer.getInteger("sluice.histories.jobs", 150);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** What is killed says so, thousands of times. Kept here, because nobody else keeps a logger that was set. */
    private final Logger log = Logger.getLogger(Runner.class.getName());

    @BeforeEach
    void beSilent() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        log.setLevel(null);
    }

    /** A failing one is named, and played again with {@code -Dsluice.history.seed=N}. */
    @Test
    void neverTwoAtWorkForOneSubjectAndNeverOneBlockedBeyondALease() {
        long first = Long.getLong("sluice.history.seed", 0);
        long last = Long.getLong("sluice.history.seed", HISTORIES - 1);
        int effects = 0;
        int refused = 0;
        int takenOver = 0;
        try (Workshop shop = new Workshop(directory)) {
            for (long seed = first; seed <= last; seed++) {
                shop.empty();
                History history = new History(shop, seed);
                history.play();
                effects += history.effects();
                refused += history.refused();
                takenOver += history.takenOver();
            }
        }
        LOG.log(
                System.Logger.Level.INFO,
                "{0} histories: {1} effects, {2} late ones refused, {3} jobs taken over",
                last - first + 1,
                effects,
                refused,
                takenOver);
        // Else they would prove nothing.
        if (first != last) {
            assertThat(effects).isGreaterThan(HISTORIES);
            assertThat(refused).isPositive();
            assertThat(takenOver).isPositive();
        }
    }
}
