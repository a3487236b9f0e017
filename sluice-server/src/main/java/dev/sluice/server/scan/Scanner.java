package dev.sluice.server.scan;

import dev.sluice.StoreException;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.ScanConfig;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Scans for one flow, at its times. The first scan of a process is a complete one, and so is each that follows one which
 * failed: what another process knew is found again. One at a time.
 */
final class Scanner {
    private static final System.Logger LOG = System.getLogger(Scanner.class.getName());

    /** More subjects than these are read faster all together. */
    private static final int MOST_ONE_BY_ONE = 1_000;

    /** For how long beyond the next scans what was seen is shown. */
    private static final Duration TRUSTED = Duration.ofMinutes(10);

    private final String flow;
    private final ScanConfig config;
    private final ScanQuery query;
    private final InstantSource clock;
    private final Resting resting = new Resting();
    private final RampUp ramp;
    private final Holds holds;
    private volatile Sightings sightings = new Sightings();
    private final ScanMeters meters;
    private Instant nextAt = Instant.MIN;
    private Instant lastAt = Instant.MIN;
    private Instant completeAt = Instant.MIN;
    private Optional<String> newest = Optional.empty();
    private volatile Optional<ScanReport> last = Optional.empty();

    Scanner(String flow, ScanConfig config, ScanQuery query, Holds holds, InstantSource clock) {
        this.flow = flow;
        this.config = config;
        this.query = query;
        this.holds = holds;
        this.clock = clock;
        this.ramp = new RampUp(config.limits().ramp());
        this.meters = new ScanMeters(clock);
    }

    /** What the last scan of this process found; empty if there was none. */
    Optional<ScanReport> last() {
        return last;
    }

    /** What it left; nothing once another process scans. */
    Sightings sightings() {
        Duration trusted = config.every().multipliedBy(3);
        boolean old = last.filter(report ->
                        clock.instant().isAfter(report.at().plus(trusted).plus(TRUSTED)))
                .isPresent();
        return old ? new Sightings() : sightings;
    }

    /** What the scans of this process came to. */
    ScanMeters meters() {
        return meters;
    }

    /** Somebody armed the key of this user: its candidate is offered at the next scan. */
    void wake(String user) {
        resting.soon(user);
    }

    /** Scans if it is time to; whether it did. */
    synchronized boolean runIfDue(Function<Occurrence, CompletionStage<Acceptance>> accept, LongSupplier now) {
        Instant at = clock.instant();
        // A clock that was set back by hours does not stop the scans for hours.
        if (at.isBefore(nextAt) && !at.isBefore(lastAt)) {
            return false;
        }
        lastAt = at;
        nextAt = at.plus(config.every());
        boolean complete = config.incremental().isEmpty() || newest.isEmpty() || !at.isBefore(completeAt);
        long began = System.nanoTime();
        Offering offering = new Offering(flow, config.limits(), resting, sightings, ramp, accept, now);
        offering.counting(meters::row);
        Optional<String> failure = scan(complete, at, offering, now.getAsLong());
        offering.end();
        ScanReport.Counts counts = offering.counts();
        if (failure.isEmpty()) {
            sightings = offering.left();
        }
        if (counts.deferred() + counts.failed() > 0) {
            // Those who wait are found by a complete scan only.
            newest = Optional.empty();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        warn(failure);
        ScanReport report = new ScanReport(at, took, complete, counts, offering.bad(), failure);
        last = Optional.of(report);
        meters.ended(report);
        return true;
    }

    private Optional<String> scan(boolean complete, Instant at, Offering offering, long now) {
        try {
            offering.without(holds.of(flow));
            if (complete) {
                everything(at, offering);
            } else {
                changes(at, offering, now);
            }
            return Optional.empty();
        } catch (StoreException e) {
            newest = Optional.empty();
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            newest = Optional.empty();
            LOG.log(Level.WARNING, "The scan of " + flow + " failed", e);
            return Optional.of(e.toString());
        }
    }

    /** What changes while it reads is found by the next scan: the mark is taken before. */
    private void everything(Instant at, Offering offering) {
        Optional<String> mark = config.incremental().isPresent() ? query.newest() : Optional.empty();
        offering.afresh();
        query.all(offering);
        newest = mark;
        completeAt = config.incremental()
                .map(every -> at.plus(every.completeEvery()))
                .orElse(at);
    }

    /** Who has changed, and whose window is over since the last scan: an unchanged cart may be told again then. */
    private void changes(Instant at, Offering offering, long now) {
        Optional<String> mark = query.newest();
        Set<String> users = new LinkedHashSet<>(query.changed(newest.orElseThrow()));
        users.addAll(resting.over(now));
        if (users.size() > MOST_ONE_BY_ONE) {
            everything(at, offering);
            return;
        }
        for (String user : users) {
            offering.left().remove(user);
            query.one(user, offering);
        }
        newest = mark.or(() -> newest);
    }

    private void warn(Optional<String> failure) {
        Optional<String> before = last.flatMap(ScanReport::failure);
        if (failure.isPresent() && !failure.equals(before)) {
            LOG.log(Level.WARNING, "The scan of {0} failed, and is tried again: {1}", flow, failure.get());
        } else if (failure.isEmpty() && before.isPresent()) {
            LOG.log(Level.INFO, "The scan of {0} works again", flow);
        }
    }
}
