package dev.sluice.server.watch;

import dev.sluice.Store;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.scan.Scans;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Scans with what decides what they find.
 *
 * @param accept decides an occurrence
 * @param keys by whose clock candidates rest
 */
record Scanning(Scans scans, Function<Occurrence, CompletionStage<Acceptance>> accept, Store keys) {
    List<String> flows() {
        return scans.flows();
    }

    /** Whether the flow scans; if it is time to, it has done so then. */
    boolean scan(String flow) {
        scans.runIfDue(flow, accept, keys::now);
        return scans.flows().contains(flow);
    }
}
