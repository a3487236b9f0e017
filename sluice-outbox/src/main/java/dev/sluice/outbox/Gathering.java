package dev.sluice.outbox;

import dev.sluice.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Occurrences that come together, such as those of one request: what passes of them with the same group goes out as one
 * message when the gathering ends, where their flow waits for nobody. Begun by {@link Outbox#gather}; safe for use by many
 * threads. One that is never ended, or lasts longer than {@link #LONGEST}, only delays: each message is due that long after it
 * was stored.
 */
public final class Gathering {
    /** So long a message waits for the end of its gathering. */
    public static final Duration LONGEST = Duration.ofSeconds(5);

    private final Outbox outbox;
    private final Queue<Waiting> gathered = new ConcurrentLinkedQueue<>();

    /** A message that is due at the end. */
    record Waiting(Key key, long message) {}

    Gathering(Outbox outbox) {
        this.outbox = outbox;
    }

    /** As {@link Outbox#accept}. */
    public CompletionStage<Acceptance> accept(Occurrence occurrence) {
        if (occurrence.context().group().isEmpty()) {
            return outbox.accept(occurrence);
        }
        return outbox.accept(occurrence.gathered()).thenApply(answer -> {
            if (answer instanceof Acceptance.Decided decided) {
                decided.message().ifPresent(message -> gathers(decided.key(), message.id()));
            }
            return answer;
        });
    }

    /** As {@link Outbox#recovered}: messages that it is over go out together, too, as those did that told that it began. */
    public CompletionStage<Optional<Episode>> recovered(Key key, OptionalDouble level) {
        return outbox.recovered(key, level, true)
                .thenApply(ended -> ended.map(closed -> {
                    closed.told().ifPresent(message -> gathers(key, message));
                    return closed.episode();
                }));
    }

    private void gathers(Key key, long message) {
        if (waitsForNobody(key)) {
            gathered.add(new Waiting(key, message));
        }
    }

    private boolean waitsForNobody(Key key) {
        return outbox.plan(key).sending().groupWait().isZero();
    }

    /**
     * What was accepted is due now. To be called once all of it was answered.
     *
     * @return how many messages that were; fails as {@link Outbox#accept} does, and they are then a little later
     */
    public CompletionStage<Integer> end() {
        List<Waiting> all = List.copyOf(gathered);
        return all.isEmpty() ? CompletableFuture.completedFuture(0) : outbox.due(all);
    }
}
