package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said of a database that is away: at once in the log, and to the operator when something can be stored. */
class DatabaseLookoutTest {
    private final LogLines lines = new LogLines();
    private final List<Notice> told = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean away;
    private int probes;
    private final DatabaseLookout lookout =
            new DatabaseLookout("postgresql://db.example.org/sluice", this::probe, () -> now, lines);

    private CompletionStage<Boolean> probe() {
        probes++;
        return away
                ? CompletableFuture.failedFuture(new StoreException("it refuses connections"))
                : CompletableFuture.completedFuture(true);
    }

    private void lookInVain() {
        assertThatThrownBy(() -> lookout.look(told::add)).isInstanceOf(StoreException.class);
    }

    private void goesAway() {
        away = true;
        lookout.watched(CompletableFuture.failedFuture(new StoreException("no answer")));
        lookInVain();
    }

    @Test
    void aDatabaseThatNothingSpeaksAgainstIsNotWrittenTo() {
        lookout.look(told::add);
        lookout.watched(CompletableFuture.completedFuture("stored"));
        lookout.look(told::add);
        assertThat(probes).isZero();
    }

    @Test
    void oneFailureOfADatabaseThatIsThereIsNothingToTell() {
        lookout.suspect();
        lookout.look(told::add);
        lookout.look(told::add);
        assertThat(probes).isEqualTo(1);
        assertThat(told).isEmpty();
        assertThat(lines.written()).isEmpty();
    }

    @Test
    void theLogSaysOnceThatItIsAwayAndTheOperatorHearsFromWhenToWhenOnceItIsBack() {
        goesAway();
        now = now.plusSeconds(60);
        lookInVain();
        assertThat(lines.written()).singleElement().asString().startsWith("ERROR");
        assertThat(lookout.outage()).isPresent();

        away = false;
        now = now.plusSeconds(30);
        lookout.look(told::add);
        lookout.look(told::add);
        assertThat(told).singleElement().satisfies(notice -> {
            assertThat(notice.title()).isEqualTo("The database was away");
            assertThat(notice.text())
                    .contains(
                            "postgresql://db.example.org/sluice",
                            "from 2026-01-01T00:00:00Z to 2026-01-01T00:01:30Z, for 90 s",
                            "it refuses connections");
        });
        assertThat(lookout.outage()).isEmpty();
        assertThat(lines.written()).hasSize(2).last().asString().startsWith("INFO");
    }

    @Test
    void whatCannotBeToldYetIsToldByTheNextLook() {
        goesAway();
        away = false;
        Consumer<Notice> refusing = notice -> {
            throw new StoreException("away again");
        };
        assertThatThrownBy(() -> lookout.look(refusing)).isInstanceOf(StoreException.class);
        lookout.look(told::add);
        assertThat(told).hasSize(1);
    }
}
