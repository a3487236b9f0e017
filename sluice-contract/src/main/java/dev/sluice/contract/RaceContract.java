package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A store decides correctly for many threads at once. */
abstract class RaceContract extends ForgettingContract {
    static final int THREADS = 8;
    static final int ROUNDS = 50;
    static final Rule SIX = Rule.allow("6 per 1h").build();

    @Test
    void passesExactlyTheLimitHoweverManyAsk() throws Exception {
        List<Outcome> outcomes = race(thread -> {
            List<Outcome> mine = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                Outcome outcome = apply(DB_DOWN, SIX, occurrence());
                mine.add(outcome);
                if (outcome.answer() instanceof Answer.Granted granted) {
                    complete(DB_DOWN, SIX, granted.claim());
                }
            }
            return mine;
        });
        Set<Long> fences = new HashSet<>();
        for (Outcome outcome : outcomes) {
            if (outcome.answer() instanceof Answer.Granted granted) {
                fences.add(granted.claim().fence());
            }
        }
        State state = read(DB_DOWN).orElseThrow();
        assertEquals(SIX.limit(), fences.size());
        assertEquals(SIX.limit(), state.done());
        assertEquals(THREADS * ROUNDS - SIX.limit(), state.held());
        assertEquals(THREADS * ROUNDS, state.seen());
    }

    @Test
    void neverHasTwoHoldersOfAnExclusiveKey() throws Exception {
        AtomicInteger holders = new AtomicInteger();
        List<Long> fences = race(thread -> {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                if (apply(DB_DOWN, JOB, occurrence()).answer() instanceof Answer.Granted granted) {
                    assertEquals(1, holders.incrementAndGet(), "holders of one exclusive key");
                    mine.add(granted.claim().fence());
                    holders.decrementAndGet();
                    assertInstanceOf(Answer.Ok.class, complete(DB_DOWN, JOB, granted.claim()));
                }
            }
            return mine;
        });
        assertTrue(fences.size() >= ROUNDS / THREADS, "somebody always gets the key");
        assertEquals(fences.size(), new HashSet<>(fences).size(), "a fence was given out twice");
    }

    @Test
    void settlesAClaimOnceHoweverManySettleIt() throws Exception {
        Live claim = claim(DB_DOWN, SIX);
        List<Answer> answers = race(thread -> {
            Event.Why why = Event.Why.WITHDRAWN;
            return List.of(thread % 2 == 0 ? complete(DB_DOWN, SIX, claim) : release(DB_DOWN, SIX, claim, why));
        });
        long settled = answers.stream().filter(Answer.Ok.class::isInstance).count();
        State state = read(DB_DOWN).orElseThrow();
        assertEquals(THREADS / 2, settled, "only those who wanted what happened are told that it did");
        assertEquals(List.of(), state.live());
        assertEquals(1, state.settled().size());
    }

    @Test
    void grantsARepeatedIdOnceHoweverManyOfferIt() throws Exception {
        Event.Offer offer = occurrence();
        List<Answer> answers = race(thread -> List.of(apply(DB_DOWN, SIX, offer).answer()));

        assertEquals(1, new HashSet<>(answers).size());
        assertEquals(1, read(DB_DOWN).orElseThrow().live().size());
        assertEquals(1, read(DB_DOWN).orElseThrow().seen());
    }

    @Test
    void closesTheBooksOverManyKeys() throws Exception {
        int keys = 20;
        List<Books> changes = race(thread -> {
            List<CompletionStage<Books>> mine = new ArrayList<>();
            for (int i = 0; i < ROUNDS * 4; i++) {
                Event offer = occurrence();
                Command command = new Command(Key.of("errors", "subject-" + i % keys), SIX, offer);
                mine.add(store().apply(command).thenApply(outcome -> outcome.books(offer)));
            }
            return mine.stream().map(StoreBench::await).toList();
        });
        Books sum = changes.stream().reduce(Books.EMPTY, Books::plus);
        long all = (long) THREADS * ROUNDS * 4;
        assertEquals(all, sum.get(Bucket.IN));
        assertEquals((long) keys * SIX.limit(), sum.get(Bucket.PENDING));
        assertEquals(all - (long) keys * SIX.limit(), sum.get(Bucket.HELD));
        assertEquals(0, sum.unaccounted());
    }

    @Test
    void forgetsNothingThatIsUsedMeanwhile() throws Exception {
        List<Long> fences = race(thread -> {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                if (thread == 0) {
                    clock().advance(Rule.DEFAULT_LEASE.dividedBy(2));
                    forget(JOB);
                } else if (apply(DB_DOWN, JOB, occurrence()).answer() instanceof Answer.Granted granted) {
                    mine.add(granted.claim().fence());
                    complete(DB_DOWN, JOB, granted.claim());
                }
            }
            return mine;
        });
        assertEquals(fences.size(), new HashSet<>(fences).size(), "a fence was given out twice");
    }

    /** What one thread of a race does. */
    @FunctionalInterface
    interface Runner<T> {
        List<T> run(int thread) throws Exception;
    }

    /** Runs all threads at once and gathers what they give. */
    static <T> List<T> race(Runner<T> runner) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<T>>> runs = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                Callable<List<T>> run = () -> {
                    start.await(10, TimeUnit.SECONDS);
                    return runner.run(thread);
                };
                runs.add(threads.submit(run));
            }
            List<T> all = new ArrayList<>();
            for (Future<List<T>> run : runs) {
                all.addAll(run.get(60, TimeUnit.SECONDS));
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }
}
