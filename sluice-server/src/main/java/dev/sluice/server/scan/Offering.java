package dev.sluice.server.scan;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.ScanConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private final String flow;
    private final ScanConfig.Limits limits;
    private final Resting resting;
    private final RampUp ramp;
    private final Function<Occurrence, CompletionStage<Acceptance>> accept;
    private final LongSupplier now;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final List<ScanReport.Bad> bad = new ArrayList<>();
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private long candidates;
    private long rested;
    private long tooOld;
    private long deferred;
    private long bads;

    /**
     * @param accept decides an occurrence
     * @param now the clock of the keys, in microseconds
     */
    Offering(
            String flow,
            ScanConfig.Limits limits,
            Resting resting,
            RampUp ramp,
            Function<Occurrence, CompletionStage<Acceptance>> accept,
            LongSupplier now) {
        this.flow = flow;
        this.limits = limits;
        this.resting = resting;
        this.ramp = ramp;
        this.accept = accept;
        this.now = now;
    }

    @Override
    public void candidate(Candidate candidate) {
        candidates++;
        long at = now.getAsLong();
        if (isTooOld(candidate)) {
            tooOld++;
        } else if (resting.rests(candidate, at)) {
            rested++;
        } else if (!ramp.take(at) && !takeOnceAnswered(at)) {
            deferred++;
        } else {
            offer(candidate);
        }
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
            return accept.apply(occurrence(candidate));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Occurrence occurrence(Candidate candidate) {
        String subject = candidate.subject();
        Key key = Key.of(flow, subject);
        return new Occurrence(
                key,
                key.subject().equals(subject) ? "" : subject,
                new Content(subject, "", "", candidate.data()),
                candidate.address().stream().toList(),
                Optional.empty(),
                Event.Settle.LATER);
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
            if (decided.next().isPresent() && !decided.reason().equals("in-flight")) {
                resting.held(candidate, Micros.of(decided.next().get()), now.getAsLong());
                return false;
            }
        } else {
            failed.incrementAndGet();
        }
        resting.soon(candidate.user());
        return false;
    }

    /** Waits for the answers that are still to come. */
    void end() {
        room.acquireUninterruptibly(AT_ONCE);
        room.release(AT_ONCE);
    }

    ScanReport.Counts counts() {
        return new ScanReport.Counts(
                candidates, passed.get(), held.get(), rested, tooOld, deferred, failed.get(), bads);
    }

    List<ScanReport.Bad> bad() {
        return bad;
    }
}
