package dev.sluice.redis;

import dev.sluice.Command;
import dev.sluice.Outcome;
import dev.sluice.Packed;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.StoreException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script answers: when it looked, what it found and what it left. The answer and the effects follow from that,
 * by the same step in Java, and whether both agree is looked at each time.
 */
final class Stepped {
    private final long now;
    private final long floor;
    private final byte @Nullable [] before;
    private final byte @Nullable [] after;

    /** By the parts of the reply: time, floor of the fences, packed state before, packed state after. */
    Stepped(List<@Nullable Object> reply) {
        now = (Long) reply.get(0);
        floor = (Long) reply.get(1);
        before = (byte[]) reply.get(2);
        after = (byte[]) reply.get(3);
    }

    /** Time of the step, in microseconds. */
    long now() {
        return now;
    }

    /** The packed state that is there now; null if there is none. */
    byte @Nullable [] after() {
        return after;
    }

    State before() {
        return before == null ? State.absent(floor) : Packed.decode(before);
    }

    /** @throws StoreException if the script gave something else than the step in Java does */
    Outcome outcome(Command command) {
        State found = before();
        Outcome outcome = Step.apply(found, command.rule(), command.event(), now);
        if (before == null && !command.event().brings()) {
            return new Outcome(found, outcome.state(), outcome.answer(), List.of());
        }
        if (!Arrays.equals(Packed.encode(outcome.state()), after)) {
            throw new StoreException("the script in Redis and this version do not agree on a state of the flow "
                    + command.key().flow() + "; do other versions write to the same keys?");
        }
        return outcome;
    }
}
