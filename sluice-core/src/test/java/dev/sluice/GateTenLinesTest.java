package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The use that the README shows, as it stands there. */
class GateTenLinesTest {
    private final List<String> mails = new ArrayList<>();

    private void mail(String text) {
        mails.add(text);
    }

    @Test
    void tenLinesKeepAnErrorFromFloodingAMailbox() {
        Store store = new MemoryStore(100_000, InstantSource.system());
        try (Gate gate = Gate.over(store)
                .flow("errors", Rule.allow("5 per 1h").summaryAt(3).build())
                .onDigest((key, tally) -> mail(key.subject() + ": " + tally.held() + " more were held"))
                .build()) {
            for (int i = 0; i < 100; i++) {
                gate.run(Key.of("errors", "db-down"), () -> mail("the database is down"));
            }
        }
        assertThat(mails).hasSize(5).containsOnly("the database is down");
    }
}
