package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Answer;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two processes with the same store decide as one. */
abstract class SharingContract extends RaceContract {
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final Rule UNTIL_RESET = Rule.allow("once until reset").build();
    private static final long HEARD_SECONDS = 10;

    @Test
    void seesAtOnceWhatAnotherProcessDecided() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            deliver(DB_DOWN, TWO);
            Live here = claim(DB_DOWN, TWO);
            assertInstanceOf(
                    Answer.Held.class,
                    apply(second.get(), DB_DOWN, TWO, occurrence()).answer());
            assertInstanceOf(
                    Answer.Ok.class,
                    apply(second.get(), DB_DOWN, TWO, completion(here)).answer());
            assertEquals(2, held(DB_DOWN, TWO).counts().done());
            assertEquals(read(DB_DOWN), await(second.get().read(DB_DOWN)));

            apply(second.get(), DB_DOWN, TWO, new Event.Reset(OptionalDouble.empty()));
            claim(DB_DOWN, TWO);
        }
    }

    @Test
    void grantsARepeatedIdOnceInWhicheverProcess() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            Event.Offer offer = occurrence();
            Answer here = apply(DB_DOWN, FIVE, offer).answer();

            assertEquals(here, apply(second.get(), DB_DOWN, FIVE, offer).answer());
            assertEquals(1, read(DB_DOWN).orElseThrow().live().size());
        }
    }

    @Test
    void givesTheClaimOfADeadProcessToAnotherAfterItsLeaseAndRefusesTheDead() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            Live dead = claim(DB_DOWN, JOB);
            pass(Rule.DEFAULT_LEASE.minusNanos(1_000));
            assertInstanceOf(
                    Answer.Held.class,
                    apply(second.get(), DB_DOWN, JOB, occurrence()).answer());
            pass(Duration.ofNanos(1_000));
            Live heir = claim(second.get(), DB_DOWN, JOB);

            assertTrue(heir.fence() > dead.fence(), "the heir needs the higher fence");
            assertInstanceOf(Answer.Stale.class, complete(DB_DOWN, JOB, dead));
            assertEquals(List.of(heir), read(DB_DOWN).orElseThrow().live());
        }
    }

    @Test
    void neverGivesAFenceTwiceWhicheverProcessForgotTheKey() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            List<Store> handles = List.of(store(), second.get());
            long highest = 0;
            for (int i = 0; i < 6; i++) {
                Live claim = claim(handles.get(i % 2), DB_DOWN, JOB);
                assertTrue(claim.fence() > highest, "a fence was given out twice");
                highest = claim.fence();
                apply(handles.get(i % 2), DB_DOWN, JOB, completion(claim));
                pass(Rule.DEFAULT_LEASE);
                assertEquals(
                        1,
                        await(handles.get(i % 2).forget(key -> Optional.of(JOB), 10))
                                .size());
                pass(Duration.ofHours(-1));
            }
        }
    }

    @Test
    void hasATallyToldOnceByWhicheverProcess() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            Out tally = owe(DB_DOWN);
            assertEquals(List.of(DB_DOWN), await(second.get().due(10)));
            Answer.Taken there = assertInstanceOf(
                    Answer.Taken.class,
                    apply(second.get(), DB_DOWN, TWO, new Event.Take()).answer());
            assertEquals(Optional.of(tally), there.tally(), "both take the same frozen tally");

            apply(second.get(), DB_DOWN, TWO, new Event.Told(tally.number()));
            assertEquals(List.of(), due());
            assertEquals(Optional.empty(), take(DB_DOWN, TWO));
        }
    }

    @Test
    void passesExactlyTheLimitHoweverManyProcessesAsk() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            List<Store> handles = List.of(store(), second.get());
            List<Long> fences = race(thread -> {
                Store mine = handles.get(thread % 2);
                List<Long> passed = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    if (apply(mine, DB_DOWN, SIX, occurrence()).answer() instanceof Answer.Granted granted) {
                        passed.add(granted.claim().fence());
                        apply(mine, DB_DOWN, SIX, completion(granted.claim()));
                    }
                }
                return passed;
            });
            State state = read(DB_DOWN).orElseThrow();
            assertEquals(SIX.limit(), new HashSet<>(fences).size());
            assertEquals(SIX.limit(), fences.size());
            assertEquals(SIX.limit(), state.done());
            assertEquals(THREADS * ROUNDS, state.seen());
        }
    }

    @Test
    void neverHasHoldersOfAnExclusiveKeyInTwoProcesses() throws Exception {
        Optional<Store> second = second();
        if (second.isPresent()) {
            List<Store> handles = List.of(store(), second.get());
            AtomicInteger holders = new AtomicInteger();
            List<Long> fences = race(thread -> {
                Store mine = handles.get(thread % 2);
                List<Long> held = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    if (apply(mine, DB_DOWN, JOB, occurrence()).answer() instanceof Answer.Granted granted) {
                        assertEquals(1, holders.incrementAndGet(), "holders of one exclusive key");
                        held.add(granted.claim().fence());
                        holders.decrementAndGet();
                        apply(mine, DB_DOWN, JOB, completion(granted.claim()));
                    }
                }
                return held;
            });
            assertTrue(fences.size() >= ROUNDS / THREADS, "somebody always gets the key");
            assertEquals(fences.size(), new HashSet<>(fences).size(), "a fence was given out twice");
        }
    }

    @Test
    void hearsOfAResetInAnotherProcess() throws Exception {
        Optional<Store> second = tellsOfResetsElsewhere() ? second() : Optional.empty();
        if (second.isPresent()) {
            BlockingQueue<Key> heard = new LinkedBlockingQueue<>();
            second.get().listen(new Store.Listener() {
                @Override
                public void rearmed(Key key) {
                    heard.add(key);
                }

                @Override
                public void disconnected() {}
            });
            apply(second.get(), DB_DOWN, UNTIL_RESET, occurrence());
            deliver(Key.of("errors", "other"), UNTIL_RESET);
            apply(DB_DOWN, UNTIL_RESET, new Event.Reset(OptionalDouble.empty()));

            assertEquals(DB_DOWN, heard.poll(HEARD_SECONDS, TimeUnit.SECONDS));
        }
    }
}
