package dev.sluice.server.scan;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Reason;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.ScanConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** One scan: offers what it is given, as many at a time as the store likes, and counts what became of that. */
final class Offering implements ScanQuery.Sink {
    private static final int AT_ONCE = 256;
    private static final int MOST_BAD = 100;
    private static final int MOST_DATA = 4_000;

    /** Held by what its own message did: that says how it stands. */
    private static final Set<String> TOLD = Set.of(Reason.LIMIT.word(), Reason.IN_FLIGHT.word(), Reason.BACKOFF.word());

    private final String flow;
    private final ScanConfig.Limits limits;
    private final Resting resting;
    private final Sightings before;
    private final RampUp ramp;
    private Runnable row = () -> {};
    private final Function<Occurrence, CompletionStage<Acceptance>> accept;
    private final LongSupplier now;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final List<ScanReport.Bad> bad = new ArrayList<>();
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Sightings left;
    private Map<String, Holds.Hold> holds = Map.of();
    private long candidates;
    private long rested;
    private long byHand;
    private long tooOld;
    private long deferred;
    private long bads;

    /**
     * @param before what earlier scans left
     * @param accept decides an occurrence
     * @param now the clock of the keys, in microseconds
     */
    Offering(
            String flow,
            ScanConfig.Limits limits,
            Resting resting,
            Sightings before,
            RampUp ramp,
            Function<Occurrence, CompletionStage<Acceptance>> accept,
            LongSupplier now) {
        this.flow = flow;
        this.limits = limits;
        this.resting = resting;
        this.before = before;
        this.left = before;
        this.ramp = ramp;
        this.accept = accept;
        this.now = now;
    }

    /** Is run for each row that is read. */
    void counting(Runnable each) {
        row = each;
    }

    /** What an operator keeps back, by subject of the key. */
    void without(Map<String, Holds.Hold> kept) {
        holds = kept;
    }

    /** Everything is looked at: of those who are not seen now, nothing is left. */
    void afresh() {
        left = new Sightings();
    }

    /** Those who did not go out. */
    Sightings left() {
        return left;
    }

    @Override
    public void row() {
        row.run();
    }

    @Override
    public void candidate(Candidate candidate) {
        candidates++;
        long at = now.getAsLong();
        Holds.Hold hold = holds.get(Key.of(flow, candidate.subject()).subject());
        if (hold != null) {
            keptBack(candidate, hold);
        } else if (isTooOld(candidate)) {
            tooOld++;
            leave(candidate, new Sighting.Fate.TooOld());
        } else if (resting.rests(candidate, at)) {
            rested++;
            before.of(candidate.user())
                    .filter(seen -> seen.subject().equals(candidate.subject()))
                    .ifPresent(left::put);
        } else if (!ramp.take(at) && !takeOnceAnswered(at)) {
            deferred++;
            leave(candidate, new Sighting.Fate.Later());
        } else {
            left.remove(candidate.user());
            offer(candidate);
        }
    }

    /** Nothing wakes a scan when it may go out again. */
    private void keptBack(Candidate candidate, Holds.Hold hold) {
        byHand++;
        left.remove(candidate.user());
        if (!hold.forgotten()) {
            resting.soon(candidate.user());
        }
    }

    private void leave(Candidate candidate, Sighting.Fate fate) {
        String data = candidate.data();
        left.put(new Sighting(
                candidate.user(),
                candidate.subject(),
                Micros.instant(now.getAsLong()),
                candidate.age(),
                fate,
                data.length() > MOST_DATA ? "{}" : data));
    }

    /** Those under way may be held, and then did not go: only what is answered is known to have taken its place. */
    private boolean takeOnceAnswered(long at) {
        if (room.availablePermits() == AT_ONCE) {
            return false;
        }
        end();
        return ramp.take(at);
    }

    private boolean isTooOld(Candidate candidate) {
        return limits.maxAge().isPresent()
                && candidate
                        .age()
                        .filter(age -> age.compareTo(limits.maxAge().get()) > 0)
                        .isPresent();
    }

    @Override
    public void bad(String user, String why) {
        bads++;
        if (bad.size() < MOST_BAD) {
            bad.add(new ScanReport.Bad(user, why));
        }
    }

    private void offer(Candidate candidate) {
        room.acquireUninterruptibly();
        long taken = ramp.start();
        decided(candidate).whenComplete((acceptance, failure) -> {
            try {
                if (!answered(candidate, Optional.ofNullable(acceptance))) {
                    ramp.giveBack(taken);
                }
            } finally {
                room.release();
            }
        });
    }

    /** One that cannot be offered keeps no other from it. */
    private CompletionStage<Acceptance> decided(Candidate candidate) {
        try {
            return accept.apply(candidate.occurrence(flow));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether it was let out. What is not known to be held until a certain time is read again by the next scan. */
    private boolean answered(Candidate candidate, Optional<Acceptance> answer) {
        if (answer.isPresent() && answer.get() instanceof Acceptance.Decided decided) {
            if (decided.message().isPresent() && !decided.word().equals("suppress")) {
                passed.incrementAndGet();
                resting.soon(candidate.user());
                return true;
            }
            held.incrementAndGet();
            if (!TOLD.contains(decided.reason())) {
                leave(candidate, held(decided));
            }
            if (decided.next().isPresent() && !decided.reason().equals("in-flight")) {
                resting.held(candidate, Micros.of(decided.next().get()), now.getAsLong());
                return false;
            }
        } else {
            failed.incrementAndGet();
            leave(candidate, new Sighting.Fate.NotOffered());
        }
        resting.soon(candidate.user());
        return false;
    }

    private static Sighting.Fate held(Acceptance.Decided decided) {
        Optional<String> budget = decided.detail()
                .filter(Acceptance.Refused.class::isInstance)
                .map(detail -> ((Acceptance.Refused) detail).budget().variant());
        return new Sighting.Fate.Held(decided.reason(), budget, decided.next());
    }

    /** Waits for the answers that are still to come. */
    void end() {
        room.acquireUninterruptibly(AT_ONCE);
        room.release(AT_ONCE);
    }

    ScanReport.Counts counts() {
        return new ScanReport.Counts(
                candidates, passed.get(), held.get(), rested + byHand, tooOld, deferred, failed.get(), bads);
    }

    List<ScanReport.Bad> bad() {
        return bad;
    }
}
