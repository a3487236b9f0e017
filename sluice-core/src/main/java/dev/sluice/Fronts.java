package dev.sluice;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a gate puts in front of its store.
 *
 * @param store the outermost one
 * @param doctrine the one that knows whether the store is away, if there is one
 * @param look what a gate without threads of its own must do now and then
 */
record Fronts(Store store, Optional<OutageDoctrine> doctrine, Runnable look) {
    /**
     * @param threads whether they look by themselves
     * @param ticks a clock that is never set back
     * @param ids where ids come from; used by many threads
     */
    static Fronts of(Store store, boolean threads, InstantSource ticks, RandomGenerator ids) {
        if (!store.shared()) {
            return new Fronts(store, Optional.empty(), () -> {});
        }
        OutageDoctrine.Settings outage = OutageDoctrine.Settings.STANDARD;
        DenialCache.Settings denials = DenialCache.Settings.STANDARD;
        if (!threads) {
            outage = new OutageDoctrine.Settings(outage.keys(), outage.passes(), outage.patience(), Duration.ZERO);
            denials = new DenialCache.Settings(denials.entries(), denials.age(), Duration.ZERO);
        }
        OutageDoctrine doctrine = OutageDoctrine.around(store, outage, ticks, ids);
        DenialCache cache = DenialCache.around(doctrine, denials, ticks, ids);
        return new Fronts(cache, Optional.of(doctrine), () -> {
            doctrine.look();
            cache.handBack();
        });
    }
}
