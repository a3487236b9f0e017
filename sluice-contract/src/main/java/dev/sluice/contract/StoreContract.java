package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Answer;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Everything that a {@link dev.sluice.Store} must do. A store is proven by a class of a few lines:
 *
 * <pre>{@code
 * class MemoryStoreContractTest extends StoreContract {
 *     @Override
 *     protected Store open(InstantSource clock) {
 *         return new MemoryStore(1_000_000, clock);
 *     }
 *
 *     @Override
 *     protected Optional<Store> reopen(InstantSource clock) {
 *         return Optional.empty();
 *     }
 * }
 * }</pre>
 *
 * <p>The store must have room for 10,000 keys. Each test has a store of its own, in virtual time; none sleeps, but where a
 * cut connection comes back in its own time.
 *
 * <p>A store that several processes share overrides {@link #openSecond}; one that is a server, {@link
 * #openByItsOwnClock} and, with a proxy in between, {@link #cutRepliesAfter}; one that pushes resets, {@link
 * #tellsOfResetsElsewhere}. Without them the kit proves nothing about these.
 */
public abstract class StoreContract extends HistoryContract {
    private static final Rule TWO = Rule.allow("2 per 1h").build();

    /** For the class that names the store. */
    protected StoreContract() {}

    @Test
    void keepsItsStatesWhileItIsClosed() throws Exception {
        Live claim = claim(DB_DOWN, FIVE);
        deliver(DB_DOWN, FIVE);
        Optional<State> before = read(DB_DOWN);
        if (reopenStore()) {
            assertEquals(before, read(DB_DOWN));
            assertInstanceOf(Answer.Ok.class, complete(DB_DOWN, FIVE, claim));
            assertEquals(2, read(DB_DOWN).orElseThrow().done());
            assertEquals(List.of(DB_DOWN), await(store().keys("errors", Optional.empty(), 10)));
        }
    }

    @Test
    void keepsWhatIsDueWhileItIsClosed() throws Exception {
        Out tally = owe(DB_DOWN);
        Key later = Key.of("errors", "later");
        claim(later, TWO);
        if (reopenStore()) {
            assertEquals(List.of(DB_DOWN), due());
            assertEquals(Optional.of(tally), take(DB_DOWN, TWO));
            told(DB_DOWN, TWO, tally);
            assertEquals(now() + TWO.lease(), nextDue());
        }
    }

    @Test
    void keepsTheHighestFenceWhileItIsClosed() throws Exception {
        Live before = claim(DB_DOWN, JOB);
        complete(DB_DOWN, JOB, before);
        pass(Rule.DEFAULT_LEASE);
        assertEquals(1, forget(JOB).size());
        pass(Duration.ofHours(-1));
        if (reopenStore()) {
            assertTrue(claim(DB_DOWN, JOB).fence() > before.fence(), "a fence was given out twice");
        }
    }
}
