package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static dev.sluice.sql.Keys.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.State;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCrashTest {
    private static final int BEFORE_THE_KILL = 20_000;

    @TempDir
    private Path directory;

    @Test
    void whatWasAcknowledgedIsThereAfterAKillInTheMiddle() throws Exception {
        Path file = directory.resolve("sluice.db");
        int acknowledged = 0;
        try (OtherProcess other = OtherProcess.deciding(file)) {
            assertThat(other.says()).contains(OtherProcess.OPEN);
            while (acknowledged < BEFORE_THE_KILL) {
                assertThat(other.says()).contains(Integer.toString(acknowledged));
                acknowledged++;
            }
            other.kill();
            while (other.says().equals(Optional.of(Integer.toString(acknowledged)))) {
                acknowledged++;
            }
        }
        try (SqlStore store = SqlStore.sqlite(file, SqliteSettings.STANDARD, InstantSource.system())) {
            for (int number = 0; number < acknowledged; number++) {
                Optional<State> state = await(store.read(key("subject-" + number)));
                assertThat(state.map(State::done)).as("subject %s", number).contains(1);
            }
        }
    }
}
