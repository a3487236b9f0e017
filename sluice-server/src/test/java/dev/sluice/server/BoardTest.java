package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.http.Loudest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who comes most often, however many there are. */
class BoardTest {
    private final Board board = new Board();

    @Test
    void theMostFrequentTenComeFirstWithTheirExactCounts() {
        for (int name = 0; name < 100; name++) {
            for (int i = 0; i <= name; i++) {
                board.count("n" + name);
            }
        }
        assertThat(board.top())
                .hasSize(10)
                .startsWith(new Loudest.Count("n99", 100), new Loudest.Count("n98", 99))
                .endsWith(new Loudest.Count("n90", 91));
    }

    @Test
    void aFrequentNameIsNeitherMissingNorCountedTooLowAmongAMillionRareOnes() {
        Random random = new Random(7);
        Map<String, Integer> frequent = new HashMap<>();
        for (int i = 0; i < 1_000_000; i++) {
            boolean often = random.nextInt(10) == 0;
            String name = often ? "often" + random.nextInt(5) : "rare" + i;
            board.count(name);
            if (often) {
                frequent.merge(name, 1, Integer::sum);
            }
        }
        List<Loudest.Count> top = board.top();
        frequent.forEach((name, times) -> assertThat(top)
                .filteredOn(each -> each.name().equals(name))
                .singleElement()
                .satisfies(each -> assertThat(each.count()).isBetween((long) times, times + 1_000_000L / 256)));
    }

    @Test
    void longNamesAreCut() {
        board.count("x".repeat(1 << 20));
        assertThat(board.top().get(0).name()).hasSize(201);
    }
}
