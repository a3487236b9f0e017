package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * One part of a store, which may be away by itself: who waits for it, whether it is there, and what it is owed. Most stores
 * are of one.
 */
final class Part {
    private final Calls calls;
    private final Unknown unknown;
    private final Owings owings;
    private final Reconciliation reconciliation;
    private final PartWatch watch;

    /** What all parts of a store share. */
    record Shared(Store store, RandomGenerator ids, Duration patience, Room lookedUp, Owings.Places owed) {
        static Shared of(Store store, OutageDoctrine.Settings settings, RandomGenerator ids) {
            int keys = settings.keys();
            return new Shared(store, ids, settings.patience(), new Room(keys), Owings.Places.of(keys));
        }
    }

    /** @param away hears when it is found to be away, before anybody is answered so */
    Part(int number, Shared shared, BiConsumer<Part, Outage> away) {
        this.unknown = new Unknown(shared.lookedUp);
        this.owings = new Owings(shared.owed);
        Probe probe = new Probe(shared.store, number, shared.ids);
        HandBack handBack = new HandBack(shared.store, shared.ids);
        this.reconciliation = new Reconciliation(shared.store, probe, unknown, owings, handBack, shared.patience);
        this.watch = new PartWatch(
                shared.store, probe, shared.patience, reconciliation, outage -> away.accept(this, outage));
        this.calls = new Calls(watch::suspect);
    }

    Calls calls() {
        return calls;
    }

    /** What was answered without it although it may have counted that. */
    Unknown unknown() {
        return unknown;
    }

    Owings owings() {
        return owings;
    }

    Reconciliation reconciliation() {
        return reconciliation;
    }

    PartWatch watch() {
        return watch;
    }

    Optional<Outage> outage() {
        return watch.outage();
    }
}
