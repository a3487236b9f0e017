package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiceTest {
    private static final int DRAWS = 10_000;

    @Test
    void threadsThatShareItNeverDrawTheSameNumber() {
        Dice dice = new Dice(new SecureRandom());
        Set<Long> drawn = ConcurrentHashMap.newKeySet();
        IntStream.range(0, DRAWS).parallel().forEach(i -> drawn.add(dice.nextLong()));
        assertThat(drawn).hasSize(DRAWS);
    }

    @Test
    void theSameSourceGivesTheSameSequence() {
        Dice one = new Dice(new SplittableRandom(1));
        Dice other = new Dice(new SplittableRandom(1));
        assertThat(IntStream.range(0, DRAWS).mapToObj(i -> one.nextLong()))
                .containsExactlyElementsOf(IntStream.range(0, DRAWS)
                        .mapToObj(i -> other.nextLong())
                        .toList());
    }

    @Test
    void aNameIsOf32HexadecimalDigits() {
        assertThat(new Dice(new SplittableRandom(1)).name()).matches("[0-9a-f]{32}");
    }
}
