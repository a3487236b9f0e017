package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store finds the keys that must be looked at although nobody asks, and lists those of a flow. */
abstract class DueContract extends DecidingContract {
    /** More than any test here brings in; where a fault would go on for ever, it ends. */
    private static final int MANY = 10_000;

    private static final Rule TWO = Rule.allow("2 per 1h").build();

    @Test
    void findsATallyToTellAtTheEndOfItsWindow() {
        deliver(DB_DOWN, TWO);
        deliver(DB_DOWN, TWO);
        held(DB_DOWN, TWO);
        pass(Duration.ofMinutes(1));
        held(DB_DOWN, TWO);

        assertEquals(now() + Duration.ofMinutes(59).toNanos() / 1_000, nextDue());
        pass(Duration.ofMinutes(59).minusNanos(1_000));
        assertEquals(List.of(), due());
        pass(Duration.ofNanos(1_000));
        assertEquals(List.of(DB_DOWN), due());

        Out tally = take(DB_DOWN, TWO).orElseThrow();
        assertEquals(2, tally.held());
        assertEquals(Out.Cause.WINDOW, tally.cause());
        assertEquals(now() - Duration.ofHours(1).toNanos() / 1_000, tally.first());
        assertEquals(now() - Duration.ofMinutes(59).toNanos() / 1_000, tally.last());
    }

    @Test
    void keepsATallyDueUntilItIsTold() {
        Out tally = owe(DB_DOWN);
        assertEquals(List.of(DB_DOWN), due());
        assertEquals(Optional.of(tally), take(DB_DOWN, TWO));
        apply(DB_DOWN, TWO, new Event.Told(tally.number() - 1));
        assertEquals(List.of(DB_DOWN), due());

        told(DB_DOWN, TWO, tally);
        assertEquals(List.of(), due());
        assertEquals(Micros.FOREVER, nextDue());
        assertEquals(Optional.empty(), take(DB_DOWN, TWO));
    }

    @Test
    void keepsATallyDueWhileTheClockIsSetBack() {
        owe(DB_DOWN);
        pass(Duration.ofHours(-2));

        assertEquals(List.of(DB_DOWN), due());
        assertTrue(nextDue() <= now());
    }

    @Test
    void looksAtALostClaimWhoseLossMustBeTold() {
        claim(DB_DOWN, TWO);
        assertEquals(now() + TWO.lease(), nextDue());

        pass(Rule.DEFAULT_LEASE);
        assertEquals(List.of(DB_DOWN), due());
        assertEquals(Optional.empty(), take(DB_DOWN, TWO));
        assertEquals(List.of(), due());
        assertEquals(now() + TWO.window(), nextDue());

        pass(Duration.ofHours(1));
        Out tally = take(DB_DOWN, TWO).orElseThrow();
        assertEquals(1, tally.held());
        assertEquals(Out.Cause.FAILED, tally.cause());
    }

    @Test
    void hasNothingDueWhereNobodyIsTold() {
        for (Digest digest : List.of(Digest.WITH_NEXT, Digest.OFF)) {
            Rule rule = Rule.allow("once per 1h").digest(digest).build();
            Key key = Key.of("errors", digest.name());
            deliver(key, rule);
            held(key, rule);
        }
        assertEquals(Micros.FOREVER, nextDue());
        pass(Duration.ofDays(1));
        assertEquals(List.of(), due());
    }

    @Test
    void listsTheSoonestFirstAndNoMoreThanAsked() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Key key = Key.of("errors", "subject-" + (9 - i));
            claim(key, TWO);
            keys.add(key);
            pass(Duration.ofSeconds(1));
        }
        assertEquals(now() - 5_000_000 + TWO.lease(), nextDue());
        pass(Rule.DEFAULT_LEASE);

        assertEquals(keys, due());
        assertEquals(keys.subList(0, 3), await(store().due(3)));
    }

    @Test
    void movesAKeyInTheIndexWithItsState() {
        Live claim = claim(DB_DOWN, TWO);
        long until = now() + Duration.ofDays(1).toNanos() / 1_000;
        apply(DB_DOWN, TWO, new Event.Extend(claim.fence(), claim.nonce(), until));
        assertEquals(until, nextDue());

        complete(DB_DOWN, TWO, claim);
        assertEquals(Micros.FOREVER, nextDue());
        assertEquals(Step.dueAt(read(DB_DOWN).orElseThrow(), TWO), nextDue());
    }

    @Test
    void takesTheRuleAtHandIntoTheIndex() {
        claim(DB_DOWN, TWO);
        Rule silent = Rule.allow("2 per 1h").digest(Digest.OFF).build();
        apply(DB_DOWN, silent, new Event.Take());

        assertEquals(Micros.FOREVER, nextDue());
    }

    @Test
    void listsTheKeysOfAFlowPageByPage() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            keys.add(Key.of("errors", "s" + i));
        }
        for (int i = 0; i < 3; i++) {
            keys.add(Key.of("errors", "critical", "s" + i));
        }
        keys.forEach(key -> deliver(key, ONE));
        deliver(Key.of("errors2", "s0"), ONE);
        deliver(Key.of("errors-too", "s0"), ONE);
        deliver(Key.of("error", "s0"), ONE);

        List<Key> listed = new ArrayList<>();
        Optional<Key> after = Optional.empty();
        for (List<Key> page = page(after); !page.isEmpty() && listed.size() < MANY; page = page(after)) {
            assertTrue(page.size() <= 4);
            listed.addAll(page);
            after = Optional.of(page.get(page.size() - 1));
        }
        assertEquals(keys, listed);
        assertEquals(List.of(), await(store().keys("unknown", Optional.empty(), 4)));
    }

    private List<Key> page(Optional<Key> after) {
        return await(store().keys("errors", after, 4));
    }

    @Test
    void listsNoKeyThatNamesTheFlowInItsSubject() {
        deliver(Key.of("other", "x}:errors:y"), ONE);

        assertEquals(List.of(), await(store().keys("errors", Optional.empty(), 10)));
    }

    @Test
    void carriesManyKeys() {
        int count = 1_000;
        for (int i = 0; i < count; i++) {
            claim(Key.of("errors", "subject-" + i), TWO);
        }
        pass(Rule.DEFAULT_LEASE);
        int looked = 0;
        for (List<Key> due = await(store().due(100)); !due.isEmpty() && looked < MANY; due = await(store().due(100))) {
            due.forEach(key -> assertEquals(Optional.empty(), take(key, TWO)));
            looked += due.size();
        }
        assertEquals(count, looked);
        assertFalse(nextDue() <= now());
    }

    /** Leaves {@code key} with a closed tally of one that nobody was told of. */
    final Out owe(Key key) {
        deliver(key, TWO);
        deliver(key, TWO);
        held(key, TWO);
        pass(Duration.ofHours(1));
        return take(key, TWO).orElseThrow();
    }
}
