package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwingsTest {
    private static final int CALLERS = 4;
    private static final int EACH = 20_000;

    private final Owings owings = new Owings(Owings.Places.of(1));
    private final Command offer = new Command(
            Key.of("errors", "hot"),
            Rule.allow("5 per 1h").build(),
            new Event.Offer(1, 1, OptionalDouble.empty(), Event.Settle.NOW));

    @Test
    void whatManyThreadsHoldIsTakenOnceWhileItIsTaken() {
        CompletableFuture<Void> all = CompletableFuture.allOf(IntStream.range(0, CALLERS)
                .mapToObj(caller -> CompletableFuture.runAsync(this::hold))
                .toArray(CompletableFuture<?>[]::new));
        long taken = 0;
        while (!all.isDone()) {
            taken += taken();
        }
        all.join();
        assertThat(taken + taken()).isEqualTo((long) CALLERS * EACH);
        assertThat(owings.owed()).isZero();
    }

    private void hold() {
        for (int i = 0; i < EACH; i++) {
            owings.held(offer, i);
        }
    }

    private long taken() {
        return owings.take(10, Set.of()).stream().mapToLong(Owed::held).sum();
    }
}
