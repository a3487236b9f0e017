package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.Store.Forgotten;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store deletes a key only when nobody can observe that. */
abstract class ForgettingContract extends DueContract {
    private static final int ALL = 10_000;

    @Test
    void forgetsAKeyOneLeaseAfterItsWindow() {
        deliver(DB_DOWN, ONE);
        pass(Duration.ofHours(3).minusNanos(1_000));
        assertEquals(List.of(), forget(ONE));
        pass(Duration.ofNanos(1_000));

        assertEquals(List.of(new Forgotten(DB_DOWN, Books.EMPTY)), forget(ONE));
        assertEquals(Optional.empty(), read(DB_DOWN));
        assertEquals(List.of(), await(store().keys("errors", Optional.empty(), 10)));
    }

    @Test
    void forgetsAKeyWithoutAWindowOneLeaseAfterItsLastUse() {
        release(DB_DOWN, ONE, claim(DB_DOWN, ONE), Event.Why.WITHDRAWN);
        pass(Rule.DEFAULT_LEASE.minusNanos(1_000));
        assertEquals(List.of(), forget(ONE));
        pass(Duration.ofNanos(1_000));

        assertEquals(1, forget(ONE).size());
    }

    @Test
    void keepsAKeyWithAClaim() {
        Live claim = claim(DB_DOWN, JOB);
        apply(DB_DOWN, JOB, new Event.Extend(claim.fence(), claim.nonce(), now() + Micros.of(Duration.ofDays(30))));
        pass(Duration.ofDays(30).minusNanos(1_000));

        assertEquals(List.of(), forget(JOB));
        held(DB_DOWN, JOB);
    }

    @Test
    void keepsAKeyThatOwesADigest() {
        owe(DB_DOWN);
        Rule atClose = Rule.allow("2 per 1h").build();
        pass(Duration.ofDays(365));

        assertEquals(List.of(), forget(atClose));
        assertEquals(1, take(DB_DOWN, atClose).orElseThrow().held());
    }

    @Test
    void keepsWhatTheNextPassMustTellForSevenDays() {
        deliver(DB_DOWN, ONE);
        held(DB_DOWN, ONE);
        pass(Duration.ofHours(3).plusDays(7).minusNanos(1_000));
        assertEquals(List.of(), forget(ONE));
        pass(Duration.ofNanos(1_000));

        Books kept = Books.moved(Bucket.HELD, Bucket.KEPT, 1);
        assertEquals(List.of(new Forgotten(DB_DOWN, kept)), forget(ONE));
    }

    @Test
    void handsTheCountsOfAForgottenKeyToTheBooks() {
        Rule silent = Rule.allow("once per 1h").digest(Digest.OFF).build();
        deliver(DB_DOWN, silent);
        held(DB_DOWN, silent);
        held(DB_DOWN, silent);
        pass(Duration.ofDays(1));

        Books kept = Books.moved(Bucket.HELD, Bucket.KEPT, 2);
        assertEquals(List.of(new Forgotten(DB_DOWN, kept)), forget(silent));
    }

    @Test
    void keepsAKeyWhoseFlowIsUnknown() {
        deliver(DB_DOWN, ONE);
        pass(Duration.ofDays(365));

        assertEquals(List.of(), await(store().forget(key -> Optional.empty(), ALL)));
        assertTrue(read(DB_DOWN).isPresent());
    }

    @Test
    void givesAForgottenKeyHigherFencesThanBefore() {
        long highest = 0;
        for (int i = 0; i < 5; i++) {
            Live claim = claim(DB_DOWN, JOB);
            assertTrue(claim.fence() > highest, "a fence was given out twice");
            highest = claim.fence();
            complete(DB_DOWN, JOB, claim);
            pass(Rule.DEFAULT_LEASE);
            assertEquals(1, forget(JOB).size());
            pass(Duration.ofHours(-1));
        }
    }

    @Test
    void forgetsStepByStep() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Key key = Key.of("errors", "subject-" + i);
            release(key, ONE, claim(key, ONE), Event.Why.WITHDRAWN);
            keys.add(key);
        }
        pass(Duration.ofDays(1));
        List<Key> forgotten = new ArrayList<>();
        for (int round = 0; round < 40 && forgotten.size() < keys.size(); round++) {
            List<Forgotten> some = await(store().forget(key -> Optional.of(ONE), 3));
            assertTrue(some.size() <= 3);
            some.forEach(one -> forgotten.add(one.key()));
        }
        forgotten.sort((a, b) -> keys.indexOf(a) - keys.indexOf(b));
        assertEquals(keys, forgotten);
    }

    final List<Forgotten> forget(Rule rule) {
        return await(store().forget(key -> Optional.of(rule), ALL));
    }
}
