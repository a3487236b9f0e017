package dev.sluice.server.watch;

import dev.sluice.Store;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.scan.Scans;
import java.util.List;

/**
 * Scans with the outbox that decides what they find.
 *
 * @param keys by whose clock candidates rest
 */
record Scanning(Scans scans, Outbox outbox, Store keys) {
    List<String> flows() {
        return scans.flows();
    }

    /** Whether the flow scans; if it is time to, it has done so then. */
    boolean scan(String flow) {
        scans.runIfDue(flow, outbox::accept, keys::now);
        return scans.flows().contains(flow);
    }
}
