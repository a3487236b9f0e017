package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The store under proof on a clock that the kit moves, and the events in words. */
abstract class StoreBench {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    /** A store that takes longer to answer one command than this hangs. */
    private static final long PATIENCE_SECONDS = 30;

    private static final int SHOWN = 1_000;

    private final ManualClock clock = new ManualClock(START);
    private final AtomicLong ids = new AtomicLong(1_000);
    private final List<Store> others = new ArrayList<>();
    private Store store;

    /**
     * A new, empty store that reads its time from {@code clock}. Called once for each test; the kit closes it.
     *
     * @throws Exception if it cannot be opened; the test fails
     */
    protected abstract Store open(InstantSource clock) throws Exception;

    /**
     * The store that the last {@link #open} of this test gave, which the kit has closed, opened again with what it held.
     *
     * @return empty if such a store forgets everything when it is closed; the kit then proves nothing about reopening
     * @throws Exception if it cannot be opened; the test fails
     */
    protected abstract Optional<Store> reopen(InstantSource clock) throws Exception;

    /**
     * A second handle to the keys of the last {@link #open} of this test, as another process would have it: it shares
     * nothing with the first but the server. Called at most once for each test; the kit closes it.
     *
     * @return empty if the store is for one process alone; the kit then proves nothing about sharing
     * @throws Exception if it cannot be opened; the test fails
     */
    protected Optional<Store> openSecond(InstantSource clock) throws Exception {
        return Optional.empty();
    }

    /**
     * A further handle to the keys of the last {@link #open} of this test that goes by the clock of its server, taken to
     * be so much ahead of what it shows. The kit closes it.
     *
     * @return empty if the store has no clock but that of its process; the kit then proves nothing about clocks of servers
     * @throws Exception if it cannot be opened; the test fails
     */
    protected Optional<Store> openByItsOwnClock(Duration ahead) throws Exception {
        return Optional.empty();
    }

    /**
     * Cuts the connection on which the server answers the store, once, behind so many more bytes of its replies: the
     * command arrived, and nobody knows.
     *
     * @return false if nothing stands between the store and its state; the kit then proves nothing about lost replies
     * @throws Exception if that cannot be done; the test fails
     */
    protected boolean cutRepliesAfter(long bytes) throws Exception {
        return false;
    }

    /** Whether a handle tells its {@linkplain Store#listen listener} of resets through another one. */
    protected boolean tellsOfResetsElsewhere() {
        return false;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = open(clock);
    }

    @AfterEach
    void closeStores() {
        others.forEach(Store::close);
        store.close();
    }

    /** A second handle to the same keys, if this is a store that has such. */
    final Optional<Store> second() throws Exception {
        return kept(openSecond(clock));
    }

    /** A handle by the clock of the server, if this is a store that has one. */
    final Optional<Store> byItsOwnClock(Duration ahead) throws Exception {
        return kept(openByItsOwnClock(ahead));
    }

    private Optional<Store> kept(Optional<Store> opened) {
        opened.ifPresent(others::add);
        return opened;
    }

    /** Closes the store and opens it again; says whether it is one that can be opened again. */
    final boolean reopenStore() throws Exception {
        store.close();
        Optional<Store> again = reopen(clock);
        store = again.isPresent() ? again.get() : open(clock);
        return again.isPresent();
    }

    final Store store() {
        return store;
    }

    final ManualClock clock() {
        return clock;
    }

    /** What the clock shows, in microseconds. */
    final long now() {
        return Micros.of(clock.instant());
    }

    final void pass(Duration length) {
        clock.advance(length);
    }

    final Outcome apply(Key key, Rule rule, Event event) {
        return apply(store, key, rule, event);
    }

    /** Through another handle than that of the test. */
    static Outcome apply(Store handle, Key key, Rule rule, Event event) {
        return await(handle.apply(new Command(key, rule, event)));
    }

    static Event completion(Live claim) {
        return new Event.Complete(claim.fence(), claim.nonce());
    }

    /** An offer of an occurrence that was never offered before. */
    final Event.Offer occurrence() {
        return occurrence(ids.incrementAndGet());
    }

    final Event.Offer occurrence(long id) {
        return new Event.Offer(id, ids.incrementAndGet() << 20, OptionalDouble.empty(), Event.Settle.LATER);
    }

    /** Offers a new occurrence that must pass. */
    final Live claim(Key key, Rule rule) {
        return claim(store, key, rule);
    }

    final Live claim(Store handle, Key key, Rule rule) {
        return assertInstanceOf(
                        Answer.Granted.class,
                        apply(handle, key, rule, occurrence()).answer())
                .claim();
    }

    /** Offers a new occurrence that must be held. */
    final Answer.Held held(Key key, Rule rule) {
        return assertInstanceOf(
                Answer.Held.class, apply(key, rule, occurrence()).answer());
    }

    final Answer complete(Key key, Rule rule, Live claim) {
        return apply(key, rule, completion(claim)).answer();
    }

    final Answer release(Key key, Rule rule, Live claim, Event.Why why) {
        return apply(key, rule, new Event.Release(claim.fence(), claim.nonce(), why))
                .answer();
    }

    /** Offers and completes a new occurrence that must pass. */
    final Live deliver(Key key, Rule rule) {
        Live claim = claim(key, rule);
        assertInstanceOf(Answer.Ok.class, complete(key, rule, claim));
        return claim;
    }

    final Optional<Out> take(Key key, Rule rule) {
        return assertInstanceOf(
                        Answer.Taken.class, apply(key, rule, new Event.Take()).answer())
                .tally();
    }

    final void told(Key key, Rule rule, Out tally) {
        apply(key, rule, new Event.Told(tally.number()));
    }

    final Optional<State> read(Key key) {
        return await(store.read(key));
    }

    final List<Key> due() {
        return await(store.due(SHOWN));
    }

    final long nextDue() {
        return await(store.nextDue());
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the store failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the store did not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the store was asked", e);
        }
    }
}
